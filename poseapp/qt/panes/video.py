"""The video pane: the canvas with the tool strip, the line of keys and the zoom chip floating over it."""

from __future__ import annotations

from importlib import import_module
from threading import Thread

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from poseapp.app.session import Session
from poseapp.qt.bridge import connect
from poseapp.qt.items.canvas import VideoCanvas
from poseapp.qt.items.floating import HintBar, ToolStrip, ZoomChip, bar_position
from poseapp.qt.items.proposal_bar import ProposalBar

TIGHT_PX = 560
WARM_UP_MS = 300


def _load_decoders() -> None:
    """Load the video libraries beside the window: the first video opened must not wait for them."""
    Thread(target=import_module, args=("poseapp.video",), name="load-decoders").start()


class VideoPane(QWidget):
    """Centre of the window. Keys come from the window's actions (scope "canvas").

    Signals:
        relink_wanted: the user asks to find a missing video.
    """

    relink_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._shown: tuple[object, ...] = ()
        self.canvas = VideoCanvas(session, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)
        self.setFocusProxy(self.canvas)
        self.strip = ToolStrip(session, self.canvas)
        self.hint_bar = HintBar(self.canvas)
        self.zoom_chip = ZoomChip(self.canvas)
        self.proposal_bar = ProposalBar(session, self.canvas)
        self.find_button = QPushButton("Find Missing Video…", self.canvas)
        self.find_button.clicked.connect(self.relink_wanted)
        self.zoom_chip.clicked.connect(self._switch_zoom)
        self.canvas.zoom_changed.connect(self._on_zoom_changed)
        for signal in (
            session.video_changed,
            session.frame_changed,
            session.selection_changed,
            session.layers_changed,
            session.labels_changed,
            session.tool_changed,
        ):
            connect(signal, self._refresh, self)
        connect(self.canvas.tools.changed, self._refresh, self)
        connect(session.keymap.changed, self._refresh, self)
        # Videos are read beside the window; what follows from them is done in its thread.
        connect(session.posted, lambda work: work(), self)
        QTimer.singleShot(WARM_UP_MS, self, _load_decoders)
        self._refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep everything that floats at its edge."""
        super().resizeEvent(event)
        self._refresh()

    def _switch_zoom(self) -> None:
        self.canvas.run_view_command("actual_size" if self.canvas.view.is_fit else "fit")

    def _on_zoom_changed(self) -> None:
        view = self.canvas.view
        share = round(view.zoom * self.canvas.devicePixelRatioF() * 100)
        self.zoom_chip.set_text(f"Fit · {share} %" if view.is_fit else f"{share} %")
        self._place()

    def _refresh(self, *_: object) -> None:
        has_video = self.session.video is not None
        is_missing = has_video and self.session.video_path is None
        # The zoom chip keeps its corner; the line of keys is centred beside it, or above where it is tight.
        free = self.canvas.width() - 2 * (self.zoom_chip.width() + 24)
        if self._is_tight():
            free = self.canvas.width() - self.strip.width() - 36
        keymap = self.session.keymap
        told = (
            [(keymap.now(key), words, key) for key, words in self.canvas.tools.hints()] if has_video else []
        )
        # What the user has taken the last key from is not told; words without a key always are.
        hints = [(key, words) for key, words, asked in told if key or not asked]
        shown = (has_video, is_missing, free, tuple(hints), self.canvas.size())
        if shown == self._shown:
            return  # a step of the playhead must not paint the canvas once more
        self._shown = shown
        self.strip.setVisible(has_video)
        self.zoom_chip.setVisible(has_video)
        self.find_button.setVisible(is_missing)
        self.hint_bar.set_hints(hints, free)
        self._place()

    def _is_tight(self) -> bool:
        return self.canvas.width() < TIGHT_PX

    def _place(self) -> None:
        width, height = self.canvas.width(), self.canvas.height()
        self.strip.adjustSize()
        self.proposal_bar.place()
        self.find_button.adjustSize()
        for item, where in (
            (self.strip, "top_left"),
            (self.hint_bar, "bottom_centre"),
            (self.zoom_chip, "bottom_right"),
        ):
            item.move(bar_position(width, height, item, where).toPoint())
        if self._is_tight():
            # Beside the tools, which may reach down to it.
            x = max(self.hint_bar.x(), self.strip.x() + self.strip.width() + 8)
            self.hint_bar.move(x, self.zoom_chip.y() - self.hint_bar.height() - 6)
        self.find_button.move((width - self.find_button.width()) // 2, 60)
