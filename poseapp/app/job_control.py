"""Jobs, of the open project and of none: started, followed, stopped and gone on with; no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psygnal import Signal

from poseapp import paths
from poseapp.app.run_states import RunState, RunWatcher
from poseapp.app.screen import Screen
from poseapp.app.settings import Settings
from poseapp.errors import PoseError

if TYPE_CHECKING:
    from poseapp.jobs import RunFolder


def user_runs_dir() -> Path:
    """Runs that belong to no project: data sets of drawn people."""
    return paths.user_cache_dir() / "runs"


class JobControl(Screen):
    """Predictions, trainings and the drawing of data sets in other processes.

    Attributes:
        device: what jobs run on ("auto", "cpu", "cuda:0" ...).
        mix_wanted: a data set that the next fine-tuning is to be offered, or None.
    """

    runs_changed = Signal()
    run_finished = Signal(object)  # RunState

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.device = str(settings["device"])
        self.mix_wanted: Path | None = None
        self._watcher: RunWatcher | None = None
        self._user_watcher = RunWatcher(user_runs_dir())
        self._user_watcher.poll()
        self._seen_active: set[Path] = set()

    @property
    def runs(self) -> list[RunState]:
        """Jobs of no project that have run while the window is open, then the project's jobs, newest first;
        found again after a restart."""
        own = []
        for run in self._user_watcher.runs:
            if run.active:
                self._seen_active.add(run.folder.path)
            if run.folder.path in self._seen_active:
                own.append(run)
        return own + (self._watcher.runs if self._watcher else [])

    def start_prediction(self, **options: Any) -> RunFolder:
        """Predict the current video in another process; options as in `api.start_prediction`.

        Raises:
            PoseError: when no project or video is open or the job cannot start.
        """
        from poseapp import api

        project = self.writable_project()
        if self.video is None:
            raise PoseError("there is no video to predict; add one first")
        options.setdefault("device", self.device)
        return self._watch(api.start_prediction(project, video=self.video, **options))

    def start_fine_tune(self, **options: Any) -> RunFolder:
        """Train on the project's labels in another process; options as in `api.start_training`.

        Raises:
            PoseError: when there are too few labels or the job cannot start.
        """
        from poseapp import api

        options.setdefault("device", self.device)
        return self._watch(api.start_training(self.writable_project(), **options))

    def start_synthesis(self, out: str | Path, **options: Any) -> RunFolder:
        """Draw a data set of people in another process; options as in `api.start_synthesis`.

        Raises:
            PoseError: when a setting makes no sense or the job cannot start.
        """
        from poseapp import api

        run = api.start_synthesis(out, runs_dir=user_runs_dir(), **options)
        self._seen_active.add(run.path)
        return self._watch(run)

    @property
    def data_sets(self) -> list[Path]:
        """Data sets of drawn people made on this computer that are still there, newest first."""
        found = [run.data_set for run in self._user_watcher.runs]
        return list(dict.fromkeys(path for path in found if path is not None))

    def _watch(self, run: RunFolder) -> RunFolder:
        for watcher in self._watchers():
            watcher.poll()
        self.runs_changed.emit()
        return run

    def _watchers(self) -> Sequence[RunWatcher]:
        return [w for w in (self._user_watcher, self._watcher) if w is not None]

    def poll_runs(self) -> None:
        """Read what the jobs have written since the last call (a timer of the window calls this)."""
        watchers = self._watchers()
        is_news = any([watcher.poll() for watcher in watchers])
        finished = [run for watcher in watchers for run in watcher.finished]
        ended = any(r.kind == "predict" for r in finished)
        if ended or any(r.kind == "predict" and r.active for r in self.runs):
            self.reload_predictions(wait=ended)
        if not is_news:
            return
        self.runs_changed.emit()
        for run in finished:
            self.message.emit(run.closing_text())
            self.run_finished.emit(run)

    def stop_and_keep(self, run: RunState) -> None:
        """Ask a job to stop at the next good moment and keep what it has."""
        run.request_stop()
        self.message.emit(f"{run.title}: stopping, what it has is kept")

    def cancel(self, run: RunState) -> None:
        """Stop a job now."""
        run.request_cancel()
        self.message.emit(f"{run.title}: cancelling")

    def resume(self, run: RunState) -> None:
        """Go on with a job that was stopped, cancelled or lost.

        Raises:
            PoseError: when it goes on already or cannot be started.
        """
        from poseapp import api

        if run.kind != "synth":
            self.writable_project()
        how = "starting again from its beginning" if run.starts_anew else "going on"
        api.resume(run.folder)
        run.poll()
        self.runs_changed.emit()
        self.message.emit(f"{run.title}: {how}")
