"""Begin the process of a run; and, inside it, keep its status true."""

import os
import platform
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from poseapp.errors import PoseError
from poseapp.jobs.process import process_identity, start_detached
from poseapp.jobs.run_folder import (
    ACTIVE_STATES,
    FINAL_STATES,
    JobCancelled,
    RunFolder,
    RunStatus,
    pending_status,
)


def start(run: RunFolder, argv: list[str], cwd: Path | None = None) -> int:
    """Begin a run's work in a process of its own that outlives this one.

    Args:
        run: The run; its `log.txt` receives what the process prints.
        argv: Program and arguments.
        cwd: Working folder of the process.

    Returns:
        The pid.

    Raises:
        PoseError: the run's process lives already, or the program cannot be started.
    """
    if run.alive():
        raise PoseError(f"run {run.name} is going on already")
    run.clear_requests()
    run.write_status(pending_status())
    try:
        (run.path / "process.json").unlink(missing_ok=True)
        pid = start_detached(argv, run.log_path, cwd)
    except OSError as error:
        message = f"cannot start {argv[0]}: {error.strerror or error}"
        run.set_status("failed", message)
        raise PoseError(message) from error
    run.write_begun(pid, argv)
    return pid


@contextmanager
def supervised(run: RunFolder) -> Iterator[RunFolder]:
    """Worker side: the work of a run goes inside; status, last event and log follow from how it ends.

    The state becomes "running", then "done", or "stopped" when a stop was asked for, unless the work set a
    final state itself; "cancelled" on `JobCancelled` and Ctrl+C; "failed" on any other exception, with one
    line in `status.json` and the traceback in `log.txt`. Exceptions go on to the caller. Requests to stop or
    cancel that an earlier process of the run has answered are cleared first.

    Raises:
        PoseError: another process works on this run.
    """
    before = run.recorded_status()
    if before["pid"] not in (None, os.getpid()) and run.alive():
        raise PoseError(f"run {run.name} is going on in process {before['pid']}: stop it first")
    if run.status["state"] in FINAL_STATES:
        # What asked the last process to end must not end this one; a run yet to begin may be called off.
        run.clear_requests()
    run.write_status(
        RunStatus(
            state="running",
            pid=os.getpid(),
            identity=process_identity(os.getpid()) or "",
            host=platform.node(),
            started=time.time(),
            ended=None,
            error=None,
        )
    )
    try:
        yield run
    except (JobCancelled, KeyboardInterrupt):
        _finish(run, "cancelled")
        raise
    except BaseException as error:
        message = str(error) if isinstance(error, PoseError) else f"{type(error).__name__}: {error}"
        one_line = " ".join(message.split())
        with open(run.log_path, "a", encoding="utf-8") as log:
            log.write(traceback.format_exc())
        _finish(run, "failed", one_line)
        raise
    else:
        _finish(run, "stopped" if run.stop_requested() else "done")
    finally:
        run.close()


def _finish(run: RunFolder, state: str, error: str | None = None) -> None:
    if run.recorded_status()["state"] not in ACTIVE_STATES:
        return
    # The event first: who sees a final state must find every event there already.
    if state == "failed":
        run.emit("failed", error=error)
    elif state in ("stopped", "cancelled"):
        run.emit(state)
    run.set_status(state, error)
