"""The Qt binding itself: a build that loses references to None ends the window after a few minutes of use."""

from __future__ import annotations

import sys

import PySide6
import pytest
from PySide6.QtWidgets import QWidget


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on")
def test_calls_into_qt_do_not_lose_references_to_none(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.update()
    before = sys.getrefcount(None)
    for _ in range(500):
        widget.update()
    lost = before - sys.getrefcount(None)
    # Seen with PySide6 6.12.0 on Python 3.11: one lost a call; 6.11.3 loses none.
    assert lost < 100, f"PySide6 {PySide6.__version__} loses references to None: install another version"
