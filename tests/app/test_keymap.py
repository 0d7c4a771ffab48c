"""Which keys run which command, and what the user's file may say about it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from poseapp.app.actions import ACTIONS, Action
from poseapp.app.commands import nothing
from poseapp.app.keymap import Keymap, normal
from poseapp.app.session import Session
from poseapp.app.settings import Settings
from poseapp.errors import PoseError


def row(name: str, *keys: str, scope: str = "window") -> Action:
    return Action(name, name.title(), "Edit", nothing, keys, tip=f"Does {name}.", scope=scope)


ROWS = [row("a.one", "Ctrl+P"), row("a.two", "T", "Ctrl+T", scope="canvas"), row("a.three", scope="review"),
        row("a.four", "N", scope="review")]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("shift+ctrl+p", "Ctrl+Shift+P"), ("n", "N"), (" F5 ", "F5"), ("Ctrl++", "Ctrl++"), ("+", "+"),
        ("delete", "Del"), ("ctrl + ,", "Ctrl+,"), ("ALT+pgup", "Alt+PgUp"), ("Meta+Left", "Meta+Left"),
    ],
)  # fmt: skip
def test_keys_are_written_in_one_way(text: str, wanted: str) -> None:
    assert normal(text) == wanted


@pytest.mark.parametrize("text", ["", "Ctrl+", "Hyper+P", "Ctrl+Bla", "PQ", "Ctrl++P", "F99"])
def test_what_is_no_key_is_said_in_one_line(text: str) -> None:
    if text == "Ctrl+":
        assert normal(text) == "Ctrl++", "a key called plus"
        return
    with pytest.raises(PoseError, match="is no key") as caught:
        normal(text)
    assert "\n" not in str(caught.value)


def test_the_rows_own_keys_are_well_written_and_never_meet() -> None:
    keymap = Keymap()
    assert not keymap.clashes()
    for action in ACTIONS:
        assert keymap.keys(action.id) == action.keys
        assert all(normal(key) == key for key in action.keys), action.id


def test_a_key_is_taken_from_whoever_had_it() -> None:
    keymap, seen = Keymap(ROWS), []
    keymap.changed.connect(lambda: seen.append(1))
    assert [r.id for r in keymap.holders("Ctrl+P", "a.two")] == ["a.one"]
    keymap.add("a.two", "Ctrl+P")
    assert keymap.keys("a.one") == () and keymap.keys("a.two") == ("T", "Ctrl+T", "Ctrl+P")
    assert keymap.is_changed("a.one") and keymap.num_changed == 2 and seen
    assert not keymap.clashes()
    keymap.reset("a.one")
    assert keymap.keys("a.one") == ("Ctrl+P",) and not keymap.is_changed("a.two")


def test_parts_that_never_have_the_focus_together_may_share() -> None:
    keymap = Keymap(ROWS)
    assert keymap.holders("T", "a.three") == []
    keymap.add("a.three", "T")
    assert keymap.keys("a.two")[0] == "T" and not keymap.clashes()
    # A key of the window works in both, so it is taken from both.
    keymap.add("a.one", "T")
    assert "T" not in keymap.keys("a.two") + keymap.keys("a.three")


def test_what_is_shown_follows() -> None:
    keymap = Keymap(ROWS)
    assert keymap.tip("a.two") == "Does a.two. (T)" and keymap.now("Ctrl+T") == "Ctrl+T"
    keymap.remove("a.two", "T")
    assert (
        keymap.shown("a.two") == "Ctrl+T" and keymap.now("T") == "Ctrl+T" and keymap.now("Wheel") == "Wheel"
    )
    keymap.remove("a.two", "Ctrl+T")
    assert keymap.tip("a.two") == "Does a.two." and keymap.now("T") == ""


def test_only_what_differs_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "config" / "keys.toml"
    first = Keymap(ROWS, path)
    first.add("a.one", "Ctrl+Shift+K")
    first.add("a.three", '"')
    data = tomllib.loads(path.read_text("utf-8"))
    assert data == {"a.one": ["Ctrl+P", "Ctrl+Shift+K"], "a.three": ['"']}
    again = Keymap(ROWS, path)
    assert again.keys("a.one") == ("Ctrl+P", "Ctrl+Shift+K") and not again.problem
    again.reset_all()
    assert tomllib.loads(path.read_text("utf-8")) == {} and Keymap(ROWS, path).num_changed == 0


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('"a.nine" = ["X"]', r"there is no command a\.nine;"),
        ('"a.one" = ["Ctrl+Bla"]', r"a\.one: 'Ctrl\+Bla' is no key"),
        ('"a.one" = "X"', r"a\.one: its keys are to be a list"),
        ('"a.one" = ["T"]\n"a.nine" = []', r"and 1 more"),
        ('"a.one" = ["T"]', r"T is both A\.One and A\.Two"),
        ("not toml", r"shortcuts not read"),
        ("\x00\xff", r"shortcuts not read"),
    ],
)
def test_what_is_wrong_in_the_file_is_one_line_and_ignored(tmp_path: Path, text: str, wanted: str) -> None:
    path = tmp_path / "keys.toml"
    path.write_bytes(text.encode("latin-1"))
    keymap = Keymap(ROWS, path)
    assert re.search(wanted, keymap.problem) and str(path) in keymap.problem
    assert "\n" not in keymap.problem
    if "T" not in text.split("#")[0].upper() or "Bla" in text:
        assert keymap.keys("a.one") == ("Ctrl+P",)


def test_commands_of_a_later_version_stay_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    path.write_text('"a.nine" = ["X"]\n')
    Keymap(ROWS, path).add("a.one", "F7")
    assert tomllib.loads(path.read_text("utf-8"))["a.nine"] == ["X"]


def test_the_session_keeps_them_beside_the_settings(tmp_path: Path) -> None:
    session = Session(Settings(tmp_path / "settings.toml"))
    session.keymap.add("go.play", "F8")
    assert (tmp_path / "keys.toml").exists()
    assert Session(Settings(tmp_path / "settings.toml")).keymap.keys("go.play") == ("Space", "F8")
    assert Session(Settings()).keymap.path is None
