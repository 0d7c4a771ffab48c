"""Begin, watch and end the process of a run; and, inside it, keep its status true."""

import json
import os
import platform
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from poseapp.errors import PoseError
from poseapp.jobs.process import kill_tree, process_identity, start_detached
from poseapp.jobs.run_folder import JobCancelled, RunFolder, RunStatus
from poseapp.paths import write_atomic


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
    if alive(run):
        raise PoseError(f"run {run.name} is going on already")
    run.clear_requests()
    run.write_status(RunStatus())
    try:
        (run.path / "process.json").unlink(missing_ok=True)
        pid = start_detached(argv, run.log_path, cwd)
    except OSError as error:
        message = f"cannot start {argv[0]}: {error.strerror or error}"
        run.set_status("failed", message)
        raise PoseError(message) from error
    begun = {"pid": pid, "identity": process_identity(pid) or "", "host": platform.node(), "argv": argv}
    write_atomic(run.path / "process.json", json.dumps(begun, indent=2) + "\n")
    return pid


def alive(run: RunFolder) -> bool:
    """Whether the process of a run still works."""
    status = run.recorded_status()
    return status.is_active and bool(run.is_process_alive(status))


def wait(run: RunFolder, timeout_s: float | None = None, poll_s: float = 0.1) -> RunStatus:
    """Wait until a run has ended (or the timeout is over) and return how it stands."""
    end = None if timeout_s is None else time.monotonic() + timeout_s
    while (status := run.status()).is_active and (end is None or time.monotonic() < end):
        time.sleep(poll_s)
    return status


def request_stop(run: RunFolder) -> None:
    """Ask a run to end early and keep what it has learnt."""
    write_atomic(run.path / "stop", "")


def request_cancel(run: RunFolder, grace_s: float = 10.0) -> None:
    """Ask a run to end at once; its process is killed when it has not done so after the grace period.

    Returns at once. The grace period is watched by a thread of this process; the request itself stays in the
    folder, so the run also sees it when this process ends first.
    """
    write_atomic(run.path / "cancel", "")
    threading.Thread(target=_kill_after, args=(run, grace_s), name=f"cancel {run.name}", daemon=True).start()


def _kill_after(run: RunFolder, grace_s: float) -> None:
    # The work's own process; the starter's note where the worker has not yet said who it is.
    status = wait(run, grace_s)
    if not status.is_active:
        return
    pid = status.pid
    if pid is None:
        try:
            pid = json.loads((run.path / "process.json").read_text(encoding="utf-8")).get("pid")
        except (OSError, ValueError):
            pid = None
    if pid is not None and run.is_process_alive(status):
        kill_tree(pid)
    run.set_status("cancelled")


@contextmanager
def supervised(run: RunFolder) -> Iterator[RunFolder]:
    """Worker side: the work of a run goes inside; status, last event and log follow from how it ends.

    The state becomes "running", then "done", or "stopped" when a stop was asked for, unless the work set a
    final state itself; "cancelled" on `JobCancelled` and Ctrl+C; "failed" on any other exception, with one
    line in `status.json` and the traceback in `log.txt`. Exceptions go on to the caller.

    Raises:
        PoseError: another process works on this run.
    """
    before = run.recorded_status()
    if before.pid != os.getpid() and before.pid is not None and alive(run):
        raise PoseError(f"run {run.name} is going on in process {before.pid}: stop it first")
    run.write_status(
        RunStatus(
            state="running",
            pid=os.getpid(),
            identity=process_identity(os.getpid()) or "",
            host=platform.node(),
            started=time.time(),
        )
    )
    run.emit("started", pid=os.getpid())
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
    if not run.recorded_status().is_active:
        return
    run.set_status(state, error)
    if state == "failed":
        run.emit("failed", error=error)
    elif state in ("stopped", "cancelled"):
        run.emit(state)
