"""What the tools draw over the people: marks, a box or lasso, handles, the pending keypoint, the magnifier.

Every size is in screen pixels at any zoom; colours are those of the dark theme, as on all of the canvas.
"""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from poseapp.app.drags import MarkDraft
from poseapp.app.tools import CanvasTools
from poseapp.app.transform_box import SCALING, Handle, TransformBox
from poseapp.qt import theme
from poseapp.qt.items.people_paint import CHIP, CHIP_TEXT
from poseapp.qt.items.view_transform import ViewTransform

MARK_PX, HANDLE_PX, ROUND_PX = 8.0, 4.5, 5.5
LOUPE_PX, LOUPE_GAP_PX, LOUPE_ZOOM = 62.0, 26.0, 5.0
WHITE, SHADE = QColor("white"), QColor(0, 0, 0, 130)


def paint_tools(painter: QPainter, tools: CanvasTools, view: ViewTransform, cursor: QPointF | None) -> None:
    """Paint marks, outline, handles and the pending keypoint.

    Args:
        painter: in canvas coordinates.
        tools: the gestures of the canvas.
        view: where the frame lies.
        cursor: where the mouse is on the canvas, or None outside.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_marks(painter, tools, view)
    if tools.marking is not None:
        _paint_outline(painter, tools.marking, view)
    box = tools.transform_box(1.0 / view.zoom)
    if box is not None:
        _paint_handles(painter, box, view)
    if cursor is not None and tools.pending is not None and tools.hover is None and tools.drag is None:
        _paint_pending(painter, tools, tools.pending, cursor, view.canvas_wh)


def _paint_marks(painter: QPainter, tools: CanvasTools, view: ViewTransform) -> None:
    marked = tools.session.marked
    if tools.marking is not None:
        marked = tools.marking.hits([p for p in tools.session.instances_on_screen() if p.editable])
    if not marked:
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    points = {p.ref: view.to_canvas(p.instance.points) for p in tools.people()}
    for pen in (QPen(SHADE, 3.4), QPen(QColor(theme.DARK.accent), 1.8)):
        painter.setPen(pen)
        for hit in marked:
            if hit.ref in points and hit.keypoint is not None:
                at = points[hit.ref][hit.keypoint]
                if np.isfinite(at).all():
                    painter.drawEllipse(QPointF(*at), MARK_PX, MARK_PX)


def _paint_outline(painter: QPainter, marking: MarkDraft, view: ViewTransform) -> None:
    outline = QPolygonF([QPointF(*corner) for corner in view.to_canvas(marking.outline())])
    fill = QColor(theme.DARK.accent)
    fill.setAlpha(36)
    painter.setBrush(fill)
    painter.setPen(QPen(SHADE, 2.6))
    painter.drawPolygon(outline)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.DARK.accent), 1.3, Qt.PenStyle.DashLine))
    painter.drawPolygon(outline)


def _paint_handles(painter: QPainter, box: TransformBox, view: ViewTransform) -> None:
    def at(handle: Handle) -> QPointF:
        return QPointF(*view.to_canvas(box.place(handle)))

    low, high = view.to_canvas(box.middle - box.half), view.to_canvas(box.middle + box.half)
    frame = QRectF(QPointF(*low), QPointF(*high))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(SHADE, 3.0), QPen(QColor(theme.DARK.accent), 1.3)):
        painter.setPen(pen)
        painter.drawRect(frame)
        painter.drawLine(at(Handle.N), at(Handle.ROTATE))
    painter.setPen(QPen(SHADE, 1.2))
    painter.setBrush(WHITE)
    for handle in SCALING:
        middle = at(handle)
        painter.drawRoundedRect(
            QRectF(middle.x() - HANDLE_PX, middle.y() - HANDLE_PX, 2 * HANDLE_PX, 2 * HANDLE_PX), 1.5, 1.5
        )
    painter.setBrush(QColor(theme.DARK.accent))
    painter.setPen(QPen(WHITE, 1.6))
    painter.drawEllipse(at(Handle.ROTATE), ROUND_PX, ROUND_PX)


def _paint_pending(
    painter: QPainter, tools: CanvasTools, pending: int, cursor: QPointF, canvas_wh: tuple[float, float]
) -> None:
    """The name of the keypoint that a click places, at the cursor, and how many are placed."""
    skeleton = tools.session.skeleton
    assert skeleton is not None
    text = skeleton.keypoints[pending].replace("_", " ")
    if tools.session.tool == "add":
        person = tools.session.selected_instance
        placed = person.instance.num_labelled if person is not None and person.ref.is_label else 0
        text += f"  {placed + 1} / {skeleton.num_keypoints}"
    painter.setFont(theme.font(11.5, 500))
    width, height = painter.fontMetrics().horizontalAdvance(text) + 28, 22.0
    x, y = cursor.x() + 16, cursor.y() + 14
    if x + width > canvas_wh[0] - 4:
        x = cursor.x() - 12 - width
    if y + height > canvas_wh[1] - 4:
        y = cursor.y() - 12 - height
    plate = QRectF(x, y, width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(CHIP)
    painter.drawRoundedRect(plate, 5, 5)
    painter.setBrush(QColor(theme.DARK.side(skeleton.sides[pending])))
    painter.drawEllipse(QPointF(x + 11, plate.center().y()), 4, 4)
    painter.setPen(CHIP_TEXT)
    painter.drawText(plate.adjusted(21, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)


def paint_loupe(
    painter: QPainter,
    image: np.ndarray,
    view: ViewTransform,
    point: np.ndarray,
    side: str,
) -> None:
    """The frame around a point, enlarged, beside the point and never over it.

    Args:
        painter: in canvas coordinates.
        image: `(H, W, 3)` uint8 RGB, the whole frame.
        view: where the frame lies.
        point: `(2,)` the point in pixels of the frame.
        side: "left", "right" or "middle" for the colour of the cross.
    """
    zoom = max(LOUPE_ZOOM, view.zoom * 2.5)
    reach = LOUPE_PX / zoom
    left, top = math.floor(point[0] - reach) - 1, math.floor(point[1] - reach) - 1
    size = math.ceil(2 * reach) + 3
    part = _cut(image, left, top, size)
    shown = QImage(part.data, size, size, 3 * size, QImage.Format.Format_RGB888)
    at = view.to_canvas(point)
    middle = _beside(at, view.canvas_wh)
    circle = QPainterPath()
    circle.addEllipse(middle, LOUPE_PX, LOUPE_PX)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipPath(circle)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom < 8)
    # Pixel centres lie at integers: the picture begins half a pixel before its first.
    x = middle.x() + (left - 0.5 - point[0]) * zoom
    y = middle.y() + (top - 0.5 - point[1]) * zoom
    painter.drawImage(QRectF(x, y, size * zoom, size * zoom), shown)
    painter.restore()
    _paint_cross(painter, middle, QColor(theme.DARK.side(side)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(SHADE, 4.0))
    painter.drawEllipse(middle, LOUPE_PX, LOUPE_PX)
    painter.setPen(QPen(QColor(255, 255, 255, 220), 1.8))
    painter.drawEllipse(middle, LOUPE_PX, LOUPE_PX)


def _paint_cross(painter: QPainter, middle: QPointF, colour: QColor) -> None:
    for pen in (QPen(SHADE, 3.0), QPen(colour, 1.4)):
        painter.setPen(pen)
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            step = QPointF(dx, dy)
            painter.drawLine(middle + step * 4, middle + step * 18)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(middle, 1.6, 1.6)


def _beside(at: np.ndarray, canvas_wh: tuple[float, float]) -> QPointF:
    """Above the point at the right, else where there is room."""
    off = LOUPE_PX + LOUPE_GAP_PX
    x = at[0] + off if at[0] + off + LOUPE_PX < canvas_wh[0] - 4 else at[0] - off
    y = at[1] - off if at[1] - off - LOUPE_PX > 4 else at[1] + off
    return QPointF(float(x), float(y))


def _cut(image: np.ndarray, left: int, top: int, size: int) -> np.ndarray:
    """A `(size, size, 3)` part of the image; dark outside of it."""
    part = np.full((size, size, 3), 20, np.uint8)
    height, width = image.shape[:2]
    x0, x1 = max(left, 0), min(left + size, width)
    y0, y1 = max(top, 0), min(top + size, height)
    if x0 < x1 and y0 < y1:
        part[y0 - top : y1 - top, x0 - left : x1 - left] = image[y0:y1, x0:x1]
    return part
