"""The still picture of the timeline: what only changes with the data, the zoom or the theme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from poseapp.qt import theme
from poseapp.qt.items.time_axis import TimeAxis, binned_curve, clock, segments

LEFT_PX, RIGHT_PX = 64.0, 20.0
TOP_PX, AXIS_PX, OVERVIEW_PX = 18.0, 20.0, 9.0
GAP_PX, MOTION_MIN_PX = 7.0, 20.0
MARKS_PX, BAND_PX, MARKS_APART_PX = 26.0, 3.0, 4
TICK_GAP_PX = 72.0
SMOOTH_POINTS, ONE_PIXEL_POINTS = 250, 700

MARKS = ("labelled", "predicted", "proposed", "doubtful", "suggested")
TOKENS = {
    "labelled": "good", "predicted": "accent", "proposed": "accent",
    "doubtful": "doubtful", "suggested": "suggested",
}  # fmt: skip
SHAPES = {
    "labelled": "bar", "predicted": "band", "proposed": "bar", "doubtful": "diamond", "suggested": "triangle",
}  # fmt: skip

CORNERS = {
    "diamond": ((0.0, -5.0), (4.6, 0.0), (0.0, 5.0), (-4.6, 0.0)),
    "triangle": ((-4.2, -3.4), (4.2, -3.4), (0.0, 3.8)),
}

Points = tuple[np.ndarray, np.ndarray]


@dataclass
class Line:
    """One curve of the motion track.

    Attributes:
        name: what it is called, as "left knee".
        side: "left", "right" or "middle".
        frames: `(N,)` int64, ascending.
        values: `(N,)`, NaN where unknown.
    """

    name: str
    side: str
    frames: np.ndarray
    values: np.ndarray


@dataclass
class TrackData:
    """What the tracks show.

    Attributes:
        marks: frames by the kind of mark, ascending int64.
        score: frames and scores of the predictions.
        doubt: scores below are doubtful.
        lines: the motion track.
        kind: what its lines measure, as "speed".
        low: value at the bottom of the motion track.
        high: value at its top.
        note: what to say instead of a score curve.
        motion_note: what to say instead of lines.
        hidden: marks and sides that the legend has switched off.
        fps: frames a second, for a time axis.
        as_time: times along the axis.
        times: of the frames in seconds, or None while unknown.
    """

    marks: dict[str, np.ndarray] = field(default_factory=dict)
    score: Points = field(default_factory=lambda: (np.zeros(0, np.int64), np.zeros(0, np.float32)))
    doubt: float = 0.5
    lines: list[Line] = field(default_factory=list)
    kind: str = "speed"
    low: float = 0.0
    high: float = 1.0
    note: str = "No predictions yet"
    motion_note: str = ""
    hidden: set[str] = field(default_factory=set)
    fps: float = 25.0
    as_time: bool = False
    times: np.ndarray | None = None

    def shown(self, mark: str) -> np.ndarray:
        """Frames of a kind of mark that the legend has not switched off."""
        frames = self.marks.get(mark)
        return np.zeros(0, np.int64) if frames is None or mark in self.hidden else frames


@dataclass(frozen=True)
class Rows:
    """Where the tracks lie in a widget.

    Attributes:
        score: the score curve.
        marks: labels and doubts.
        motion: the motion curves, or None where there is no room.
        axis_y: top of the axis numbers.
        overview: which part of the video is in view.
    """

    score: QRectF
    marks: QRectF
    motion: QRectF | None
    axis_y: float
    overview: QRectF

    @classmethod
    def of(cls, width: float, height: float) -> Rows:
        """Divide the room: what is left by marks and axis goes to the curves, most to the motion."""
        inner = max(width - LEFT_PX - RIGHT_PX, 1.0)
        overview = QRectF(LEFT_PX, height - OVERVIEW_PX, inner, OVERVIEW_PX - 3)
        axis_y = overview.top() - AXIS_PX
        marks = MARKS_PX if height < 260 else MARKS_PX + 6
        free = axis_y - TOP_PX - marks - 3 * GAP_PX
        motion_px = free * 0.56
        if motion_px < MOTION_MIN_PX:
            top = axis_y - marks - GAP_PX
            score = QRectF(LEFT_PX, TOP_PX, inner, max(top - GAP_PX - TOP_PX, 8.0))
            return cls(score, QRectF(LEFT_PX, top, inner, marks), None, axis_y, overview)
        score = QRectF(LEFT_PX, TOP_PX, inner, free - motion_px)
        marks_row = QRectF(LEFT_PX, score.bottom() + GAP_PX, inner, marks)
        motion = QRectF(LEFT_PX, marks_row.bottom() + GAP_PX, inner, motion_px)
        return cls(score, marks_row, motion, axis_y, overview)


class TrackPainter:
    """Paints `TrackData` along an axis.

    Args:
        painter: of the widget's picture.
        axis: what is in view.
        data: what to show.
        rows: where.
    """

    def __init__(self, painter: QPainter, axis: TimeAxis, data: TrackData, rows: Rows) -> None:
        self.painter, self.axis, self.data, self.rows = painter, axis, data, rows
        self._px = (axis.right - axis.left) / axis.span  # pixels a frame

    def paint(self) -> None:
        """All tracks, their names and the axis."""
        painter, axis, rows = self.painter, self.axis, self.rows
        self._names()
        self._ticks()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(QRectF(axis.left - 6, 0, axis.right - axis.left + 12, rows.axis_y))
        self._score()
        self._band()
        self._marks()
        self._motion()
        painter.setClipping(False)
        self._overview()

    # -- the frame of it

    def _names(self) -> None:
        painter, rows, t = self.painter, self.rows, theme.tokens()
        painter.setPen(QPen(QColor(t.hairline), 1))
        lines = [rows.score.bottom(), rows.marks.bottom()]
        for y in lines if rows.motion is not None else lines[:1]:
            y = round(y + GAP_PX / 2) + 0.5
            painter.drawLine(QLineF(rows.score.left(), y, rows.score.right(), y))
        painter.setFont(theme.small_font())
        painter.setPen(QColor(t.muted))
        aligned = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        named = [("score", rows.score), ("labels", rows.marks), (self.data.kind, rows.motion)]
        for text, row in named:
            if row is not None:
                painter.drawText(QRectF(14, row.top(), LEFT_PX - 18, row.height()), aligned, text)

    def _ticks(self) -> None:
        axis, data, painter = self.axis, self.data, self.painter
        painter.setPen(QColor(theme.tokens().faint))
        places: list[tuple[float, str]]
        if data.as_time:
            seconds = axis.time_ticks(TICK_GAP_PX, data.fps)
            step = float(seconds[1] - seconds[0]) if len(seconds) > 1 else 1.0
            frames = seconds * data.fps
            if data.times is not None and len(data.times):
                frames = np.interp(seconds, data.times, np.arange(len(data.times)))
            places = [(float(f), clock(s, step)) for f, s in zip(frames, seconds.tolist(), strict=True)]
        else:
            places = [(float(f), str(f)) for f in axis.ticks(TICK_GAP_PX).tolist()]
        for frame, text in places:
            box = QRectF(float(axis.x(frame)) - 50, self.rows.axis_y + 2, 100, AXIS_PX - 4)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _overview(self) -> None:
        """Which part of the video is in view, as a bar to drag, over the labels of the whole video."""
        axis, row, painter = self.axis, self.rows.overview, self.painter
        if not axis.is_zoomed:
            return
        whole = TimeAxis(axis.num_frames, axis.left, axis.right, 0.0, axis.full_span)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("hairline", 0.7))
        painter.drawRoundedRect(row, 3, 3)
        for mark in ("labelled", "doubtful"):
            painter.setBrush(theme.color(TOKENS[mark], 0.8))
            for first, last in segments(whole.columns(self.data.shown(mark)), 2):
                painter.drawRect(QRectF(first - 0.5, row.top() + 2, last - first + 1, row.height() - 4))
        painter.setBrush(theme.color("text", 0.22))
        painter.setPen(QPen(theme.color("muted"), 1))
        painter.drawRoundedRect(overview_box(axis, row), 3, 3)

    # -- tracks

    def _score(self) -> None:
        painter, row, (frames, scores) = self.painter, self.rows.score, self.data.score
        if len(frames) == 0:
            self._note(row, self.data.note)
            return

        def y(values: np.ndarray) -> np.ndarray:
            return row.bottom() - np.clip(values, 0.0, 1.0) * row.height()

        doubt = float(y(np.asarray(self.data.doubt)))
        painter.setPen(QPen(theme.color("doubtful", 0.35), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(row.left(), doubt, row.right(), doubt))
        self._curve(frames, scores, y, "accent")

    def _motion(self) -> None:
        row, data = self.rows.motion, self.data
        if row is None:
            return
        if not data.lines:
            self._note(row, data.motion_note)
            return
        height = max(data.high - data.low, 1e-9)

        def y(values: np.ndarray) -> np.ndarray:
            return row.bottom() - np.clip((values - data.low) / height, 0.0, 1.0) * row.height()

        for line in reversed(data.lines):
            if line.side not in data.hidden:
                self._curve(line.frames, line.values, y, line.side)

    def _note(self, row: QRectF, text: str) -> None:
        self.painter.setPen(QColor(theme.tokens().faint))
        self.painter.setFont(theme.small_font())
        self.painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, text)

    def _curve(
        self, frames: np.ndarray, values: np.ndarray, y: Callable[[np.ndarray], np.ndarray], token: str
    ) -> None:
        """A line through the mean of each pixel column, over the range of its values."""
        painter = self.painter
        x, mean, low, high = binned_curve(self.axis, frames, values)
        ink = theme.color(token)
        if len(x) and (high > low).any():
            faint = QColor(ink)
            faint.setAlphaF(0.28)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QPen(faint, 1))
            tops, feet = y(high), y(low)
            tall = feet - tops > 2.0
            columns = zip(x[tall].tolist(), feet[tall].tolist(), tops[tall].tolist(), strict=True)
            painter.drawLines([QLineF(a, b, a, c) for a, b, c in columns])
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        # Qt strokes lines of one pixel a hundred times as fast as wider ones: two of them make a wider one.
        many = len(x) > SMOOTH_POINTS
        painter.setPen(QPen(ink, 1.0 if many else 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        gap = 1.5 * self._px + 1.5
        cuts = np.flatnonzero(np.diff(x) > gap) + 1
        heights = y(mean)
        for part_x, part_y in zip(np.split(x, cuts), np.split(heights, cuts), strict=True):
            if len(part_x) == 1:
                painter.drawLine(QLineF(part_x[0] - 0.5, part_y[0], part_x[0] + 0.5, part_y[0]))
            elif len(part_x):
                corners = zip(part_x.tolist(), part_y.tolist(), strict=True)
                line = QPolygonF([QPointF(a, b) for a, b in corners])
                painter.drawPolyline(line)
                if many and len(x) < ONE_PIXEL_POINTS:
                    painter.drawPolyline(line.translated(0.0, 0.6))

    def _band(self) -> None:
        """Which frames are predicted."""
        painter, axis, row = self.painter, self.axis, self.rows.marks
        frames = self.data.shown("predicted")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent", 0.45))
        half = max(0.5 * self._px, 0.5)
        # A pixel's worth of frames missing in between is no visible gap.
        for first, last in segments(frames[axis.shown(frames)], max(1, int(1 / self._px) + 1)):
            x0, x1 = float(axis.x(first)) - half, float(axis.x(last)) + half
            painter.drawRoundedRect(QRectF(x0, row.bottom() - BAND_PX, x1 - x0, BAND_PX), 1.5, 1.5)

    def _marks(self) -> None:
        painter, axis, row = self.painter, self.axis, self.rows.marks
        middle = row.top() + (row.height() - BAND_PX) / 2 + 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("good"))
        for first, last in segments(axis.columns(self.data.shown("labelled")), 3):
            painter.drawRoundedRect(QRectF(first - 1.5, middle - 5, last - first + 3, 10), 1, 1)
        painter.setBrush(theme.color("accent"))
        for first, last in segments(axis.columns(self.data.shown("proposed")), 3):
            painter.drawRoundedRect(QRectF(first - 1.5, middle - 2.5, last - first + 3, 5), 1, 1)
        for mark in ("doubtful", "suggested"):
            last_x = -100
            for column in axis.columns(self.data.shown(mark)).tolist():
                if column - last_x < MARKS_APART_PX:
                    continue  # any closer they would melt into one
                last_x = column
                height = row.top() + 3 if mark == "suggested" else middle
                draw_mark(painter, SHAPES[mark], TOKENS[mark], QPointF(column, height))


def overview_box(axis: TimeAxis, row: QRectF) -> QRectF:
    """The part of the overview that stands for what is in view."""
    whole = axis.full_span
    width = max(axis.span / whole * row.width(), 14.0)
    share = axis.first / max(whole - axis.span, 1e-9)
    return QRectF(row.left() + share * (row.width() - width), row.top(), width, row.height()).adjusted(
        0.5, 0.5, -0.5, -0.5
    )


def draw_mark(painter: QPainter, shape: str, token: str, at: QPointF) -> None:
    """One mark about its middle; legend and track draw the same one."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color(token))
    if shape in CORNERS:
        painter.drawPolygon(QPolygonF([at + QPointF(x, y) for x, y in CORNERS[shape]]))
    elif shape == "band":
        painter.setBrush(theme.color(token, 0.6))
        painter.drawRoundedRect(QRectF(at.x() - 5, at.y() - 1.5, 10, 3), 1.5, 1.5)
    elif shape == "line":
        painter.drawRoundedRect(QRectF(at.x() - 4, at.y() - 4, 8, 8), 2, 2)
    else:
        painter.drawRoundedRect(QRectF(at.x() - 1.8, at.y() - 5, 3.6, 10), 1.2, 1.2)
