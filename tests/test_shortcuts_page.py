"""The page of shortcuts is what its program makes of the rows."""

import importlib.util
from pathlib import Path

from poseapp.app.actions import ACTIONS

ROOT = Path(__file__).resolve().parents[1]


def test_the_page_of_shortcuts_is_as_the_rows_are():
    spec = importlib.util.spec_from_file_location("make_shortcuts", ROOT / "packaging" / "make_shortcuts.py")
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    page = made.page()
    assert all(f"`{row.id}`" in page for row in ACTIONS if row.keys)
    assert made.PAGE.read_text("utf-8") == page, "run: python packaging/make_shortcuts.py"
