"""The labels and every prediction file of a project, newest first, and what of them is on screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from poseapp.app.layers import LABELS, Layer, PredictionLayer, Ref, ScreenInstance
from poseapp.errors import FormatError, ProjectError
from poseapp.labels.unlabelled import not_yet_labelled

if TYPE_CHECKING:
    from poseapp.labels.project import Project, VideoRecord

MAX_KEPT_FRAMES = 64


class LayerStack:
    """Layers of one open project.

    Args:
        project: the open project.
        on_problem: called with one line for each prediction file that cannot be read.

    Attributes:
        predictions: readable prediction files, newest first.
    """

    def __init__(self, project: Project, on_problem: Callable[[str], None]) -> None:
        self._project = project
        self._on_problem = on_problem
        self._hidden: set[str] = set()
        self.predictions: list[PredictionLayer] = []
        # The frame on screen is asked for at every move of the mouse.
        self._on_screen: dict[tuple[int, int], list[ScreenInstance]] = {}
        self._curves: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        self._load()

    def forget(self) -> None:
        """Labels have changed: read them again."""
        self._on_screen.clear()

    def forget_videos(self) -> None:
        """The project's videos have changed: match them with the prediction files again."""
        for layer in self.predictions:
            layer.forget_videos()
        self._forget_predictions()

    def forget_deleted(self) -> None:
        """Predictions were deleted, or came back."""
        for layer in self.predictions:
            layer.hide_deleted()
        self._forget_predictions()

    def _forget_predictions(self) -> None:
        self.forget()
        self._curves.clear()

    def _load(self) -> None:
        self.close()
        self._forget_predictions()
        found = []
        for path in self._project.predictions_dir.glob("*.h5"):
            try:
                found.append((path.stat().st_mtime_ns, PredictionLayer(path, self._project)))
            except (FormatError, OSError) as error:
                self._on_problem(f"prediction not readable: {error} ({path.name})")
        found.sort(key=lambda item: (item[0], item[1].name), reverse=True)
        self.predictions = [layer for _, layer in found]

    def reload(self, wait: bool = False) -> bool:
        """Look for new files and for frames appended to known ones; True if there was something.

        Args:
            wait: see everything, also of a file that was read a moment ago.
        """
        known = {layer.path for layer in self.predictions}
        if set(self._project.predictions_dir.glob("*.h5")) != known:
            self._load()
            return True
        moved = [self._refresh(layer, wait) for layer in list(self.predictions)]
        if any(moved):
            self._forget_predictions()
        return any(moved)

    def _refresh(self, layer: PredictionLayer, wait: bool) -> bool:
        try:
            return layer.refresh(wait)
        except (FormatError, OSError) as error:
            self._drop(layer, error)
            return True

    def _drop(self, layer: PredictionLayer, error: Exception) -> None:
        self.predictions.remove(layer)
        self._curves.clear()
        self._on_problem(f"prediction no longer readable: {error} ({layer.path.name})")

    def set_visible(self, layer_id: str, visible: bool) -> None:
        """Show or hide a layer."""
        (self._hidden.discard if visible else self._hidden.add)(layer_id)
        self._forget_predictions()

    def current(self, record: VideoRecord | None) -> PredictionLayer | None:
        """The newest visible prediction layer that has frames of this video, or at least knows it."""
        if record is None:
            return None
        shown = self._shown(record)
        return next((layer for layer in shown if len(self._curve(layer, record)[0])), next(iter(shown), None))

    def _curve(self, layer: PredictionLayer, record: VideoRecord) -> tuple[np.ndarray, np.ndarray]:
        try:
            return layer.score_curve(record)
        except (FormatError, OSError) as error:
            self._drop(layer, error)
            return np.zeros(0, np.int64), np.zeros(0, np.float32)

    def _shown(self, record: VideoRecord) -> list[PredictionLayer]:
        """Visible prediction layers that know this video, newest first."""
        return [
            layer
            for layer in self.predictions
            if layer.name not in self._hidden and layer.video_index(record) is not None
        ]

    def rows(self, record: VideoRecord | None) -> list[Layer]:
        """One row a layer, the labels first."""
        labelled = 0 if record is None else len(self._project.labelled_frames(record.id))
        rows = [Layer(LABELS, "Labels", LABELS not in self._hidden, labelled)]
        for layer in list(self.predictions):
            num = 0 if record is None else len(self._curve(layer, record)[0])
            rows.append(Layer(layer.name, layer.name, layer.name not in self._hidden, num, layer.net))
        return rows

    def labels(self, record: VideoRecord, frame_idx: int) -> list[ScreenInstance]:
        """The labelled people of a frame."""
        editable = not self._project.read_only
        found = self._project.instances(record.id, frame_idx)
        return [ScreenInstance(p, LABELS, editable, Ref(LABELS, int(p.id or 0))) for p in found]

    def on_screen(self, record: VideoRecord, frame_idx: int) -> list[ScreenInstance]:
        """Labels of a frame, then its newest visible predictions that nobody labelled yet.

        A prediction that has only begun leaves the frames it has not come to yet to the ones before.
        """
        key = record.id, frame_idx
        if key not in self._on_screen:
            if len(self._on_screen) >= MAX_KEPT_FRAMES:
                self.forget()
            self._on_screen[key] = self._read(record, frame_idx)
        return list(self._on_screen[key])

    def _read(self, record: VideoRecord, frame_idx: int) -> list[ScreenInstance]:
        try:
            labelled = self.labels(record, frame_idx)
        except ProjectError as error:
            # A damaged person must not keep the frame, and those after it, from being looked at.
            self._on_problem(str(error))
            labelled = []
        shown = [] if LABELS in self._hidden else labelled
        layer = next((p for p in self._shown(record) if self._has_frame(p, record, frame_idx)), None)
        if layer is None:
            return shown
        try:
            predicted = layer.instances(record, frame_idx, self._project.skeleton)
        except (FormatError, OSError) as error:
            self._drop(layer, error)
            return shown
        free = not_yet_labelled(predicted, [s.instance for s in labelled])
        editable = not self._project.read_only
        return shown + [
            ScreenInstance(
                predicted[i], layer.name, editable, Ref(layer.name, layer.number_of(record, frame_idx, i))
            )
            for i in free
        ]

    def _has_frame(self, layer: PredictionLayer, record: VideoRecord, frame_idx: int) -> bool:
        """Whether a frame was predicted, also where nobody was found in it."""
        frames, _ = self._curve(layer, record)
        at = int(np.searchsorted(frames, frame_idx))
        return at < len(frames) and int(frames[at]) == frame_idx

    def score_curve(self, record: VideoRecord | None) -> tuple[np.ndarray, np.ndarray]:
        """Frames `(N,)` int64, ascending, and mean scores `(N,)`, each of the newest visible layer that has
        it."""
        if record is None:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        if record.id not in self._curves:
            self._curves[record.id] = _newest([self._curve(p, record) for p in self._shown(record)])
        return self._curves[record.id]

    def close(self) -> None:
        """Close all files."""
        for layer in self.predictions:
            layer.close()
        self.predictions = []


def _newest(curves: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """One curve of several, the first that has a frame counts; frames ascend in each."""
    frames, scores = np.zeros(0, np.int64), np.zeros(0, np.float32)
    for more, values in curves:
        if len(frames) == 0:
            frames, scores = more, values
        elif len(more):
            at = np.minimum(np.searchsorted(frames, more), len(frames) - 1)
            new = frames[at] != more
            where = np.searchsorted(frames, more[new])
            frames, scores = np.insert(frames, where, more[new]), np.insert(scores, where, values[new])
    return frames, scores
