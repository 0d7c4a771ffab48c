"""The window's fixtures, for the flows that lead through it."""

from __future__ import annotations

import contextlib

import pytest

# Without PySide6 and its system libraries the window's flows have no fixtures and skip themselves.
with contextlib.suppress(pytest.skip.Exception):
    from tests.gui.conftest import no_dialog_left, open_window, session, window

    __all__ = ["no_dialog_left", "open_window", "session", "window"]
