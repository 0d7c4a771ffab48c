"""The jobs of the open project: started, followed, stopped and gone on with; no Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psygnal import Signal

from poseapp.app.run_states import RunState, RunWatcher
from poseapp.app.screen import Screen
from poseapp.app.settings import Settings
from poseapp.errors import PoseError

if TYPE_CHECKING:
    from poseapp.jobs import RunFolder


class JobControl(Screen):
    """Predictions and trainings in other processes.

    Attributes:
        device: what jobs run on ("auto", "cpu", "cuda:0" ...).
    """

    runs_changed = Signal()
    run_finished = Signal(object)  # RunState

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.device = str(settings["device"])
        self._watcher: RunWatcher | None = None

    @property
    def runs(self) -> list[RunState]:
        """The project's jobs, newest first; found again after a restart."""
        return self._watcher.runs if self._watcher else []

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

    def _watch(self, run: RunFolder) -> RunFolder:
        assert self._watcher is not None
        self._watcher.poll()
        self.runs_changed.emit()
        return run

    def poll_runs(self) -> None:
        """Read what the jobs have written since the last call (a timer of the window calls this)."""
        if self._watcher is None:
            return
        is_news = self._watcher.poll()
        ended = any(r.kind == "predict" for r in self._watcher.finished)
        if ended or any(r.kind == "predict" and r.active for r in self._watcher.runs):
            self.reload_predictions(wait=ended)
        if not is_news:
            return
        self.runs_changed.emit()
        for run in self._watcher.finished:
            self.message.emit(run.closing_text())
            self.run_finished.emit(run)

    def stop_and_keep(self, run: RunState) -> None:
        """Ask a job to stop at the next good moment and keep what it has."""
        run.request_stop()
        self.message.emit(f"{run.name}: stopping, what it has is kept")

    def cancel(self, run: RunState) -> None:
        """Stop a job now."""
        run.request_cancel()
        self.message.emit(f"{run.name}: cancelling")

    def resume(self, run: RunState) -> None:
        """Go on with a job that was stopped, cancelled or lost.

        Raises:
            PoseError: when it goes on already or cannot be started.
        """
        from poseapp import api

        self.writable_project()
        how = "starting again from its beginning" if run.starts_anew else "going on"
        api.resume(run.folder)
        run.poll()
        self.runs_changed.emit()
        self.message.emit(f"{run.name}: {how}")
