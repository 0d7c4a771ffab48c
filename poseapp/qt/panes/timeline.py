"""The timeline pane: transport, time code, speed, legend, and the tracks."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from poseapp.app import commands
from poseapp.app.playhead import SPEEDS
from poseapp.app.session import Session
from poseapp.qt import theme
from poseapp.qt.bridge import connect
from poseapp.qt.items.legend import Legend
from poseapp.qt.items.time_axis import time_code
from poseapp.qt.items.timeline_menu import timeline_menu
from poseapp.qt.items.track_data import range_words
from poseapp.qt.items.tracks import TimelineTracks
from poseapp.qt.menus import ROWS, give_tip
from poseapp.qt.playback import Playback

BUTTON_PX = 26
WORDS_FROM_PX = 1080


class PlayButton(QToolButton):
    """The round button: play, or pause while it plays."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.setFixedSize(BUTTON_PX, BUTTON_PX)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Play")
        give_tip(self, session, "go.play", "Play or pause")
        self.clicked.connect(lambda: commands.toggle_playing(session))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """A disc of the accent with a triangle or two bars."""
        painter, t = QPainter(self), theme.tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        ground = t.accent if self.isEnabled() else t.hairline
        if self.underMouse() and self.isEnabled():
            painter.setBrush(theme.mix("text", ground, 0.12))
        else:
            painter.setBrush(theme.color(ground))
        painter.drawEllipse(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.setBrush(theme.color(t.on_accent if self.isEnabled() else t.faint))
        middle = QPointF(self.width() / 2, self.height() / 2)
        if self._session.playing:
            for dx in (-4.0, 1.0):
                painter.drawRoundedRect(QRectF(middle.x() + dx, middle.y() - 4.5, 3, 9), 1, 1)
        else:
            corners = [QPointF(-3, -5), QPointF(5.2, 0), QPointF(-3, 5)]
            painter.drawPolygon(QPolygonF([middle + c for c in corners]))


class RangeChip(QToolButton):
    """The chosen range in words; a click lets go of it."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.setFont(theme.small_font())
        self.setIcon(theme.icon("x"))
        self.setIconSize(QSize(11, 11))
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFixedHeight(BUTTON_PX - 4)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        give_tip(self, session, "go.clear_range", "The chosen range of frames: click to let go of it")
        self.setAccessibleName("Clear the range of frames")
        self.clicked.connect(lambda: commands.clear_range(session))
        connect(session.range_changed, self.refresh, self)
        self.refresh()

    def refresh(self) -> None:
        """Follow the range."""
        words = range_words(self._session)
        # Isolated from the button's direction, which only puts the cross behind the words.
        self.setText(f"\u2066{words}\u2069 ")
        self.setAccessibleName(f"Clear the range {words}")
        self.setVisible(bool(words))


class TimelinePane(QWidget):
    """Bottom of the window. It owns the playback clock."""

    triggered = Signal(str)  # id of a row of ACTIONS

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.playback = Playback(session, self)
        self.tracks = TimelineTracks(session, self)
        self.play_button = PlayButton(session, self)
        self.time_label = QLabel(self)
        self.time_label.setFont(theme.font(14.0, 600))
        self.frame_label = QLabel(self)
        self.frame_label.setTextFormat(Qt.TextFormat.RichText)
        self.speed_button = self._make_speed_button()
        self.loop_button = self._button("repeat", "Repeat the range, or the video", "go.loop")
        self.loop_button.setCheckable(True)
        self.range_chip, self.legend = RangeChip(session, self), Legend(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._make_transport())
        layout.addWidget(self.tracks, 1)
        self.setFocusProxy(self.tracks)
        self.tracks.menu_wanted.connect(self._show_menu)
        self.tracks.data_changed.connect(lambda: self.legend.show_data(self.tracks.data))
        self.legend.toggled.connect(lambda name, on: self.tracks.set_hidden(name, not on))
        self.setMinimumHeight(140)
        for signal in (session.video_changed, session.frame_changed, session.playing_changed):
            connect(signal, self.refresh, self)
        theme.changed.connect(self.refresh)
        self.refresh()

    def _make_transport(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(10, 6, 16, 2)
        row.setSpacing(4)
        self.step_buttons = [
            self._button("skip-back", "First frame", "go.first_frame"),
            self._button("caret-left", "One frame back", "go.previous_frame"),
            self._button("caret-right", "One frame on", "go.next_frame"),
            self._button("skip-forward", "Last frame", "go.last_frame"),
        ]
        row.addWidget(self.step_buttons[0])
        row.addWidget(self.step_buttons[1])
        row.addWidget(self.play_button)
        row.addWidget(self.step_buttons[2])
        row.addWidget(self.step_buttons[3])
        row.addSpacing(8)
        row.addWidget(self.time_label)
        row.addSpacing(8)
        row.addWidget(self.frame_label)
        row.addSpacing(8)
        row.addWidget(self.speed_button)
        row.addWidget(self.loop_button)
        row.addSpacing(8)
        row.addWidget(self.range_chip)
        row.addStretch(1)
        row.addWidget(self.legend)
        return row

    def _button(self, icon: str, words: str, action_id: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(theme.icon(icon))
        button.setIconSize(QSize(theme.ICON_PX, theme.ICON_PX))
        button.setFixedSize(BUTTON_PX, BUTTON_PX)
        button.setAutoRaise(True)
        button.setAutoRepeat("caret" in icon)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        give_tip(button, self.session, action_id, words)
        button.setAccessibleName(words)
        button.clicked.connect(lambda: ROWS[action_id].callback(self.session))
        return button

    def _make_speed_button(self) -> QToolButton:
        button = QToolButton(self)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName("Playback speed")
        button.setAutoRaise(True)
        button.setToolTip("Playback speed")
        menu = QMenu(button)
        for speed in SPEEDS:
            action = menu.addAction(f"{speed:g}×")
            action.triggered.connect(lambda _=False, s=speed: self.session.set_speed(s))
        button.setMenu(menu)
        return button

    def refresh(self, *_: object) -> None:
        """Follow the playhead."""
        session = self.session
        t, has_video = theme.tokens(), session.video is not None
        self.time_label.setText(time_code(session.time_of(session.frame_idx)))
        self.frame_label.setText(
            f'<span style="color:{t.muted}">frame </span>'
            f'<span style="color:{t.text};font-weight:600">{session.frame_idx}</span>'
            f'<span style="color:{t.muted}"> / {"reading…" if session.reading else session.num_frames}</span>'
        )
        self.speed_button.setText(f"{session.speed:g}×")
        self.loop_button.setChecked(session.looping)
        for widget in (self.play_button, self.speed_button, self.loop_button, *self.step_buttons):
            widget.setEnabled(has_video)
        self.play_button.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The legend keeps its words as long as there is room."""
        self.legend.set_compact(self.width() < WORDS_FROM_PX)

    def _show_menu(self, at: QPoint, frame_idx: int) -> None:
        menu = timeline_menu(self.tracks, frame_idx, self.triggered.emit)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)
