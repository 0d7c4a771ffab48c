"""The status bar: saved state and last action at the left; jobs, counts and times at the right."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QLabel,
    QPushButton,
    QStatusBar,
    QWidget,
)

from poseapp.app.session import Session
from poseapp.qt import run_words, theme
from poseapp.qt.bridge import connect
from poseapp.qt.elided import ElidedLabel
from poseapp.qt.menus import native
from poseapp.qt.progress_strip import ProgressStrip
from poseapp.qt.task_strip import TaskStrip


class Dot(QWidget):
    """A small filled circle in a token's colour."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self.token = token
        self.setFixedSize(8, 8)

    def set_token(self, token: str) -> None:
        """Change the colour."""
        self.token = token
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the circle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(self.token))
        painter.drawEllipse(QRectF(0.5, 0.5, 7, 7))
        painter.end()


class JobStrip(ProgressStrip):
    """The running job: what, a bar, time left, cancel; a click on the words shows the runs pane."""

    opened = Signal()

    def __init__(self, session: Session) -> None:
        words = QPushButton()
        super().__init__("job_strip", words, "Cancel this job", "Cancel this job")
        self._session = session
        theme.set_role(words, "status")
        words.clicked.connect(self.opened.emit)
        self.cancelled.connect(self._on_cancel)
        connect(session.runs_changed, self.refresh, self)
        connect(session.project_changed, self.refresh, self)
        self.refresh()

    def refresh(self) -> None:
        """Show the newest running job, or nothing."""
        active = [run for run in self._session.runs if run.active]
        self.setVisible(bool(active))
        if not active:
            return
        run = active[0]
        more = f" (+{len(active) - 1})" if len(active) > 1 else ""
        left = run_words.time_left(run)
        self.words.setText(" · ".join(p for p in (f"{run.doing}{more}", run_words.now(run), left) if p))
        self.show_share(run_words.share(run))

    def _on_cancel(self) -> None:
        active = [run for run in self._session.runs if run.active]
        if active:
            self._session.cancel(active[0])


class StatusBar(QStatusBar):
    """Everything small that is true right now."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setSizeGripEnabled(False)
        self.setContentsMargins(10, 0, 8, 0)
        self.dot, self.saved = Dot("good"), QLabel("Saved")
        self.action = ElidedLabel()
        self.cursor_label, self.counts, self.times = QLabel(), QLabel(), QLabel()
        self.jobs = JobStrip(session)
        self.tasks = TaskStrip(session)
        for widget in (self.cursor_label, self.counts, self.times, self.saved, self.action):
            widget.setFont(theme.small_font())
        for left in (self.dot, self.saved):
            self.addWidget(left)
        self.addWidget(self.action, 1)
        self.action.setContentsMargins(10, 0, 0, 0)
        for right in (self.tasks, self.jobs, self.cursor_label, self.counts, self.times):
            right.setContentsMargins(8, 0, 0, 0)
            self.addPermanentWidget(right)
        self._undoable = ""
        self._count_later = QTimer(self, singleShot=True, interval=60)
        self._count_later.timeout.connect(self._count)
        connect(session.message, self.say, self)
        connect(session.project_changed, self._on_project, self)
        for signal in (session.video_changed, session.layers_changed, session.labels_changed):
            connect(signal, lambda *_: self._count_later.start(), self)
        connect(session.review.changed, lambda: self._count_later.start(), self)
        self._on_project()

    def say(self, text: str) -> None:
        """The last action, with its undo where it can be taken back."""
        project = self._session.project
        key = native(self._session.keymap.shown("edit.undo"))
        can_undo = project is not None and text and key and project.undo_text == text
        hint = f" · undo {key}" if can_undo else ""
        self.action.setText(f"{text}{hint}")

    def set_cursor_position(self, x: float | None, y: float | None) -> None:
        """Where the pointer is, in pixels of the frame; None outside."""
        outside = x is None or y is None
        self.cursor_label.setText("" if outside else f"x {x:.1f}  y {y:.1f}")

    def set_times(self, decode_ms: float, draw_ms: float) -> None:
        """How long the last frame took to decode and to draw."""
        self.times.setText(f"decode {decode_ms:.0f} ms · draw {draw_ms:.0f} ms")

    def _on_project(self) -> None:
        project = self._session.project
        open_ = project is not None
        for widget in (self.dot, self.saved, self.counts, self.times, self.cursor_label):
            widget.setVisible(open_)
        if project is not None:
            read_only = project.read_only
            self.dot.set_token("doubtful" if read_only else "good")
            self.saved.setText("Read-only" if read_only else "Saved")
            self.saved.setToolTip(
                str(project.read_only_reason)
                if read_only
                else "Every edit is on disk; there is nothing to save"
            )
        else:
            self.action.clear()
        self._count()

    def _count(self) -> None:
        if self._session.video is None:
            self.counts.clear()
            return
        parts = [f"{len(self._session.labelled_frames())} labelled"]
        doubtful = len(self._session.doubtful_frames())
        if doubtful:
            parts.append(f"{doubtful} doubtful")
        self.counts.setText(" · ".join(parts))
