"""Work in other processes: run folders and the processes that fill them."""

from poseapp.jobs.run_folder import JobCancelled, RunFolder, RunStatus, list_runs, new_run
from poseapp.jobs.supervise import alive, request_cancel, request_stop, start, supervised, wait

__all__ = [
    "JobCancelled",
    "RunFolder",
    "RunStatus",
    "alive",
    "list_runs",
    "new_run",
    "request_cancel",
    "request_stop",
    "start",
    "supervised",
    "wait",
]
