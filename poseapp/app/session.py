"""The open window without Qt: which project, video, frame and selection; what is on screen; the jobs.

Panes read a `Session`, draw, and call its methods; signals are psygnal's and fire in the thread of the caller,
except `frame_arrived` and `video_failed`, which fire in the decoding thread (the window carries them over).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from psygnal import Signal

from poseapp.app import opening
from poseapp.app.layers import LABELS, Layer, PredictionLayer, Ref, ScreenInstance, not_yet_labelled
from poseapp.app.recent import RecentFiles
from poseapp.app.run_states import RunState, RunWatcher
from poseapp.app.settings import Settings
from poseapp.errors import PoseError

if TYPE_CHECKING:
    from poseapp.jobs import RunFolder
    from poseapp.labels.edits import Edit
    from poseapp.labels.project import Change, Project, VideoRecord
    from poseapp.labels.skeleton import Skeleton
    from poseapp.video.cache import Frame, FrameServer


class Session:
    """State of one window.

    Attributes:
        project: the open project, or None (start page).
        video: the current video's record, or None.
        video_path: where its file is now, or None where it is missing.
        frame_idx: the current frame, 0-based.
        frames: the decoding thread's front, or None.
        selection: the selected person, or None.
        selected_keypoint: index of the selected keypoint, or None.
        layers: labels first, then prediction runs, newest first.
        overlay_visible: whether people are drawn at all.
        playing: whether playback runs; the playback clock listens to `playing_changed`.
        speed: playback speed, 1.0 is the video's own.
        runs: the project's jobs, newest first.
        tool: id of the active canvas tool: "select", "add" or "move".
        device: what jobs run on ("auto", "cpu", "cuda:0" ...).
        settings: the user's settings.
        recent: recently opened files.
    """

    project_changed = Signal()
    video_changed = Signal()
    frame_changed = Signal(int)
    selection_changed = Signal()
    layers_changed = Signal()
    labels_changed = Signal(object)  # labels.project.Change
    runs_changed = Signal()
    run_finished = Signal(object)  # RunState
    message = Signal(str)  # one line for the status bar
    failed = Signal(str)  # one line that must not be overlooked
    tool_changed = Signal(str)
    playing_changed = Signal(bool)
    view_command = Signal(str)  # "fit" "actual_size" "zoom_in" "zoom_out": for the canvas
    frame_arrived = Signal(object)  # video.cache.Frame, from the decoding thread
    video_failed = Signal(str)  # from the decoding thread

    def __init__(self, settings: Settings | None = None, recent: RecentFiles | None = None) -> None:
        self.settings = settings or Settings.load()
        self.recent = recent or RecentFiles.load()
        self.project: Project | None = None
        self.video: VideoRecord | None = None
        self.video_path: Path | None = None
        self.frame_idx = 0
        self.frames: FrameServer | None = None
        self.selection: Ref | None = None
        self.selected_keypoint: int | None = None
        self.layers: list[Layer] = []
        self.overlay_visible = True
        self.playing = False
        self.speed = 1.0
        self.tool = "select"
        self.device = str(self.settings["device"])
        self._prediction_layers: list[PredictionLayer] = []
        self._hidden_layers: set[str] = set()
        self._watcher: RunWatcher | None = None
        self._timestamps: np.ndarray | None = None

    # -- project and video -------------------------------------------------------------------------------------

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
        self.project = opened.project
        self.project.changed.connect(self._on_change)
        self._watcher = RunWatcher(self.project.runs_dir)
        self._watcher.poll()
        self._load_prediction_layers()
        self.recent.add(opened.project.path)
        self.project_changed.emit()
        video_id = opened.video_id or self.project.setting("last_video", None)
        records = self.project.videos
        known = {v.id for v in records}
        self.show_video(video_id if video_id in known else records[0].id if records else None)
        if self.project.read_only:
            self.message.emit(f"Read-only: {self.project.read_only_reason}")
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
        """Add a video or image folder to the open project and show it.

        Raises:
            PoseError: when no project is open, it is read-only, or the file cannot be read.
        """
        project = self._writable_project()
        self.show_video(opening.add_video(project, Path(path)))

    def relink_video(self, video_id: int, path: str | Path) -> None:
        """Tell where a missing video is now.

        Raises:
            PoseError: when the file cannot be read or has another number of frames.
        """
        opening.relink_video(self._writable_project(), video_id, Path(path))
        self.show_video(video_id)

    def close(self) -> None:
        """Close the project (nothing is ever unsaved); jobs go on."""
        self.set_playing(False)
        self._remember_place()
        self._close_frames()
        for layer in self._prediction_layers:
            layer.close()
        self._prediction_layers, self.layers, self._watcher = [], [], None
        self.selection, self.selected_keypoint = None, None
        if self.project is not None:
            self.project.changed.disconnect(self._on_change)
            self.project.close()
        self.project, self.video, self.video_path, self.frame_idx = None, None, None, 0
        self.project_changed.emit()
        self.video_changed.emit()

    def show_video(self, video_id: int | None) -> None:
        """Make a video of the project the current one, at the frame it was left."""
        project = self._open_project()
        self.set_playing(False)
        self._remember_place()
        self._close_frames()
        self.selection, self.selected_keypoint = None, None
        self.video = None if video_id is None else project.video(video_id)
        self.video_path, self.frame_idx = None, 0
        if self.video is not None:
            if not project.read_only:
                project.set_setting("last_video", self.video.id)
            place = project.setting(f"frame/{self.video.id}", 0)
            self.frame_idx = min(max(int(place), 0), max(self.num_frames - 1, 0))
            self.video_path = project.resolve(self.video)
            if self.video_path is not None:
                self._open_frames(self.video_path)
        self._refresh_layers()
        self.video_changed.emit()
        self.selection_changed.emit()
        self.frame_changed.emit(self.frame_idx)
        if self.frames is not None:
            self.frames.request(self.frame_idx)

    def _remember_place(self) -> None:
        if self.project is not None and self.video is not None and not self.project.read_only:
            self.project.set_setting(f"frame/{self.video.id}", self.frame_idx)

    def _open_frames(self, path: Path) -> None:
        from poseapp.video.cache import FrameServer

        try:
            self.frames = FrameServer(
                path,
                max_bytes=int(self.settings["frame_cache_mb"]) << 20,
                on_frame=self._on_frame,
                on_error=self.video_failed.emit,
            )
        except PoseError as error:
            self.frames = None
            self.failed.emit(str(error))

    def _close_frames(self) -> None:
        if self.frames is not None:
            self.frames.close()
        self.frames, self._timestamps = None, None

    def _on_frame(self, frame: Frame) -> None:
        self.frame_arrived.emit(frame)

    # -- frames ------------------------------------------------------------------------------------------------

    @property
    def num_frames(self) -> int:
        """Frames of the current video, 0 without one."""
        return int(self.video.num_frames) if self.video else 0

    @property
    def fps(self) -> float:
        """Frames a second of the current video; 25 where it has no rate (image folders)."""
        return float(self.video.fps or 25.0) if self.video else 25.0

    @property
    def timestamps(self) -> np.ndarray | None:
        """Presentation times `(N,)` in seconds where the decoder has them already, else None."""
        if self._timestamps is None and self.frames is not None:
            times = getattr(self.frames, "timestamps", None)
            if times is not None and len(times) >= self.num_frames:
                self._timestamps = np.asarray(times, np.float64)
        return self._timestamps

    def time_of(self, frame_idx: int) -> float:
        """Seconds from the first frame to this one."""
        times = self.timestamps
        if times is not None and 0 <= frame_idx < len(times):
            return float(times[frame_idx] - times[0])
        return frame_idx / self.fps

    def go_to(self, frame_idx: int, *, scrub: bool = False) -> None:
        """Make a frame current (clamped into the video).

        Args:
            frame_idx: 0-based.
            scrub: while the hand still moves, ask for a quick low-resolution picture first.
        """
        frame_idx = min(max(int(frame_idx), 0), max(self.num_frames - 1, 0))
        moved = frame_idx != self.frame_idx
        self.frame_idx = frame_idx
        if self.frames is not None and (moved or not scrub):
            if scrub:
                self.frames.scrub(frame_idx)
            else:
                self.frames.request(frame_idx)
        if moved:
            if self.selection is not None and not self.selection.is_label:
                self._follow_selection()
            self.frame_changed.emit(frame_idx)

    def step(self, num: int) -> None:
        """Go `num` frames on (negative: back)."""
        self.go_to(self.frame_idx + num)

    def go_to_next(self, frames: np.ndarray, direction: int) -> bool:
        """Go to the next of `frames` (ascending) after (1) or before (-1) the current one."""
        if direction > 0:
            later = frames[frames > self.frame_idx]
            target = later[0] if len(later) else None
        else:
            earlier = frames[frames < self.frame_idx]
            target = earlier[-1] if len(earlier) else None
        if target is None:
            return False
        self.go_to(int(target))
        return True

    def set_playing(self, playing: bool) -> None:
        """Start or stop playback."""
        playing = playing and self.num_frames > 1
        if playing == self.playing:
            return
        self.playing = playing
        self.playing_changed.emit(playing)
        if not playing and self.frames is not None:
            self.frames.request(self.frame_idx)

    def set_speed(self, speed: float) -> None:
        """Set the playback speed (1.0 is the video's own)."""
        self.speed = speed
        self.playing_changed.emit(self.playing)

    def labelled_frames(self) -> np.ndarray:
        """Labelled frames of the current video, ascending int64."""
        if self.project is None or self.video is None:
            return np.zeros(0, np.int64)
        return np.asarray(self.project.labelled_frames(self.video.id), np.int64)

    def doubtful_frames(self) -> np.ndarray:
        """Frames with a low mean score in the current prediction layer and no label, ascending int64."""
        frames, scores = self.score_curve()
        low = frames[scores < float(self.settings["doubtful_score"])]
        return np.setdiff1d(low, self.labelled_frames(), assume_unique=False)

    def score_curve(self) -> tuple[np.ndarray, np.ndarray]:
        """Frames `(N,)` and mean scores `(N,)` of the newest visible prediction layer."""
        layer = self.current_prediction_layer()
        if layer is None or self.video is None:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        return layer.score_curve(self.video)

    # -- layers and what is on screen --------------------------------------------------------------------------

    @property
    def prediction_layers(self) -> list[PredictionLayer]:
        """Every readable prediction file of the project, newest first."""
        return self._prediction_layers

    def current_prediction_layer(self) -> PredictionLayer | None:
        """The newest visible prediction layer that knows the current video."""
        if self.video is None:
            return None
        for layer in self._prediction_layers:
            if layer.name not in self._hidden_layers and layer.video_index(self.video) is not None:
                return layer
        return None

    def set_layer_visible(self, layer_id: str, visible: bool) -> None:
        """Show or hide a layer."""
        (self._hidden_layers.discard if visible else self._hidden_layers.add)(layer_id)
        self._refresh_layers()

    def set_overlay_visible(self, visible: bool) -> None:
        """Show or hide everything drawn over the video."""
        self.overlay_visible = visible
        self.layers_changed.emit()

    def labels_at(self, frame_idx: int) -> list[ScreenInstance]:
        """The labelled people of a frame of the current video."""
        if self.project is None or self.video is None:
            return []
        editable = not self.project.read_only
        return [
            ScreenInstance(p, LABELS, editable, Ref(LABELS, int(p.id or 0)))
            for p in self.project.instances(self.video.id, frame_idx)
        ]

    def instances_on_screen(self, frame_idx: int | None = None) -> list[ScreenInstance]:
        """People of a frame (default: the current one): its labels, then predictions nobody labelled yet."""
        if self.project is None or self.video is None:
            return []
        frame_idx = self.frame_idx if frame_idx is None else frame_idx
        labels = [] if LABELS in self._hidden_layers else self.labels_at(frame_idx)
        layer = self.current_prediction_layer()
        if layer is None:
            return labels
        predicted = layer.instances(self.video, frame_idx, self.project.skeleton)
        free = not_yet_labelled(predicted, [s.instance for s in labels])
        editable = not self.project.read_only
        return labels + [
            ScreenInstance(predicted[i], layer.name, editable, Ref(layer.name, i)) for i in free
        ]

    def _load_prediction_layers(self) -> None:
        for layer in self._prediction_layers:
            layer.close()
        self._prediction_layers = opening.prediction_layers(self._open_project(), self.failed.emit)

    def reload_predictions(self) -> None:
        """Look for new prediction files and for frames appended to known ones."""
        project = self._open_project()
        known = {layer.path for layer in self._prediction_layers}
        if set(project.predictions_dir.glob("*.h5")) != known:
            self._load_prediction_layers()
        elif not any([layer.refresh() for layer in self._prediction_layers]):
            return
        self._refresh_layers()

    def _refresh_layers(self) -> None:
        layers: list[Layer] = []
        if self.project is not None:
            layers.append(
                Layer(LABELS, "Labels", LABELS not in self._hidden_layers, len(self.labelled_frames()))
            )
            for found in self._prediction_layers:
                num = 0 if self.video is None else len(found.score_curve(self.video)[0])
                net = str(found.file.net)
                visible = found.name not in self._hidden_layers
                layers.append(Layer(found.name, found.name, visible, num, net))
        self.layers = layers
        self.layers_changed.emit()

    # -- selection and edits -----------------------------------------------------------------------------------

    @property
    def selected_instance(self) -> ScreenInstance | None:
        """The selected person, where it is on the current frame."""
        return next((s for s in self.instances_on_screen() if s.ref == self.selection), None)

    def select(self, ref: Ref | None, keypoint: int | None = None) -> None:
        """Select a person and a keypoint of theirs (None: nothing)."""
        if (ref, keypoint) == (self.selection, self.selected_keypoint):
            return
        self.selection, self.selected_keypoint = ref, keypoint
        self.selection_changed.emit()

    def _follow_selection(self) -> None:
        """Keep the predicted person with the same index selected on the new frame."""
        layer = self.current_prediction_layer()
        if self.selection is not None and (layer is None or layer.name != self.selection.layer):
            self.select(None)

    def set_tool(self, tool: str) -> None:
        """Choose the canvas tool: "select", "add" or "move"."""
        if tool != self.tool:
            self.tool = tool
            self.tool_changed.emit(tool)

    def push(self, edit: Edit) -> None:
        """Apply an edit: on disk before this returns.

        Raises:
            PoseError: when the project is read-only or the edit does not fit it.
        """
        self._writable_project().push(edit)

    def undo(self) -> None:
        """Take the last edit back and say which."""
        text = self._writable_project().undo()
        self.message.emit(f"Undone: {text}" if text else "Nothing to undo")

    def redo(self) -> None:
        """Do the edit last undone again and say which."""
        text = self._writable_project().redo()
        self.message.emit(f"Done again: {text}" if text else "Nothing to redo")

    def _on_change(self, change: Change) -> None:
        if self.video is not None and "videos" in change.topics:
            known = {v.id for v in self._open_project().videos}
            if self.video.id not in known:
                self.video = None  # its place is not worth remembering
                self.show_video(min(known) if known else None)
        if self.selection is not None and self.selection.is_label:
            self._drop_lost_selection()
        self._refresh_layers()
        self.labels_changed.emit(change)
        if change.text:
            self.message.emit(change.text)

    def _drop_lost_selection(self) -> None:
        if not any(s.ref == self.selection for s in self.labels_at(self.frame_idx)):
            self.select(None)

    def _open_project(self) -> Project:
        if self.project is None:
            raise PoseError("no project is open; open a video or a project first")
        return self.project

    def _writable_project(self) -> Project:
        project = self._open_project()
        if project.read_only:
            raise PoseError(f"this project is read-only: {project.read_only_reason}")
        return project

    # -- jobs --------------------------------------------------------------------------------------------------

    @property
    def runs(self) -> list[RunState]:
        """The project's jobs, newest first; found again after a restart."""
        return self._watcher.runs if self._watcher else []

    def start_prediction(self, **options: Any) -> RunFolder:
        """Predict the current video (or `videos=`, `frames=`, `net=`, `people=`) in another process.

        Raises:
            PoseError: when no project or video is open or the job cannot start.
        """
        return self._start("prediction", options)

    def start_fine_tune(self, **options: Any) -> RunFolder:
        """Train on the project's labels in another process.

        Raises:
            PoseError: when there are too few labels or the job cannot start.
        """
        return self._start("training", options)

    def _start(self, kind: str, options: dict[str, Any]) -> RunFolder:
        from poseapp.app.run_states import start_prediction, start_training

        project = self._writable_project()
        options.setdefault("device", self.device)
        run = (start_prediction if kind == "prediction" else start_training)(project, self.video, options)
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
        run.folder.request_stop()
        self.message.emit(f"{run.name}: stopping, what it has is kept")

    def cancel(self, run: RunState) -> None:
        """Stop a job now."""
        run.folder.request_cancel()
        self.message.emit(f"{run.name}: cancelled")
