"""Session signals reach the window's thread, and a listener goes with its owner."""

from __future__ import annotations

import threading

import pytest
from psygnal import Signal
from PySide6.QtCore import QObject, Qt

from poseapp.qt import theme
from poseapp.qt.bridge import connect


class Source:
    happened = Signal(int)


def emit_in_thread(source: Source, *values: int) -> None:
    def run() -> None:
        for value in values:
            source.happened.emit(value)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_other_threads_are_heard_in_the_windows_thread(qtbot):
    source, owner, heard = Source(), QObject(), []
    connect(source.happened, lambda v: heard.append((v, threading.get_ident())), owner)
    emit_in_thread(source, 1, 2, 3)
    assert heard == [], "nothing runs before the event loop"
    qtbot.waitUntil(lambda: len(heard) == 3)
    assert [v for v, _ in heard] == [1, 2, 3]
    assert {ident for _, ident in heard} == {threading.get_ident()}
    source.happened.emit(4)
    assert heard[-1][0] == 4, "the own thread is heard at once"


def test_frames_that_pile_up_are_dropped_but_the_last(qtbot):
    source, owner, heard = Source(), QObject(), []
    connect(source.happened, heard.append, owner, newest_only=True)
    emit_in_thread(source, *range(50))
    qtbot.waitUntil(lambda: heard != [])
    qtbot.wait(20)
    assert heard == [49]


def test_a_destroyed_owner_is_told_nothing(qtbot):
    source, owner, heard = Source(), QObject(), []
    connect(source.happened, heard.append, owner)
    assert len(source.happened) == 1
    owner.deleteLater()
    qtbot.waitUntil(lambda: len(source.happened) == 0)
    source.happened.emit(1)
    assert heard == []


def test_the_theme_follows_the_system_live(qapp):
    theme.apply(qapp, "system")
    hints = qapp.styleHints()
    try:
        hints.setColorScheme(Qt.ColorScheme.Light)
        if hints.colorScheme() != Qt.ColorScheme.Light:
            pytest.skip("this platform has no colour scheme to follow")
        assert theme.tokens() is theme.LIGHT
        hints.setColorScheme(Qt.ColorScheme.Dark)
        assert theme.tokens() is theme.DARK
    finally:
        hints.unsetColorScheme()
        theme.set_choice("dark")
