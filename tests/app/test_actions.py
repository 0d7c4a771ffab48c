import inspect

import pytest

from poseapp import api
from poseapp.app.actions import ACTIONS, MENUS, Action
from poseapp.app.session import Session


@pytest.mark.parametrize("row", ACTIONS, ids=lambda row: row.id)
def test_a_row_is_whole(row: Action) -> None:
    assert row.menu in MENUS and row.id.split(".")[0] in (row.menu.lower(), *row.menu.lower().split())
    assert row.title and row.tip.endswith(".")
    assert row.scope in ("window", "canvas")
    dialogs_first = row.ask and not row.ask.startswith("show_") and row.ask != "settings"
    is_ellipsis = row.title.endswith("…")
    assert is_ellipsis or not dialogs_first
    assert not row.api or callable(getattr(api, row.api))
    parameters = list(inspect.signature(row.callback).parameters)
    assert parameters[0] == "session"


def test_ids_and_keys_are_used_once() -> None:
    ids = [row.id for row in ACTIONS]
    assert len(set(ids)) == len(ids)
    keys = [key for row in ACTIONS for key in row.keys]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("row", ACTIONS, ids=lambda row: row.id)
def test_enabled_can_be_asked_at_any_time(row: Action, session: Session, clip) -> None:  # noqa: ANN001
    row.enabled(session)
    session.open(clip)
    assert isinstance(row.enabled(session), bool)
    if row.checked is not None:
        assert isinstance(row.checked(session), bool)


def test_the_documented_keys_are_there() -> None:
    keys = {key for row in ACTIONS for key in row.keys}
    wanted = {
        "Space", "Left", "Right", "Shift+Left", "Shift+Right", "Home", "End", "Ctrl+Left", "Ctrl+Right", "N",
        "P", "Tab", "V", "T", "C", "Del", "H", "Ctrl+Z", "Ctrl+Shift+Z", *map(str, range(1, 10)),
    }  # fmt: skip
    assert wanted <= keys
