"""The command line: parse, call `poseapp.api`, print."""

from poseapp.cli.main import main

__all__ = ["main"]
