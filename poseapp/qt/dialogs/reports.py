"""Dialogs that only show something: the keys, the system report, the settings, what failed."""

from __future__ import annotations

import sys

from PySide6.QtCore import QProcess, QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDoubleSpinBox,
    QFrame,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from poseapp.app.actions import MENUS, Action
from poseapp.app.settings import SETTINGS, Setting, Settings, Value
from poseapp.qt import theme
from poseapp.qt.dialogs.form import FormDialog, combo


class KeysDialog(FormDialog):
    """Every key of the window, with a field to search in them."""

    def __init__(self, parent: QWidget | None, rows: list[Action]) -> None:
        super().__init__(parent, "Keyboard shortcuts", "", "Close", 560)
        self.cancel_button.hide()
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search keys and commands")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._on_search)
        self.body.addWidget(self.search)
        self.tree = QTreeWidget()
        self.tree.setColumnCount(2)
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setIndentation(0)
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.tree.setMinimumHeight(420)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.header().setStretchLastSection(False)
        for menu in MENUS:
            keyed = [row for row in rows if row.menu == menu and row.keys]
            if keyed:
                head = QTreeWidgetItem([menu])
                head.setFont(0, theme.small_font(600))
                head.setForeground(0, theme.color("muted"))
                head.setFlags(Qt.ItemFlag.ItemIsEnabled)
                self.tree.addTopLevelItem(head)
                for row in keyed:
                    head.addChild(self._item(row))
        self.tree.expandAll()
        self.body.addWidget(self.tree, 1)

    @staticmethod
    def _item(row: Action) -> QTreeWidgetItem:
        native = QKeySequence.SequenceFormat.NativeText
        keys = "  or  ".join(QKeySequence(k).toString(native) for k in row.keys)
        item = QTreeWidgetItem([f"   {row.title.rstrip('…')}", keys])
        item.setSizeHint(0, QSize(0, 22))
        item.setToolTip(0, row.tip)
        item.setForeground(1, theme.color("accent"))
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return item

    def _on_search(self, text: str) -> None:
        wanted = text.lower()
        for i in range(self.tree.topLevelItemCount()):
            head = self.tree.topLevelItem(i)
            assert head is not None
            found = 0
            for j in range(head.childCount()):
                item = head.child(j)
                assert item is not None
                hit = wanted in f"{item.text(0)} {item.text(1)}".lower()
                item.setHidden(not hit)
                found += hit
            head.setHidden(found == 0)


class TextDialog(FormDialog):
    """Text to read and copy."""

    def __init__(self, parent: QWidget | None, title: str, lead: str, text: str) -> None:
        super().__init__(parent, title, lead, "Close", 640)
        self.cancel_button.hide()
        self.text = QPlainTextEdit(text)
        self.text.setReadOnly(True)
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


class SettingsDialog(FormDialog):
    """One field a row of ``SETTINGS``; a change counts at once."""

    def __init__(self, parent: QWidget | None, settings: Settings, devices: list[str]) -> None:
        super().__init__(parent, "Settings", "Changes count at once.", "Close", 460)
        self.cancel_button.hide()
        self._settings = settings
        self.fields: dict[str, QWidget] = {}
        for row in SETTINGS:
            field = self._field(row, devices)
            field.setToolTip(row.note)
            self.fields[row.key] = field
            self.add_row(row.label, field)

    def _field(self, row: Setting, devices: list[str]) -> QWidget:
        value = self._settings[row.key]
        choices = list(row.choices)
        if row.key == "device":
            choices = list(dict.fromkeys([*devices, str(value)]))
        elif row.key == "skeleton":
            from poseapp.labels.skeleton import list_skeletons

            choices = list(list_skeletons())
        if choices:
            words = {
                "auto": "Automatic",
                "cpu": "CPU",
                "system": "As the system",
                "dark": "Dark",
                "light": "Light",
            }
            box = combo([(str(c), words.get(str(c), str(c))) for c in choices], str(value))
            box.currentIndexChanged.connect(lambda _i: self._set(row.key, box.currentData()))
            return box
        if isinstance(value, bool):
            check = QCheckBox()
            check.setChecked(value)
            check.toggled.connect(lambda on: self._set(row.key, on))
            return check
        if isinstance(value, int):
            spin = QSpinBox()
            spin.setRange(int(row.minimum or 0), int(row.maximum or 10**9))
            spin.setValue(value)
            spin.valueChanged.connect(lambda v: self._set(row.key, v))
            return spin
        if isinstance(value, float):
            real = QDoubleSpinBox()
            real.setSingleStep(0.05)
            real.setRange(row.minimum or 0.0, 1e9 if row.maximum is None else row.maximum)
            real.setValue(value)
            real.valueChanged.connect(lambda v: self._set(row.key, v))
            return real
        line = QLineEdit(str(value))
        line.editingFinished.connect(lambda: self._set(row.key, line.text()))
        return line

    def _set(self, key: str, value: Value) -> None:
        self._settings[key] = value
