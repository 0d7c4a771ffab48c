"""The window's fixtures, for the flows that lead through it."""

from __future__ import annotations

import contextlib

import pytest

# Without PySide6 and its system libraries the window's flows have no fixtures and skip themselves.
with contextlib.suppress(pytest.skip.Exception):
    from tests.gui.conftest import open_window, session, window

    __all__ = ["open_window", "session", "window"]
