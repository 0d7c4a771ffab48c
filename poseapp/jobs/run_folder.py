"""A run is a folder: what was asked, how it goes, what came out.

    spec.json      everything to repeat the run
    status.json    state, pid, start and end, error; written by the process that does the work
    process.json   the process the starter began; written by the starter
    events.jsonl   one JSON object a line, appended
    metrics.csv    one row an epoch
    log.txt        what the process printed, and tracebacks
    checkpoints/ samples/
    stop, cancel   request files: their presence is the request

Watcher and worker share nothing but these files, so a run goes on when its window closes and is found again.
"""

import csv
import json
import math
import os
import platform
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict

from poseapp.errors import PoseError
from poseapp.jobs.process import is_same_process, kill_tree, process_identity
from poseapp.paths import write_atomic

ACTIVE_STATES = frozenset({"pending", "running"})
FINAL_STATES = frozenset({"done", "failed", "stopped", "cancelled", "lost"})


class JobCancelled(Exception):
    """Raised inside a job that was asked to cancel; not an error of the user's."""


class RunStatus(TypedDict):
    """How a run stands, as in `status.json`.

    Attributes:
        state: "pending", "running", "done", "failed", "stopped", "cancelled" or "lost".
        pid: Process that does the work, or None before it began.
        identity: Start-time text of that process, against recycled pids.
        host: Machine the process runs on.
        started: Unix seconds, or None before it began.
        ended: Unix seconds, or None while it goes on.
        error: One line, or None.
    """

    state: str
    pid: int | None
    identity: str
    host: str
    started: float | None
    ended: float | None
    error: str | None


_NUMBER = (int, float, type(None))
_STATUS_KINDS: Mapping[str, tuple[type, ...]] = {
    "state": (str,), "pid": (int, type(None)), "identity": (str,), "host": (str,), "started": _NUMBER,
    "ended": _NUMBER, "error": (str, type(None)),
}  # fmt: skip


def pending_status() -> RunStatus:
    """Status of a run that has not begun."""
    return RunStatus(state="pending", pid=None, identity="", host="", started=None, ended=None, error=None)


class RunFolder:
    """One run. Cheap to make: nothing is read before it is asked for.

    Attributes:
        path: The folder.
        name: Its name.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path).absolute()
        self.name = self.path.name
        self._events_fd: int | None = None

    @classmethod
    def create(cls, path: str | Path, spec: Mapping[str, Any]) -> "RunFolder":
        """Make the folder with its `spec.json` and state "pending".

        Raises:
            PoseError: the folder holds a run already or cannot be made.
        """
        run = cls(path)
        if run.spec_path.exists():
            raise PoseError(f"{run.path} holds a run already: choose another folder or delete it")
        try:
            for folder in (run.path, run.checkpoints_dir, run.samples_dir):
                folder.mkdir(parents=True, exist_ok=True)
            run.write_spec(spec)
            run.write_status(pending_status())
        except OSError as error:
            raise PoseError(f"cannot make the run folder {run.path}: {error.strerror or error}") from error
        return run

    @property
    def spec_path(self) -> Path:
        """`spec.json`."""
        return self.path / "spec.json"

    @property
    def log_path(self) -> Path:
        """`log.txt`."""
        return self.path / "log.txt"

    @property
    def checkpoints_dir(self) -> Path:
        """`checkpoints/`."""
        return self.path / "checkpoints"

    @property
    def samples_dir(self) -> Path:
        """`samples/`."""
        return self.path / "samples"

    @property
    def spec(self) -> dict[str, Any]:
        """What was asked.

        Raises:
            PoseError: `spec.json` is missing or is not a JSON object.
        """
        try:
            data = json.loads(self.spec_path.read_text(encoding="utf-8"))
        except OSError as error:
            raise PoseError(f"{self.path} is not a run folder: spec.json cannot be read") from error
        except (ValueError, RecursionError) as error:
            raise PoseError(f"{self.spec_path} is not valid JSON: {error}") from error
        if not isinstance(data, dict):
            raise PoseError(f"{self.spec_path} must hold a JSON object")
        return data

    def write_spec(self, spec: Mapping[str, Any]) -> None:
        """Replace `spec.json`."""
        write_atomic(self.spec_path, json.dumps(dict(spec), indent=2) + "\n")

    # -- status

    def recorded_status(self) -> RunStatus:
        """What `status.json` says, whether or not its process still lives."""
        recorded = _read_object(self.path / "status.json")
        status = pending_status()
        for key, kinds in _STATUS_KINDS.items():
            if key in recorded and isinstance(recorded[key], kinds):
                status[key] = recorded[key]  # type: ignore[literal-required]
        if status["state"] not in ACTIVE_STATES | FINAL_STATES:
            status["state"], status["error"] = "lost", "its status.json is damaged"
        return status

    @property
    def status(self) -> RunStatus:
        """How the run stands now; "lost" when its process is gone without a last word."""
        status = self.recorded_status()
        if status["state"] not in ACTIVE_STATES or self._is_process_alive(status) is not False:
            return status
        # The process may have written its last word between the two looks.
        status = self.recorded_status()
        if status["state"] in ACTIVE_STATES:
            status["state"], status["error"] = "lost", self._last_words()
        return status

    @property
    def is_active(self) -> bool:
        """Whether the run is still to begin or goes on."""
        return self.status["state"] in ACTIVE_STATES

    def alive(self) -> bool:
        """Whether the process of the run still works."""
        status = self.recorded_status()
        return status["state"] in ACTIVE_STATES and bool(self._is_process_alive(status))

    def wait(self, timeout_s: float | None = None, poll_s: float = 0.1) -> RunStatus:
        """Wait until the run has ended (or the timeout is over) and return how it stands."""
        end = None if timeout_s is None else time.monotonic() + timeout_s
        while (status := self.status)["state"] in ACTIVE_STATES:
            if end is not None and time.monotonic() >= end:
                break
            time.sleep(poll_s)
        return status

    def write_status(self, status: RunStatus) -> None:
        """Replace `status.json`."""
        write_atomic(self.path / "status.json", json.dumps(status, indent=2) + "\n")

    def set_status(self, state: str, error: str | None = None) -> None:
        """Worker side: note a new state, keeping pid and start; a final state gets its end time."""
        status = self.recorded_status()
        status["state"], status["error"] = state, error
        if state in FINAL_STATES:
            status["ended"] = time.time()
        self.write_status(status)

    def write_begun(self, pid: int, argv: list[str]) -> None:
        """Starter side: note the process that was begun."""
        begun = {"pid": pid, "identity": process_identity(pid) or "", "host": platform.node(), "argv": argv}
        write_atomic(self.path / "process.json", json.dumps(begun, indent=2) + "\n")

    def _process(self, status: RunStatus) -> tuple[int, str, str] | None:
        """Pid, identity and host: of the worker, or of what the starter began while the worker is silent."""
        known: Mapping[str, Any] = status
        if status["pid"] is None:
            known = _read_object(self.path / "process.json")
        pid, identity, host = known.get("pid"), known.get("identity", ""), known.get("host", "")
        return (pid, str(identity), str(host)) if isinstance(pid, int) else None

    def _is_process_alive(self, status: RunStatus) -> bool | None:
        """Whether the run's process lives; None where nobody can tell (not begun, or another machine)."""
        process = self._process(status)
        if process is None or process[2] != platform.node():
            return None
        return is_same_process(process[0], process[1])

    def _last_words(self) -> str:
        text = "the process of this run ended without a word (killed, or the machine went down)"
        try:
            with open(self.log_path, "rb") as log:
                log.seek(max(0, os.path.getsize(self.log_path) - 4096))
                lines = log.read().decode("utf-8", errors="replace").strip().splitlines()
        except OSError:
            return text
        return f"{text}; its last line: {lines[-1].strip()[:300]}" if lines else text

    # -- events

    def emit(self, type: str, **fields: Any) -> None:
        """Worker side: append one event. Numbers that JSON does not know (NaN, infinity) become null."""
        event = {"type": type, "time": round(time.time(), 3), **fields}
        line = json.dumps(_finite(event), separators=(",", ":"), allow_nan=False, default=str)
        if self._events_fd is None:
            self._events_fd = self._open_events()
        os.write(self._events_fd, line.encode() + b"\n")

    def close(self) -> None:
        """Release the event file; `emit` opens it again."""
        if self._events_fd is not None:
            os.close(self._events_fd)
            self._events_fd = None

    def _open_events(self) -> int:
        path = self.path / "events.jsonl"
        flags = os.O_APPEND | os.O_CREAT | os.O_RDWR | getattr(os, "O_BINARY", 0)
        fd = os.open(path, flags, 0o644)
        size = os.fstat(fd).st_size
        if size:
            os.lseek(fd, size - 1, os.SEEK_SET)
            # A killed worker may have left half a line: end it, so that it spoils no other.
            if os.read(fd, 1) != b"\n":
                os.write(fd, b"\n")
        return fd

    def events(self, since: int = 0) -> tuple[list[dict[str, Any]], int]:
        """Events after a byte offset, and the offset to ask from next time.

        A half-written last line waits for the next call; a damaged line is passed over.
        """
        try:
            with open(self.path / "events.jsonl", "rb") as file:
                file.seek(0, os.SEEK_END)
                since = since if since <= file.tell() else 0
                file.seek(since)
                data = file.read()
        except FileNotFoundError:
            return [], 0
        end = data.rfind(b"\n") + 1
        found = []
        for line in data[:end].splitlines():
            try:
                event = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(event, dict) and isinstance(event.get("type"), str):
                found.append(event)
        return found, since + end

    def append_metrics(self, row: Mapping[str, Any]) -> None:
        """Worker side: append one row to `metrics.csv`; the first row's keys are the columns.

        Raises:
            PoseError: the row has a key that the file has no column for.
        """
        path = self.path / "metrics.csv"
        columns = list(row)
        if path.exists() and path.stat().st_size:
            with open(path, newline="", encoding="utf-8") as file:
                columns = next(csv.reader(file))
        if unknown := set(row) - set(columns):
            raise PoseError(f"{path} has no column {', '.join(sorted(unknown))}")
        is_new = not path.exists() or path.stat().st_size == 0
        with open(path, "a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns)
            if is_new:
                writer.writeheader()
            writer.writerow(dict(row))

    # -- requests

    def request_stop(self) -> None:
        """Ask the run to end early and keep what it has learnt."""
        write_atomic(self.path / "stop", "")

    def request_cancel(self, grace_s: float = 10.0) -> None:
        """Ask the run to end at once; its process is killed when it has not done so after the grace period.

        Returns at once. A thread of this process watches the grace period; the request itself stays in the
        folder, so the run also sees it when this process ends first.
        """
        write_atomic(self.path / "cancel", "")
        name = f"cancel {self.name}"
        threading.Thread(target=self._kill_after, args=(grace_s,), name=name, daemon=True).start()

    def _kill_after(self, grace_s: float) -> None:
        status = self.wait(grace_s)
        if status["state"] not in ACTIVE_STATES:
            return
        process = self._process(status)
        if process is not None and self._is_process_alive(status):
            kill_tree(process[0])
        self.set_status("cancelled")

    def stop_requested(self) -> bool:
        """Whether someone asked the run to end early and keep what it has."""
        return (self.path / "stop").exists()

    def cancel_requested(self) -> bool:
        """Whether someone asked the run to end at once."""
        return (self.path / "cancel").exists()

    def check_cancelled(self) -> None:
        """Worker side: leave the work when asked to.

        Raises:
            JobCancelled: a cancel request is there.
        """
        if self.cancel_requested():
            raise JobCancelled(self.name)

    def clear_requests(self) -> None:
        """Remove requests left from an earlier process of this run."""
        for name in ("stop", "cancel"):
            (self.path / name).unlink(missing_ok=True)


def list_runs(runs_dir: str | Path) -> list[RunFolder]:
    """Run folders directly below a folder, newest first; none where the folder is missing."""
    folder = Path(runs_dir)
    if not folder.is_dir():
        return []
    runs = [RunFolder(path) for path in folder.iterdir() if (path / "spec.json").is_file()]
    return sorted(runs, key=lambda run: (run.spec_path.stat().st_mtime, run.name), reverse=True)


def new_run(runs_dir: str | Path, stem: str, spec: Mapping[str, Any]) -> RunFolder:
    """Make a run folder of a fresh name `STEM-YYYYMMDD-HHMMSS`, numbered when that is taken."""
    folder = Path(runs_dir)
    name = f"{stem}-{time.strftime('%Y%m%d-%H%M%S')}"
    candidate, number = folder / name, 2
    while candidate.exists():
        candidate, number = folder / f"{name}-{number}", number + 1
    return RunFolder.create(candidate, spec)


def _read_object(path: Path) -> dict[str, Any]:
    """A JSON object; empty where the file is missing or damaged."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    # numpy scalars know how to become Python numbers; jobs does not import numpy for them.
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        return _finite(value.item())
    if hasattr(value, "tolist"):
        return _finite(value.tolist())
    return value
