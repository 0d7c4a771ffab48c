"""`python -m poseapp` is the `poseapp` command."""

import sys

from poseapp.cli import main

if __name__ == "__main__":
    sys.exit(main())
