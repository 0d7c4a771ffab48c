"""Label statistics as a picture: sources, keypoints, corrections, sizes, coverage over time."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from poseapp.api.statistics import LabelStatistics
from poseapp.qt import theme

SOURCE_INKS = {
    "by hand": "good", "corrected": "accent", "accepted": "faint", "imported": "middle",
    "interpolated": "doubtful",
}  # fmt: skip
ROW, HEAD, GAP, HISTOGRAM, STRIP = 18.0, 26.0, 14.0, 74.0, 16.0
EDGE_PX = 12.0  # the scroll bar stands over it
NAME_PX, NUMBER_PX, MOVED_PX = 104.0, 58.0, 150.0
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter


class StatisticsPicture(QWidget):
    """Paints the statistics of one video or of all."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: LabelStatistics | None = None
        self._videos: list[LabelStatistics] = []
        self.setAccessibleName("Label statistics")

    def show_statistics(self, shown: LabelStatistics, videos: list[LabelStatistics]) -> None:
        """Show these; `videos` are those whose coverage is drawn."""
        self._shown, self._videos = shown, videos
        self.setMinimumHeight(round(self._height()))
        self.setAccessibleDescription(
            f"{shown.labelled} of {shown.frames} frames labelled, {shown.people} people; "
            + ", ".join(f"{number} {source}" for source, number in shown.sources.items() if number)
        )
        self.updateGeometry()
        self.update()

    def _height(self) -> float:
        if self._shown is None:
            return 0.0
        rows = len(self._shown.keypoints) * ROW
        strips = len(self._videos) * (STRIP + 8)
        return 4 * (HEAD + GAP) + 34 + rows + HISTOGRAM + 18 + strips

    def sizeHint(self) -> QSize:
        """As high as all of it."""
        return QSize(560, round(self._height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """All parts, one below the other."""
        shown = self._shown
        if shown is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width, y = self.width() - EDGE_PX, 0.0
        y = self._paint_sources(painter, shown, y, width)
        y = self._paint_keypoints(painter, shown, y + GAP, width)
        y = self._paint_boxes(painter, shown, y + GAP, width)
        self._paint_coverage(painter, y + GAP, width)

    def _head(self, painter: QPainter, words: str, y: float, width: float) -> None:
        painter.setFont(theme.small_font(600))
        painter.setPen(theme.color("muted"))
        painter.drawText(QRectF(0, y, width, HEAD), LEFT, words)

    def _bar(self, painter: QPainter, area: QRectF, parts: list[tuple[float, str]]) -> None:
        """Parts of a whole, side by side; (share, colour) each."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("hairline"))
        painter.drawRoundedRect(area, 2, 2)
        x = area.left()
        for share, ink in parts:
            part = share * area.width()
            if part > 0:
                painter.setBrush(theme.color(ink))
                painter.drawRoundedRect(QRectF(x, area.top(), max(part, 2.0), area.height()), 2, 2)
            x += part

    def _paint_sources(self, painter: QPainter, shown: LabelStatistics, y: float, width: float) -> float:
        self._head(painter, "Where the people come from", y, width)
        y += HEAD
        total = max(shown.people, 1)
        parts = [(shown.sources[s] / total, ink) for s, ink in SOURCE_INKS.items()]
        self._bar(painter, QRectF(0, y, width, 8), parts)
        x = 0.0
        painter.setFont(theme.small_font())
        for source, ink in SOURCE_INKS.items():
            if not shown.sources[source]:
                continue
            words = f"{shown.sources[source]:,} {source}"
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(ink))
            painter.drawRoundedRect(QRectF(x, y + 18, 8, 8), 2, 2)
            painter.setPen(theme.color("text"))
            room = painter.fontMetrics().horizontalAdvance(words)
            painter.drawText(QRectF(x + 13, y + 13, room + 4, 18), LEFT, words)
            x += room + 30
        return y + 34

    def _paint_keypoints(self, painter: QPainter, shown: LabelStatistics, y: float, width: float) -> float:
        self._head(painter, "Keypoints", y, width)
        x = NAME_PX
        for words, ink in (("visible", "good"), ("hidden", "doubtful"), ("missing", "hairline")):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(ink))
            painter.drawRoundedRect(QRectF(x, y + 9, 8, 8), 2, 2)
            painter.setPen(theme.color("muted"))
            room = painter.fontMetrics().horizontalAdvance(words)
            painter.drawText(QRectF(x + 13, y, room + 4, HEAD), LEFT, words)
            x += room + 30
        painter.drawText(QRectF(width - MOVED_PX, y, MOVED_PX, HEAD), RIGHT, "moved, median px")
        y += HEAD
        most = max((k.correction_px or 0.0 for k in shown.keypoints), default=0.0)
        total = max(shown.people, 1)
        for row in shown.keypoints:
            painter.setFont(theme.small_font())
            painter.setPen(theme.color("text"))
            name = row.keypoint.replace("_", " ")
            name = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(NAME_PX) - 6)
            painter.drawText(QRectF(0, y, NAME_PX, ROW), LEFT, name)
            bar = QRectF(NAME_PX, y + 6, width - NAME_PX - NUMBER_PX - MOVED_PX - 24, 6)
            self._bar(painter, bar, [(row.visible / total, "good"), (row.hidden / total, "doubtful")])
            painter.setPen(theme.color("muted"))
            number = QRectF(bar.right() + 6, y, NUMBER_PX, ROW)
            painter.drawText(number, LEFT, f"{row.visible + row.hidden:,}")
            moved = QRectF(width - MOVED_PX, y + 6, MOVED_PX - 54, 6)
            if row.correction_px is not None and most > 0:
                self._bar(painter, moved, [(row.correction_px / most, "accent")])
                words = f"{row.correction_px:.1f}"
                painter.setPen(theme.color("text"))
            else:
                words = "–"
                painter.setPen(theme.color("faint"))
            painter.drawText(QRectF(width - 50, y, 50, ROW), RIGHT, words)
            y += ROW
        return y

    def _paint_boxes(self, painter: QPainter, shown: LabelStatistics, y: float, width: float) -> float:
        self._head(painter, "Size of people, longer side in pixels", y, width)
        y += HEAD
        counts, edges = shown.box_px["counts"], shown.box_px["edges"]
        if not counts:
            return y + HISTOGRAM + 18
        most, step = max(counts), width / len(counts)
        painter.setFont(theme.small_font())
        for at, count in enumerate(counts):
            high = (HISTOGRAM - 16) * count / most
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent" if count else "hairline"))
            bar = QRectF(at * step + 2, y + HISTOGRAM - max(high, 1.5), step - 4, max(high, 1.5))
            painter.drawRoundedRect(bar, 2, 2)
            if count:
                painter.setPen(theme.color("muted"))
                painter.drawText(QRectF(at * step, bar.top() - 16, step, 15), CENTRE, f"{int(count):,}")
        painter.setPen(theme.color("faint"))
        for at in range(0, len(edges), 3):
            align = LEFT if at == 0 else RIGHT if at == len(edges) - 1 else CENTRE
            x = 0.0 if at == 0 else width - 60 if at == len(edges) - 1 else at * step - 30
            painter.drawText(QRectF(x, y + HISTOGRAM + 2, 60, 15), align, f"{edges[at]:.0f}")
        return y + HISTOGRAM + 18

    def _paint_coverage(self, painter: QPainter, y: float, width: float) -> None:
        self._head(painter, "Labelled over time", y, width)
        y += HEAD
        painter.setFont(theme.small_font())
        for video in self._videos:
            painter.setPen(theme.color("text"))
            name = painter.fontMetrics().elidedText(
                video.video, Qt.TextElideMode.ElideMiddle, int(NAME_PX) - 6
            )
            painter.drawText(QRectF(0, y, NAME_PX, STRIP), LEFT, name)
            strip = QRectF(NAME_PX, y + 2, width - NAME_PX - 100, STRIP - 4)
            self._bar(painter, strip, [])
            step = strip.width() / max(len(video.coverage), 1)
            for at, share in enumerate(video.coverage):
                if share > 0:
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(theme.color("good", 0.35 + 0.65 * share))
                    painter.drawRect(
                        QRectF(strip.left() + at * step, strip.top(), step + 0.5, strip.height())
                    )
            painter.setPen(theme.color("muted"))
            words = f"{video.labelled:,} of {video.frames:,}"
            painter.drawText(QRectF(width - 94, y, 94, STRIP), RIGHT, words)
            y += STRIP + 8
