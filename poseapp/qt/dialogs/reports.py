"""Dialogs that only show something: the system report, what failed."""

from __future__ import annotations

import sys

from PySide6.QtCore import QProcess
from PySide6.QtWidgets import (
    QApplication,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from poseapp.qt.dialogs.form import FormDialog


class TextDialog(FormDialog):
    """Text to read and copy."""

    def __init__(self, parent: QWidget | None, title: str, lead: str, text: str) -> None:
        super().__init__(parent, title, lead, "Close", 640)
        self.cancel_button.hide()
        self.text = QPlainTextEdit(text)
        self.text.setReadOnly(True)
        self.text.setAccessibleName(title)
        self.text.setMinimumHeight(320)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.body.addWidget(self.text, 1)
        self.copy_button = QPushButton("Copy")
        self.copy_button.clicked.connect(lambda: QApplication.clipboard().setText(self.text.toPlainText()))
        self.add_left_button(self.copy_button)


class DoctorDialog(TextDialog):
    """The system report, made by a process of its own."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent, "System report", "For a bug report: versions, codecs, devices.", "Looking…")
        self.process = QProcess(self)
        self.process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        self.process.finished.connect(self._on_done)
        self.process.start(sys.executable, ["-P", "-m", "poseapp", "doctor"])

    def _on_done(self) -> None:
        said = bytes(self.process.readAllStandardOutput().data()).decode("utf-8", "replace").strip()
        self.text.setPlainText(said or "The report could not be made.")

    def done(self, result: int) -> None:
        """Close, and end the process where it still looks."""
        if self.process.state() != QProcess.ProcessState.NotRunning:
            self.process.finished.disconnect(self._on_done)
            self.process.kill()
            self.process.waitForFinished(2000)
        super().done(result)
