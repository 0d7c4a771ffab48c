"""What jobs run on, at the right of the top bar: a chip with the devices as its menu."""

from __future__ import annotations

import json
import sys
from typing import Any

from PySide6.QtCore import QProcess, QProcessEnvironment, QSize, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QPushButton

from poseapp.app.session import Session
from poseapp.qt import run_words, theme

_LIST_DEVICES = (
    "import json, sys\n"
    "from poseapp.inference.devices import list_devices\n"
    "json.dump([[d.name, d.title, d.memory] for d in list_devices()], sys.stdout)\n"
)
GUESS = [["auto", "Automatic", None], ["cpu", "CPU", None]]


class DeviceChip(QPushButton):
    """What jobs run on. The list comes from a child process: torch stays out of the window.

    Attributes:
        resized: other words need other room.
    """

    resized = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._devices: list[list[Any]] = list(GUESS)
        self._asked: QProcess | None = None
        self.setObjectName("device_chip")
        theme.set_role(self, "chip")
        self.setToolTip("What predictions and trainings run on")
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._on_show)
        self.setMenu(self._menu)
        session.settings.on_change(self._on_setting)
        self._fill("")
        self._say()

    @property
    def devices(self) -> list[str]:
        """The names known so far."""
        return [str(row[0]) for row in self._devices]

    def _on_show(self) -> None:
        if self._asked is None:
            self.look()

    def look(self) -> None:
        """Ask a child process which devices there are."""
        process = QProcess(self)
        process.setProcessEnvironment(QProcessEnvironment.systemEnvironment())
        process.finished.connect(self._on_answer)
        self._asked = process
        self._fill("Looking for GPUs…")
        process.start(sys.executable, ["-P", "-c", _LIST_DEVICES])

    def _on_answer(self, code: int) -> None:
        assert self._asked is not None
        text = bytes(self._asked.readAllStandardOutput().data()).decode("utf-8", "replace")
        try:
            found = json.loads(text) if code == 0 else []
        except ValueError:
            found = []
        known = {"auto"}
        self._devices = [GUESS[0]]
        for row in [*found, GUESS[1]]:
            if row[0] not in known:
                known.add(row[0])
                self._devices.append(row)
        note = "" if len(self._devices) > 2 else "No GPU found"
        self._fill(note if found else "Devices could not be listed; see Help > System Report")
        self._say()

    def _fill(self, note: str) -> None:
        self._menu.clear()
        group = QActionGroup(self._menu)
        for name, title, memory in self._devices:
            text = title if name in ("auto", "cpu") else f"{title}{_memory(memory)}"
            action = QAction(text, self._menu, checkable=True, checked=name == self._session.device)
            action.setData(name)
            action.triggered.connect(lambda _on=False, name=name: self.choose(name))
            group.addAction(action)
            self._menu.addAction(action)
        if note:
            self._menu.addSeparator()
            self._menu.addAction(note).setEnabled(False)

    def choose(self, name: str) -> None:
        """Use a device for the jobs that start from now on."""
        self._session.device = name
        self._session.settings["device"] = name
        self._say()

    def _on_setting(self, key: str, value: object) -> None:
        if key == "device":
            self._session.device = str(value)
            self._fill("")
            self._say()

    def _say(self) -> None:
        titles = {str(row[0]): str(row[1]) for row in self._devices}
        name = self._session.device
        self.setText({"auto": "Device: auto", "cpu": "CPU"}.get(name, titles.get(name, name)))
        self.setAccessibleName(f"Device: {self.text().removeprefix('Device: ')}")
        self.resized.emit()
        self.setIcon(theme.icon("cpu"))
        self.setIconSize(QSize(13, 13))

    def stop(self) -> None:
        """End the question where it is still open."""
        if self._asked is not None and self._asked.state() != QProcess.ProcessState.NotRunning:
            self._asked.finished.disconnect(self._on_answer)
            self._asked.kill()
            self._asked.waitForFinished(2000)


def _memory(memory: object) -> str:
    size = run_words.number(memory)
    if not size > 0:
        return ""
    return f" · {size / 2**30:.0f} GB" if size > 1e6 else f" · {size:.0f} GB"
