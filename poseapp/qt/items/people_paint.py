"""People drawn over the frame; every size is in screen pixels at any zoom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap

from poseapp.app.hit_test import Hit
from poseapp.app.layers import Ref, ScreenInstance
from poseapp.labels.skeleton import Skeleton
from poseapp.qt import theme
from poseapp.qt.items.view_transform import ViewTransform

LIMB_PX, PREDICTED_LIMB_PX = 2.4, 1.6
RADIUS_PX, FACE_RADIUS_PX, PREDICTED_SHRINK_PX = 4.8, 3.4, 0.8
RIM_PX = 1.4
RIM = QColor(14, 16, 20, 235)
HOVER_RADIUS_PX = 9.0
PREDICTED_OPACITY = 0.7
BESIDE_SELECTED_OPACITY = 0.6
STAMP_PX = 20
FACE_WORDS = ("nose", "eye", "ear", "mouth")
CHIP = QColor(16, 18, 22, 225)
CHIP_TEXT = QColor("#f2f4f8")


@dataclass(frozen=True)
class PeopleStyle:
    """What is special about some keypoints.

    Attributes:
        hover: what the mouse is on.
        selected: the selected person and keypoint, as a `Hit`, or None.
        ring_score: below it a predicted keypoint is a dashed ring.
        numbers: the number each person carries, empty: nobody does.
    """

    hover: Hit | None
    selected: Hit | None
    ring_score: float
    numbers: dict[Ref, int]


def is_face(name: str) -> bool:
    """Whether a keypoint of this name is drawn small."""
    return any(word in name.lower() for word in FACE_WORDS)


class PeoplePainter:
    """Paints people of one skeleton; colours and radii are looked up once.

    Args:
        skeleton: the project's skeleton.
    """

    def __init__(self, skeleton: Skeleton) -> None:
        self.skeleton = skeleton
        sides = skeleton.sides
        # The canvas is dark in both themes, so the dark theme's colours hold on it.
        self._side_colors = {side: QColor(theme.DARK.side(side)) for side in ("left", "right", "middle")}
        self._stamps: dict[tuple[str, str, float, float], QPixmap] = {}
        edge_sides = [sides[a] if sides[a] == sides[b] else "middle" for a, b in skeleton.edges]
        self._colors = [
            QColor(skeleton.color_of(k)) if skeleton.color_of(k) else self._side_colors[side]
            for k, side in enumerate(sides)
        ]
        self._edge_colors = [
            QColor(skeleton.edge_color_of(e)) if skeleton.edge_color_of(e) else self._side_colors[side]
            for e, side in enumerate(edge_sides)
        ]
        self._face = [is_face(name) for name in skeleton.keypoints]

    def paint(
        self, painter: QPainter, people: Sequence[ScreenInstance], view: ViewTransform, style: PeopleStyle
    ) -> None:
        """Paint all people, the first lowest."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on_canvas = [view.to_canvas(p.instance.points) for p in people]
        for person, points in zip(people, on_canvas, strict=True):
            opacity = PREDICTED_OPACITY if person.is_prediction else 1.0
            if style.selected is not None and style.selected.ref != person.ref:
                opacity *= BESIDE_SELECTED_OPACITY
            painter.setOpacity(opacity)
            scale = _size_factor(points)
            self._paint_limbs(painter, points, person, scale)
            self._paint_keypoints(painter, points, person, style.ring_score, scale)
        painter.setOpacity(1.0)
        for person, points in zip(people, on_canvas, strict=True):
            if person.ref in style.numbers:
                self._paint_number(painter, points, style.numbers[person.ref], style.selected, person)
            self._paint_marks(painter, points, person, style, view.canvas_wh[0])

    def _paint_limbs(
        self, painter: QPainter, points: np.ndarray, person: ScreenInstance, scale: float
    ) -> None:
        width = (PREDICTED_LIMB_PX if person.is_prediction else LIMB_PX) * scale
        lines: dict[str, list[QLineF]] = {}
        known = np.isfinite(points).all(axis=1)
        for (a, b), color in zip(self.skeleton.edges, self._edge_colors, strict=True):
            if known[a] and known[b]:
                lines.setdefault(color.name(), []).append(QLineF(*points[a], *points[b]))
        for name, segments in lines.items():
            pen = QPen(QColor(name), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawLines(segments)

    def _paint_keypoints(
        self, painter: QPainter, points: np.ndarray, person: ScreenInstance, ring_score: float, scale: float
    ) -> None:
        instance, predicted = person.instance, person.is_prediction
        ratio = painter.device().devicePixelRatioF()
        for k in np.flatnonzero(np.isfinite(points).all(axis=1)):
            score = 1.0 if instance.scores is None else float(instance.scores[k])
            look = "hidden" if instance.visibility[k] == 1 else "full"
            if predicted and score < ring_score:
                look = "ring"
            radius = FACE_RADIUS_PX if self._face[k] else RADIUS_PX
            if predicted and look != "ring":
                radius -= PREDICTED_SHRINK_PX
            stamp = self._stamp(look, self._colors[k], radius * scale, ratio)
            painter.drawPixmap(QPointF(points[k, 0] - STAMP_PX / 2, points[k, 1] - STAMP_PX / 2), stamp)

    def _stamp(self, look: str, color: QColor, radius: float, ratio: float) -> QPixmap:
        """A keypoint drawn once and kept: stamping it is ten times as fast as drawing it."""
        key = (look, color.name(), radius, ratio)
        if key not in self._stamps:
            stamp = QPixmap(round(STAMP_PX * ratio), round(STAMP_PX * ratio))
            stamp.setDevicePixelRatio(ratio)
            stamp.fill(Qt.GlobalColor.transparent)
            painter = QPainter(stamp)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            _draw_keypoint(painter, look, color, radius)
            painter.end()
            self._stamps[key] = stamp
        return self._stamps[key]

    def _paint_marks(
        self,
        painter: QPainter,
        points: np.ndarray,
        person: ScreenInstance,
        style: PeopleStyle,
        canvas_width: float,
    ) -> None:
        """The rings of the selected and the hovered keypoint, and the name at one of them."""
        named = None
        for hit in (style.selected, style.hover):
            if hit is None or hit.ref != person.ref or hit.keypoint is None:
                continue
            if not np.isfinite(points[hit.keypoint]).all():
                continue
            at = QPointF(*points[hit.keypoint])
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(0, 0, 0, 120), 3.6))
            painter.drawEllipse(at, HOVER_RADIUS_PX, HOVER_RADIUS_PX)
            painter.setPen(QPen(QColor("white"), 1.8))
            painter.drawEllipse(at, HOVER_RADIUS_PX, HOVER_RADIUS_PX)
            named = hit.keypoint, at
        if named is not None:
            self._paint_name(painter, named[1], self._name(person, named[0]), canvas_width)

    def _name(self, person: ScreenInstance, keypoint: int) -> str:
        text = self.skeleton.keypoints[keypoint].replace("_", " ")
        scores = person.instance.scores
        if person.instance.visibility[keypoint] == 1:
            text += " · hidden"
        if scores is not None and np.isfinite(scores[keypoint]):
            text += f" · {scores[keypoint]:.2f}"
        return text

    @staticmethod
    def _paint_name(painter: QPainter, at: QPointF, text: str, canvas_width: float) -> None:
        painter.setFont(theme.font(11.5))
        metrics = painter.fontMetrics()
        width, height = metrics.horizontalAdvance(text) + 16, 20.0
        x, y = at.x() + 16, at.y() - height / 2
        if x + width > canvas_width - 4:
            x = at.x() - 16 - width
        box = QRectF(x, y, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(CHIP)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(CHIP_TEXT)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    @staticmethod
    def _paint_number(
        painter: QPainter, points: np.ndarray, number: int, selected: Hit | None, person: ScreenInstance
    ) -> None:
        known = points[np.isfinite(points).all(axis=1)]
        if len(known) == 0:
            return
        x, y = float(known[:, 0].mean()), float(known[:, 1].min()) - 20
        box = QRectF(x - 9, y - 9, 18, 18)
        is_selected = selected is not None and selected.ref == person.ref
        painter.setFont(theme.font(11.0, 600))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.DARK.accent) if is_selected else CHIP)
        painter.drawRoundedRect(box, 5, 5)
        painter.setPen(QColor(theme.DARK.on_accent) if is_selected else CHIP_TEXT)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number))


def _size_factor(points: np.ndarray) -> float:
    """1 for people of ordinary size on the canvas, less for small ones, who would vanish under their dots."""
    known = points[np.isfinite(points).all(axis=1)]
    if len(known) < 2:
        return 1.0
    extent = float(np.hypot(*(known.max(axis=0) - known.min(axis=0))))
    return 1.0 if extent >= 130 else 0.75 if extent >= 75 else 0.55


def _draw_keypoint(painter: QPainter, look: str, color: QColor, radius: float) -> None:
    """One keypoint in the middle of its stamp: "full", "hidden" (hollow) or "ring" (dashed: a low score)."""
    at = QPointF(STAMP_PX / 2, STAMP_PX / 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if look == "ring":
        dashed = QPen(color, 1.8, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.FlatCap)
        dashed.setDashPattern([1.7, 1.3])
        painter.setPen(dashed)
        painter.drawEllipse(at, radius + 2.2, radius + 2.2)
    elif look == "hidden":
        painter.setPen(QPen(RIM, 4.2))
        painter.drawEllipse(at, radius, radius)
        painter.setPen(QPen(color, 2.0))
        painter.drawEllipse(at, radius, radius)
    else:
        painter.setPen(QPen(RIM, RIM_PX))
        painter.setBrush(QBrush(color))
        painter.drawEllipse(at, radius, radius)
