"""The open window without Qt: which project, video, frame and selection; what is on screen; the jobs.

Panes read a `Session`, draw, and call its methods. Signals are psygnal's and fire in the thread of the
caller, except `frame_arrived` and `video_failed`, which fire in the decoding thread (the window carries them
over).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from psygnal import Signal

from poseapp.app import opening
from poseapp.app.hit_test import Hit
from poseapp.app.keymap import Keymap
from poseapp.app.layer_stack import LayerStack
from poseapp.app.layers import Ref, ScreenInstance
from poseapp.app.motion import Motion
from poseapp.app.outside import DatabaseWatch
from poseapp.app.reading import VideoReading
from poseapp.app.recent import RecentFiles
from poseapp.app.review import Review
from poseapp.app.run_states import RunWatcher
from poseapp.app.settings import Settings
from poseapp.labels.change import Change
from poseapp.labels.project import Project
from poseapp.labels.unlabelled import overlap

if TYPE_CHECKING:
    from poseapp.labels.edits import Edit
    from poseapp.labels.instance import Instance
    from poseapp.labels.project import VideoRecord
    from poseapp.labels.skeleton import Skeleton


class Session(VideoReading):
    """State of one window.

    Attributes:
        selection: the selected person, or None.
        selected_keypoint: index of the selected keypoint, or None.
        marked: keypoints of the frame that edits mean together, by box, lasso or Ctrl+click; often empty.
        add_from: the keypoint a new person begins with.
        last_nudge: when the last nudge was, the key of its undo step, and its frame.
        gesture_active: whether something is being dragged on the canvas.
        tool: id of the active canvas tool: "select", "add", "move", "transform" or "lasso".
        recent: recently opened projects.
        keymap: which keys run which command.
        motion: the followed person's curves.
        review: the queue of frames to look at.
    """

    project_changed = Signal()
    selection_changed = Signal()
    labels_changed = Signal(object)  # labels.project.Change
    tool_changed = Signal(str)
    # To the canvas: "fit" "actual_size" "zoom_in" "zoom_out" "person" "cancel"; to the window: "quit"
    # "palette" "next_panel" "previous_panel" "arrange_panels" "reset_layout" "sample" "tour".
    view_command = Signal(str)

    def __init__(self, settings: Settings | None = None, recent: RecentFiles | None = None) -> None:
        super().__init__(settings or Settings.load())
        self.recent = recent or RecentFiles.load()
        kept = self.settings.path
        self.keymap = Keymap(path=kept.with_name("keys.toml") if kept is not None else None)
        self.selection: Ref | None = None
        self.selected_keypoint: int | None = None
        self.marked: frozenset[Hit] = frozenset()
        self.add_from = 0
        self.last_nudge = (-1e9, "", -1)
        self.tool = "select"
        self.gesture_active = False
        self._last_selected: Instance | None = None
        self._watch_outside: DatabaseWatch | None = None
        self._made_for_reading = False
        self.frame_changed.connect(self._carry_selection)
        self.video_failed.connect(self._on_unreadable)
        self.settings.on_change(self._on_setting)
        self.motion = Motion(self)
        self.review = Review(self)

    def _on_setting(self, key: str, value: object) -> None:
        if key == "frame_cache_mb" and self.frames is not None:
            self.frames.set_max_bytes(int(self.settings[key]) << 20)
        elif key in ("doubtful_score", "ring_score"):
            self.layers_changed.emit()

    # -- project and video

    def open(self, path: str | Path) -> None:
        """Open a project, a video or an image folder; a video without a project gets one.

        Raises:
            PoseError: when it cannot be opened; what was open before stays open.
        """
        path = Path(path).expanduser().absolute()
        if self._is_open(opening.folder_of(path)):
            # Opening it again would find it locked, by ourselves.
            if not (opening.is_project(path) or opening.is_labels(path)):
                self.add_video(path)
            return
        read = opening.glance if self.in_background else opening.read_record
        opened = opening.open_any(path, skeleton=str(self.settings["skeleton"]), read=read)
        if self.project is not None:
            self.close()
        project = self.project = opened.project
        project.changed.connect(self._on_change)
        self._watcher = RunWatcher(project.runs_dir)
        self._watcher.poll()
        self._stack = LayerStack(project, self.failed.emit)
        self._watch_outside = DatabaseWatch(project.path) if project.read_only else None
        self.recent.add(project.path)
        self.project_changed.emit()
        self._made_for_reading = opened.made and self.in_background
        if opened.new is not None:
            self._show_new(opened.new)
        else:
            if opened.video_id is not None:
                self._places[opened.video_id] = path
            wanted = opened.video_id or project.setting("last_video", None)
            known = [v.id for v in project.videos]
            self.show_video(wanted if wanted in known else next(iter(known), None))
        if project.read_only:
            self.message.emit(f"Read-only: {project.read_only_reason}")
        elif opened.text:
            self.message.emit(opened.text)
        self.runs_changed.emit()

    def _is_open(self, folder: Path) -> bool:
        project = self.project
        if project is None or project.read_only or not folder.exists():
            return False
        return folder.samefile(project.path)

    def _show_new(self, record: VideoRecord) -> None:
        """Show a video that the project has not got yet."""
        if not self.in_background:
            self.show_video(opening.take_in(self.writable_project(), record))
        elif self.reading is not None or self._reads_apart:
            self._read_later(Path(record.abs_path))
        else:
            self._leave_video()
            self._begin_reading(record)

    def new_project(
        self, path: str | Path, skeleton: str | Skeleton, videos: list[str | Path] | None = None
    ) -> None:
        """Create a project, add the videos and open it.

        Raises:
            PoseError: when it cannot be created.
        """
        paths = [Path(v) for v in videos or []]
        if not self.in_background:
            opening.create_project(Path(path), skeleton, paths)
            self.open(path)
            return
        opening.create_project(Path(path), skeleton, paths, opening.glance)
        self.open(path)
        for video in paths:
            self.add_video(video)

    def add_video(self, path: str | Path) -> None:
        """Add a video or image folder to the open project and show it; raises as `open`."""
        path, project = Path(path).absolute(), self.writable_project()
        if self.reading is not None and Path(self.reading.abs_path) == path:
            return
        found = opening.find_video(project, path)
        if found is not None:
            self._places[found.id] = path
            self.show_video(found.id)
        else:
            self._show_new(opening.glance(path) if self.in_background else opening.read_record(path))

    def relink_video(self, video_id: int, path: str | Path) -> None:
        """Tell where a missing video is now.

        Raises:
            PoseError: when the file cannot be read or has another number of frames.
        """
        project, path = self.writable_project(), Path(path).absolute()

        def link(record: VideoRecord) -> None:
            opening.relink_video(project, video_id, path, record)
            self.show_video(video_id)

        self._read_then(path, link)

    def close(self) -> None:
        """Close the project (nothing is ever unsaved); jobs go on."""
        self.set_playing(False)
        self.set_proposal(None)
        self.set_range(0, 0)
        opening.remember_place(self.project, self.video, self.frame_idx)
        self._stop_frames()
        if self._stack is not None:
            self._stack.close()
        self._stack, self._watcher, self._watch_outside, self.layers = None, None, None, []
        self._stop_reading()
        self._skeleton = None
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
        self._leave_video()
        self._leave_reading()
        self.video = None if video_id is None else project.video(video_id)
        self.video_path, self.frame_idx = None, 0
        if self.video is not None:
            opening.remember_video(project, self.video)
            self.frame_idx = opening.place_left(project, self.video)
            self.video_path = self.place_of(self.video)
            if self.video_path is None and self.in_background:
                self._search(project, self.video)
            elif self.video_path is None:
                self.video_path = self._places[self.video.id] = project.resolve(self.video)
        self._refresh_layers()
        if self.video_path is not None:
            self._start_frames(self.video_path, self._cache_bytes())
        self.video_changed.emit()
        self.frame_changed.emit(self.frame_idx)
        if self.frames is not None:
            self.frames.request(self.frame_idx)

    def _leave_video(self) -> None:
        self.set_proposal(None)
        self.set_playing(False)
        self.set_range(0, 0)
        opening.remember_place(self.project, self.video, self.frame_idx)
        self._stop_frames()
        self.select(None)

    def _on_unreadable(self, text: str) -> None:
        """Trouble from the decoding thread; before the index is there it means that the video is none."""
        record = self.reading
        if record is not None:
            # Looked at in the window's thread: here the server may not even be in its place yet.
            self.posted.emit(lambda: self._give_up_reading(record, text))

    def _give_up_reading(self, record: VideoRecord, text: str) -> None:
        if self.reading is not record or (self.frames is not None and self.frames.info is not None):
            return
        self.reading = None
        project = self._open_project()
        if self._made_for_reading and not self._queue and not project.videos:
            self.close()
            opening.discard(Project.open(project.path))
        else:
            self.show_video(next(iter(v.id for v in self._open_project().videos), None))
            self._read_next()
        self.failed.emit(text)

    def poll_runs(self) -> None:
        """Read what the jobs have written, and in a read-only project what its writer has changed."""
        if self._watch_outside is not None and self._watch_outside.moved():
            self._on_change(Change(frozenset({"labels", "videos", "skeleton"})))
        super().poll_runs()

    def doubtful_frames(self) -> np.ndarray:
        """Frames of the current video that wait in the queue of the review, ascending int64."""
        return self.review.open_frames()

    # -- selection and edits

    @property
    def selected_instance(self) -> ScreenInstance | None:
        """The selected person, where it is on the current frame."""
        if self.selection is None:
            return None
        return next((s for s in self.instances_on_screen() if s.ref == self.selection), None)

    def select(self, ref: Ref | None, keypoint: int | None = None) -> None:
        """Select a person and a keypoint of theirs (None: nothing); marks go."""
        self.mark(frozenset())
        if (ref, keypoint) == (self.selection, self.selected_keypoint):
            return
        self.selection, self.selected_keypoint = ref, keypoint
        found = self.selected_instance
        self._last_selected = found.instance if found else None
        self.selection_changed.emit()

    def mark(self, hits: frozenset[Hit]) -> None:
        """Mark keypoints of the frame, beside the selected one, so that edits mean all of them."""
        if hits != self.marked:
            self.marked = hits
            self.selection_changed.emit()

    def _carry_selection(self, frame_idx: int) -> None:
        """Keep person and keypoint selected on another frame, so that one can be fixed frame by frame."""
        self.mark(frozenset())
        if self.selection is None or self.playing:
            return
        people = self.instances_on_screen()
        last = self._last_selected
        best = max(people, key=lambda s: overlap(s.instance, last) if last else 0.0, default=None)
        self.select(best.ref if best else None, self.selected_keypoint if best else None)

    def set_tool(self, tool: str) -> None:
        """Choose the canvas tool: "select", "add", "move", "transform" or "lasso"."""
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
        self._refuse_while_reading()
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
        if "skeleton" in change.topics:
            self._skeleton = None
        if self._stack is not None:
            self._stack.forget()
            if "predictions" in change.topics:
                self._stack.forget_deleted()
            if "videos" in change.topics:
                self._stack.forget_videos()
                self._places.clear()
        if self.video is not None and self.reading is None and "videos" in change.topics:
            self._follow_videos()
        if self.selection is not None and self.selection.is_label and self.selected_instance is None:
            self.select(None)
        self._refresh_layers()
        if self.proposal is not None and change.topics & {"labels", "videos", "skeleton"}:
            self.set_proposal(self.proposal.again(self))
        self.labels_changed.emit(change)
        if change.text:
            self.message.emit(change.text)

    def _follow_videos(self) -> None:
        known = {v.id for v in self._open_project().videos}
        if self.video is not None and self.video.id not in known:
            self.video = None  # its place is not worth remembering
            self.show_video(min(known, default=None))
