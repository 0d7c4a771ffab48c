"""What is on screen of the open project: the current frame's people, from labels and predictions; no Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from psygnal import Signal

from poseapp.app.layer_stack import LayerStack
from poseapp.app.layers import Layer, PredictionLayer, ScreenInstance
from poseapp.app.playhead import Playhead
from poseapp.app.settings import Settings
from poseapp.errors import PoseError

if TYPE_CHECKING:
    from poseapp.app.proposal import Proposal
    from poseapp.labels.project import Project
    from poseapp.labels.skeleton import Skeleton


class Screen(Playhead):
    """The open project as it is drawn.

    Attributes:
        project: the open project, or None (start page).
        settings: the user's settings.
        layers: rows of the list of layers: labels first, then prediction runs, newest first.
        overlay_visible: whether people are drawn at all.
        proposal: people proposed for many frames, until they are accepted or not, or None.
    """

    layers_changed = Signal()
    proposal_changed = Signal()
    message = Signal(str)  # one line for the status bar
    failed = Signal(str)  # one line that must not be overlooked

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.settings = settings
        self.project: Project | None = None
        self.layers: list[Layer] = []
        self.overlay_visible = True
        self.proposal: Proposal | None = None
        self._stack: LayerStack | None = None
        # Asked for several times a frame; the project would look at its file each time.
        self._skeleton: Skeleton | None = None

    @property
    def skeleton(self) -> Skeleton | None:
        """The project's skeleton, or None while nothing is open."""
        if self._skeleton is None and self.project is not None:
            self._skeleton = self.project.skeleton
        return self._skeleton

    @property
    def read_only(self) -> bool:
        """Whether labels cannot be changed now."""
        return self.project is None or self.project.read_only

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

    def set_proposal(self, proposal: Proposal | None) -> None:
        """Propose people for many frames instead of what was proposed before; None: nothing."""
        if proposal is not self.proposal:
            self.proposal = proposal
            self.proposal_changed.emit()

    def reload_predictions(self, wait: bool = True) -> None:
        """Look for new prediction files and for frames appended to known ones.

        Args:
            wait: False: a long file that was read a moment ago may wait for its turn.
        """
        if self._stack is not None and self._stack.reload(wait):
            self._refresh_layers()

    def _refresh_layers(self) -> None:
        self.layers = self._stack.rows(self.video) if self._stack else []
        self.layers_changed.emit()
