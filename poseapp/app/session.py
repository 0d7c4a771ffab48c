"""The open window without Qt: which project, video, frame and selection; what is on screen; the jobs.

Panes read a `Session`, draw, and call its methods. Signals are psygnal's and fire in the thread of the
caller, except `frame_arrived` and `video_failed`, which fire in the decoding thread (the window carries them
over).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from psygnal import Signal

from poseapp.app import opening
from poseapp.app.layer_stack import LayerStack
from poseapp.app.layers import Layer, PredictionLayer, Ref, ScreenInstance, overlap
from poseapp.app.playhead import Playhead
from poseapp.app.recent import RecentFiles
from poseapp.app.run_states import RunState, RunWatcher
from poseapp.app.settings import Settings
from poseapp.errors import PoseError

if TYPE_CHECKING:
    from poseapp.jobs import RunFolder
    from poseapp.labels.edits import Edit
    from poseapp.labels.instance import Instance
    from poseapp.labels.project import Change, Project
    from poseapp.labels.skeleton import Skeleton


class Session(Playhead):
    """State of one window.

    Attributes:
        project: the open project, or None (start page).
        video_path: where the current video's file is now, or None where it is missing.
        selection: the selected person, or None.
        selected_keypoint: index of the selected keypoint, or None.
        layers: rows of the list of layers: labels first, then prediction runs, newest first.
        overlay_visible: whether people are drawn at all.
        gesture_active: whether something is being dragged on the canvas.
        tool: id of the active canvas tool: "select", "add" or "move".
        device: what jobs run on ("auto", "cpu", "cuda:0" ...).
        settings: the user's settings.
        recent: recently opened projects.
    """

    project_changed = Signal()
    video_changed = Signal()
    selection_changed = Signal()
    layers_changed = Signal()
    labels_changed = Signal(object)  # labels.project.Change
    runs_changed = Signal()
    run_finished = Signal(object)  # RunState
    message = Signal(str)  # one line for the status bar
    failed = Signal(str)  # one line that must not be overlooked
    tool_changed = Signal(str)
    view_command = Signal(str)  # "fit" "actual_size" "zoom_in" "zoom_out" "person" "cancel" "quit"

    def __init__(self, settings: Settings | None = None, recent: RecentFiles | None = None) -> None:
        super().__init__()
        self.settings = settings or Settings.load()
        self.recent = recent or RecentFiles.load()
        self.project: Project | None = None
        self.video_path: Path | None = None
        self.selection: Ref | None = None
        self.selected_keypoint: int | None = None
        self.layers: list[Layer] = []
        self.overlay_visible = True
        self.tool = "select"
        self.gesture_active = False
        self.device = str(self.settings["device"])
        self._stack: LayerStack | None = None
        self._watcher: RunWatcher | None = None
        self._last_selected: Instance | None = None
        self.frame_changed.connect(self._carry_selection)
        self.settings.on_change(self._on_setting)

    def _on_setting(self, key: str, value: object) -> None:
        if key == "frame_cache_mb" and self.frames is not None:
            self.frames.set_max_bytes(int(self.settings[key]) << 20)
        elif key in ("doubtful_score", "ring_score"):
            self.layers_changed.emit()

    # -- project and video

    @property
    def skeleton(self) -> Skeleton | None:
        """The project's skeleton, or None while nothing is open."""
        return self.project.skeleton if self.project else None

    @property
    def read_only(self) -> bool:
        """Whether labels cannot be changed now."""
        return self.project is None or self.project.read_only

    def open(self, path: str | Path) -> None:
        """Open a project, a video or an image folder; a video without a project gets one.

        Raises:
            PoseError: when it cannot be opened; what was open before stays open.
        """
        opened = opening.open_any(Path(path), skeleton=str(self.settings["skeleton"]))
        if self.project is not None:
            self.close()
        project = self.project = opened.project
        project.changed.connect(self._on_change)
        self._watcher = RunWatcher(project.runs_dir)
        self._watcher.poll()
        self._stack = LayerStack(project, self.failed.emit)
        self.recent.add(project.path)
        self.project_changed.emit()
        wanted = opened.video_id or project.setting("last_video", None)
        known = [v.id for v in project.videos]
        self.show_video(wanted if wanted in known else next(iter(known), None))
        if project.read_only:
            self.message.emit(f"Read-only: {project.read_only_reason}")
        elif opened.text:
            self.message.emit(opened.text)
        self.runs_changed.emit()

    def new_project(self, path: str | Path, skeleton: str, videos: list[str | Path] | None = None) -> None:
        """Create a project, add the videos and open it.

        Raises:
            PoseError: when it cannot be created.
        """
        opening.create_project(Path(path), skeleton, [Path(v) for v in videos or []])
        self.open(path)

    def add_video(self, path: str | Path) -> None:
        """Add a video or image folder to the open project and show it; raises as `open`."""
        self.show_video(opening.add_video(self.writable_project(), Path(path)))

    def relink_video(self, video_id: int, path: str | Path) -> None:
        """Tell where a missing video is now.

        Raises:
            PoseError: when the file cannot be read or has another number of frames.
        """
        opening.relink_video(self.writable_project(), video_id, Path(path))
        self.show_video(video_id)

    def close(self) -> None:
        """Close the project (nothing is ever unsaved); jobs go on."""
        self.set_playing(False)
        opening.remember_place(self.project, self.video, self.frame_idx)
        self._stop_frames()
        if self._stack is not None:
            self._stack.close()
        self._stack, self._watcher, self.layers = None, None, []
        if self.project is not None:
            self.project.changed.disconnect(self._on_change)
            self.project.close()
        self.project, self.video, self.video_path, self.frame_idx = None, None, None, 0
        self.select(None)
        self.project_changed.emit()
        self.video_changed.emit()
        self.layers_changed.emit()

    def show_video(self, video_id: int | None) -> None:
        """Make a video of the project the current one, at the frame it was left.

        A missing file leaves `frames` None; the labels are there all the same.
        """
        project = self._open_project()
        self.set_playing(False)
        opening.remember_place(self.project, self.video, self.frame_idx)
        self._stop_frames()
        self.select(None)
        self.video = None if video_id is None else project.video(video_id)
        self.video_path, self.frame_idx = None, 0
        if self.video is not None:
            opening.remember_video(project, self.video)
            self.frame_idx = opening.place_left(project, self.video)
            self.video_path = project.resolve(self.video)
        self._refresh_layers()
        if self.video_path is not None:
            self._start_frames(self.video_path, int(self.settings["frame_cache_mb"]) << 20)
        self.video_changed.emit()
        self.frame_changed.emit(self.frame_idx)
        if self.frames is not None:
            self.frames.request(self.frame_idx)

    # -- layers and what is on screen

    @property
    def prediction_layers(self) -> list[PredictionLayer]:
        """Every readable prediction file of the project, newest first."""
        return self._stack.predictions if self._stack else []

    def current_prediction_layer(self) -> PredictionLayer | None:
        """The newest visible prediction layer that knows the current video."""
        return self._stack.current(self.video) if self._stack else None

    def set_layer_visible(self, layer_id: str, visible: bool) -> None:
        """Show or hide a layer."""
        if self._stack is not None:
            self._stack.set_visible(layer_id, visible)
        self._refresh_layers()

    def set_overlay_visible(self, visible: bool) -> None:
        """Show or hide everything drawn over the video."""
        self.overlay_visible = visible
        self.layers_changed.emit()

    def instances_on_screen(self, frame_idx: int | None = None) -> list[ScreenInstance]:
        """People of a frame (default: the current one): its labels, then predictions nobody labelled yet."""
        if self._stack is None or self.video is None:
            return []
        return self._stack.on_screen(self.video, self.frame_idx if frame_idx is None else frame_idx)

    def labels_at(self, frame_idx: int) -> list[ScreenInstance]:
        """The labelled people of a frame of the current video."""
        return self._stack.labels(self.video, frame_idx) if self._stack and self.video else []

    def labelled_frames(self) -> np.ndarray:
        """Labelled frames of the current video, ascending int64."""
        if self.project is None or self.video is None:
            return np.zeros(0, np.int64)
        return np.asarray(self.project.labelled_frames(self.video.id), np.int64)

    def score_curve(self) -> tuple[np.ndarray, np.ndarray]:
        """Frames `(N,)` and mean scores `(N,)` in 0..1 of the current prediction layer."""
        if self._stack is None:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        return self._stack.score_curve(self.video)

    def doubtful_frames(self) -> np.ndarray:
        """Frames with a low mean score in the current prediction layer and no label, ascending int64."""
        frames, scores = self.score_curve()
        low = frames[scores < float(self.settings["doubtful_score"])]
        labelled = self.labelled_frames()
        if len(low) == 0 or len(labelled) == 0:
            return low
        # Both ascend: looking up is faster than a set of 100,000 labelled frames.
        at = np.minimum(np.searchsorted(labelled, low), len(labelled) - 1)
        return low[labelled[at] != low]

    def reload_predictions(self) -> None:
        """Look for new prediction files and for frames appended to known ones."""
        if self._stack is not None and self._stack.reload():
            self._refresh_layers()

    def _refresh_layers(self) -> None:
        self.layers = self._stack.rows(self.video) if self._stack else []
        self.layers_changed.emit()

    # -- selection and edits

    @property
    def selected_instance(self) -> ScreenInstance | None:
        """The selected person, where it is on the current frame."""
        if self.selection is None:
            return None
        return next((s for s in self.instances_on_screen() if s.ref == self.selection), None)

    def select(self, ref: Ref | None, keypoint: int | None = None) -> None:
        """Select a person and a keypoint of theirs (None: nothing)."""
        if (ref, keypoint) == (self.selection, self.selected_keypoint):
            return
        self.selection, self.selected_keypoint = ref, keypoint
        found = self.selected_instance
        self._last_selected = found.instance if found else None
        self.selection_changed.emit()

    def _carry_selection(self, frame_idx: int) -> None:
        """Keep person and keypoint selected on another frame, so that one can be fixed frame by frame."""
        if self.selection is None or self.playing:
            return
        people = self.instances_on_screen()
        last = self._last_selected
        best = max(people, key=lambda s: overlap(s.instance, last) if last else 0.0, default=None)
        self.select(best.ref if best else None, self.selected_keypoint if best else None)

    def set_tool(self, tool: str) -> None:
        """Choose the canvas tool: "select", "add" or "move"."""
        if tool != self.tool:
            self.tool = tool
            self.tool_changed.emit(tool)

    def push(self, edit: Edit) -> list[int]:
        """Apply an edit: on disk before this returns.

        Returns:
            Ids of the videos or instances it created.

        Raises:
            PoseError: when the project is read-only or the edit does not fit it.
        """
        return self.writable_project().push(edit)

    def undo(self) -> None:
        """Take the last edit back and say which."""
        text = self.writable_project().undo()
        self.message.emit(f"Undone: {text}" if text else "Nothing to undo")

    def redo(self) -> None:
        """Do the edit last undone again and say which."""
        text = self.writable_project().redo()
        self.message.emit(f"Done again: {text}" if text else "Nothing to redo")

    def _on_change(self, change: Change) -> None:
        if change.topics <= {"settings"}:
            return
        if self._stack is not None:
            self._stack.forget()
        if self.video is not None and "videos" in change.topics:
            self._follow_videos()
        if self.selection is not None and self.selection.is_label and self.selected_instance is None:
            self.select(None)
        self._refresh_layers()
        self.labels_changed.emit(change)
        if change.text:
            self.message.emit(change.text)

    def _follow_videos(self) -> None:
        known = {v.id for v in self._open_project().videos}
        if self.video is not None and self.video.id not in known:
            self.video = None  # its place is not worth remembering
            self.show_video(min(known, default=None))

    def _open_project(self) -> Project:
        if self.project is None:
            raise PoseError("no project is open; open a video or a project first")
        return self.project

    def writable_project(self) -> Project:
        """The open project.

        Raises:
            PoseError: when none is open or it is read-only.
        """
        project = self._open_project()
        if project.read_only:
            raise PoseError(f"this project is read-only: {project.read_only_reason}")
        return project

    # -- jobs

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
        if self._watcher is None or not self._watcher.poll():
            return
        if any(r.kind == "predict" for r in self._watcher.moved):
            self.reload_predictions()
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
