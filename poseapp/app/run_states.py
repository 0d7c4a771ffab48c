"""Jobs as the window shows them: what each run folder has said so far."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from poseapp.errors import PoseError
from poseapp.jobs import RunFolder, list_runs

ACTIVE_STATES = ("pending", "running")
RESUMABLE_STATES = ("lost", "stopped", "cancelled")
# What a job of a kind is called, and what it does.
KINDS = {
    "train": ("Training", "Fine-tuning"), "predict": ("Prediction", "Predicting"),
    "synth": ("Data set", "Drawing people"),
}  # fmt: skip
STAMP = re.compile(r"\d{8}-(\d\d)(\d\d)(\d\d)")
TRAINING_STATE = "last.pt"  # under `checkpoints/`: what a training goes on from


@dataclass
class RunState:
    """One job.

    Attributes:
        folder: its run folder.
        kind: "train", "predict" or "synth".
        state: pending, running, done, failed, stopped, cancelled or lost.
        progress: the last `progress` event (`done, total, unit, eta_s, text`), or None.
        epochs: all `epoch` events.
        samples: pictures of sample predictions, oldest first.
        result: the `result` event, or None.
        error: one line where it failed, else "".
    """

    folder: RunFolder
    kind: str
    state: str = "pending"
    progress: dict[str, Any] | None = None
    epochs: list[dict[str, Any]] = field(default_factory=list)
    samples: list[Path] = field(default_factory=list)
    result: dict[str, Any] | None = None
    error: str = ""
    offset: int = 0
    stamp: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.path.name

    @property
    def active(self) -> bool:
        """Whether it still works."""
        return self.state in ACTIVE_STATES

    @property
    def can_resume(self) -> bool:
        """Whether it ended before its time and can be gone on with."""
        return self.state in RESUMABLE_STATES

    @property
    def starts_anew(self) -> bool:
        """Whether going on means from the beginning: a cancelled training keeps no state."""
        return self.kind == "train" and not (self.folder.checkpoints_dir / TRAINING_STATE).exists()

    @property
    def title(self) -> str:
        """What the user calls it: "Training 14:05", the kind and when it began, or else the folder's name."""
        kind = KINDS.get(self.kind, ("Job", ""))[0]
        stamp = STAMP.search(self.name)
        return f"{kind} {stamp[1]}:{stamp[2]}" if stamp else f"{kind} · {self.name}"

    @property
    def doing(self) -> str:
        """What it does while it runs: "Predicting"."""
        return KINDS.get(self.kind, ("", "Working"))[1]

    @property
    def data_set(self) -> Path | None:
        """The folder that a finished job of kind "synth" has filled, where it is still there."""
        if self.kind != "synth" or self.state not in ("done", "stopped"):
            return None
        try:
            out = self.folder.spec.get("out")
        except PoseError:
            return None
        return Path(str(out)) if out and Path(str(out)).is_dir() else None

    @property
    def pictures(self) -> list[Path]:
        """What can be looked at: sample predictions, or the contact sheet of a data set."""
        sheet = self.data_set / "sheet.jpg" if self.data_set is not None else None
        return [sheet] if sheet is not None and sheet.is_file() else self.samples

    def poll(self) -> bool:
        """Read new events and the state; True if anything is new."""
        self.stamp = self._read_stamp()
        events, self.offset = self.folder.events(since=self.offset)
        status = self.folder.status
        state, error = status["state"], status["error"] or ""
        if state in ACTIVE_STATES and not self.active:
            # Somebody goes on with it: how it ended the time before counts no more.
            self.error, self.result, self.progress = "", None, None
        for event in events:
            self._take(event)
        moved = bool(events) or state != self.state or error not in ("", self.error)
        self.state, self.error = state, error or self.error
        return moved

    def was_touched(self) -> bool:
        """Whether its status was written since the last `poll`: an ended run may have been gone on with."""
        return self._read_stamp() != self.stamp

    def _read_stamp(self) -> tuple[int, ...]:
        found = []
        for name in ("status.json", "process.json"):
            try:
                found.append((self.folder.path / name).stat().st_mtime_ns)
            except OSError:  # not begun, or just being replaced
                found.append(0)
        return tuple(found)

    def _take(self, event: dict[str, Any]) -> None:
        kind = event.get("type")
        if kind == "started" and isinstance(event.get("resumed_step"), int):
            # What was done after the state it goes on from is done again.
            self.epochs = [e for e in self.epochs if _step(e) <= event["resumed_step"]]
        elif kind == "progress":
            self.progress = event
        elif kind == "epoch":
            self.epochs.append(event)
        elif kind == "samples" and isinstance(event.get("file"), str):
            self.samples.append(self.folder.path / "samples" / Path(event["file"]).name)
        elif kind == "result":
            self.result = event
        elif kind == "failed":
            self.error = str(event.get("error") or event.get("text") or "")

    def request_stop(self) -> None:
        """Ask it to stop at the next good moment and keep what it has."""
        self.folder.request_stop()

    def request_cancel(self) -> None:
        """Stop it now; it is killed where it does not listen."""
        self.folder.request_cancel()

    def closing_text(self) -> str:
        """One line on how it ended."""
        result = self.result or {}
        if self.state == "done" and self.kind == "predict" and "frames" in result:
            return f"Prediction finished: {result['frames']} frames"
        if self.state == "done" and self.kind == "train" and "accepted" in result:
            return f"Training finished: {verdict(result)}"
        if self.state in ("done", "stopped") and self.data_set is not None:
            return f"Data set finished: {self.data_set.name}"
        words = {
            "done": "finished",
            "failed": f"failed: {self.error}",
            "stopped": "stopped; what it had is kept",
            "cancelled": "cancelled",
            "lost": "ended by itself, often for want of memory; its log says more",
        }
        return f"{self.title} {words.get(self.state, self.state)}"


def _step(epoch: Mapping[str, Any]) -> float:
    step = epoch.get("step", 0)
    return step if isinstance(step, int | float) else 0


def verdict(result: Mapping[str, Any]) -> str:
    """What a training came to, from its `result` event: which network stays, and what tells."""
    accepted, before = bool(result["accepted"]), bool(result.get("before"))
    if not result.get("held_out", True):
        stays = "the old network stays" if not accepted else "the new network is kept"
        return f"too few labels to hold any out, so nothing tells how good it is; {stays}"
    if accepted and before:
        return "the new network is better on held-out labels"
    if accepted:
        return "a new network; there was none before to compare it with"
    if not before:
        return "it came to nothing that can be used"
    if _quality(result.get("val")) > _quality(result.get("before")):
        return "better on held-out labels but it forgets what it knew; the old network stays"
    return "no better on held-out labels, the old network stays"


def _quality(metrics: object) -> float:
    value = metrics.get("quality") if isinstance(metrics, Mapping) else None
    return float(value) if isinstance(value, int | float) else 0.0


class RunWatcher:
    """Follows every run folder under `runs_dir`.

    Attributes:
        runs: newest first.
        moved: runs with news in the last `poll`.
        finished: runs that ended in the last `poll`.
    """

    def __init__(self, runs_dir: Path) -> None:
        self.runs_dir = runs_dir
        self.runs: list[RunState] = []
        self.moved: list[RunState] = []
        self.finished: list[RunState] = []

    def poll(self) -> bool:
        """Look for new run folders and read new events; True if anything is new."""
        known = {r.folder.path for r in self.runs}
        fresh = [f for f in list_runs(self.runs_dir) if f.path not in known]
        if fresh:
            self.runs = [RunState(f, _kind(f)) for f in fresh] + self.runs  # `list_runs` has the newest first
        self.moved, self.finished = [], []
        for run in self.runs:
            is_new = run.folder in fresh
            was_active = run.active
            if not (was_active or is_new or run.was_touched()):
                continue
            moved = run.poll()
            if moved:
                self.moved.append(run)
            if not run.active and not is_new and (was_active or moved):
                self.finished.append(run)
        return bool(fresh or self.moved)


def _kind(folder: RunFolder) -> str:
    try:
        return str(folder.spec.get("kind", "train"))
    except PoseError:
        return "train"  # a damaged spec.json: the run is listed, its state says the rest
