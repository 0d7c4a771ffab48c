"""Work in other processes: run folders and the processes that fill them."""

from poseapp.jobs.run_folder import JobCancelled, RunFolder, RunStatus, list_runs, new_run
from poseapp.jobs.supervise import start, supervised

__all__ = ["JobCancelled", "RunFolder", "RunStatus", "list_runs", "new_run", "start", "supervised"]
