"""What a few letters find in the command palette, in which order, and why something is off."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from poseapp.app.actions import ACTIONS
from poseapp.app.actions.row import why_not
from poseapp.app.palette import Entry, Used, entries, find
from poseapp.app.session import Session

ROWS = {row.id: row for row in ACTIONS}
PANELS = [("people", "People"), ("runs", "Runs")]


@pytest.fixture
def offered(session: Session, clip: Path) -> list[Entry]:
    session.open(clip)
    return entries(session, PANELS)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("swap", "command:label.swap_sides"), ("cpf", "command:label.copy_previous"),
        ("next lab", "command:go.next_labelled"), ("lab next", "command:go.next_labelled"),
        ("vis", "command:label.toggle_visibility"), ("theme", "command:view.theme_dark"),
        ("frame cache", "setting:frame_cache_mb"), ("show runs", "panel:runs"), ("undo", "command:edit.undo"),
        ("prdct", "command:predict.video"), ("ctrl+g", "command:go.to_frame"),
        ("EXPORT", "command:file.export_labels"),
    ],
)  # fmt: skip
def test_a_few_letters_find_it_first(offered: list[Entry], query: str, wanted: str) -> None:
    assert find(offered, query)[0].key == wanted


def test_what_matched_is_marked(offered: list[Entry]) -> None:
    best = find(offered, "cpf")[0]
    assert [best.title[i] for i in best.marks] == ["C", "P", "f"]
    best = find(offered, "left swap")[0]
    assert "".join(best.title[i] for i in best.marks) == "SwapLeft"


def test_nothing_is_found_for_what_is_nothing(offered: list[Entry]) -> None:
    assert find(offered, "zqxj") == [] and find(offered, "undo zqxj") == []


def test_what_was_chosen_lately_comes_first(offered: list[Entry]) -> None:
    used = ["command:help.about", "command:edit.redo", "command:no.more"]
    found = find(offered, "", used)
    assert [e.key for e in found if e.used] == ["command:help.about"], "what cannot be used now is no help"
    assert sum(e.key == "command:help.about" for e in found) == 1
    plain = [e.key for e in find(offered, "frame")]
    after = [e.key for e in find(offered, "frame", ["command:go.last_frame"])]
    assert after.index("command:go.last_frame") < plain.index("command:go.last_frame")


def test_every_command_is_offered_with_its_keys(session: Session, offered: list[Entry]) -> None:
    commands = {e.id: e for e in offered if e.kind == "command"}
    assert set(commands) == set(ROWS) - {"view.palette"}
    session.keymap.add("help.about", "F9")
    again = {e.id: e for e in entries(session, PANELS) if e.kind == "command"}
    assert again["help.about"].keys == ("F9",) and again["label.tool_select"].checked is True


def test_what_is_off_says_why(session: Session, clip: Path) -> None:
    said = lambda name: why_not(ROWS[name], session)  # noqa: E731
    assert said("predict.video") == "nothing is open" and said("help.about") == ""
    session.open(clip)
    assert said("predict.video") == "" and said("edit.redo") == "nothing to redo"
    assert said("label.toggle_visibility") == "select a person first"
    assert said("train.stop_and_keep") == "no training is running"
    assert all(said(name) for name, row in ROWS.items() if not row.enabled(session))


def test_videos_and_other_projects_are_offered(session: Session, clip: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pose"
    other.mkdir()
    session.recent.add(other)
    session.open(clip)
    found = {e.key: e for e in entries(session, PANELS)}
    assert found[f"project:{other}"].title == "other"
    assert f"project:{session.project.path}" not in found, "the open one"
    assert found["video:1"].title == clip.name and found["video:1"].why


def test_a_letter_takes_no_time(offered: list[Entry]) -> None:
    many = offered * 5  # as with hundreds of videos
    took = []
    for query in ("s", "sw", "swap l", "frame", "zz"):
        begin = time.perf_counter()
        find(many, query)
        took.append(time.perf_counter() - begin)
    assert sorted(took)[2] < 0.03, took


def test_used_is_kept_and_may_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "config" / "palette.json"
    used = Used(path)
    for key in ("a", "b", "a"):
        used.note(key)
    assert Used(path).keys == ["a", "b"] and json.loads(path.read_text()) == ["a", "b"]
    path.write_text("{")
    assert Used(path).keys == []
    path.write_text('[1, "x"]')
    assert Used(path).keys == ["x"]
