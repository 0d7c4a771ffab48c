"""What a drop will do is said before; what cannot be taken is named with its reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from poseapp.app.dropping import plan
from poseapp.app.session import Session
from poseapp.labels.project import Project


@pytest.fixture
def things(tmp_path: Path) -> dict[str, Path]:
    """One of each kind; a drop is told by names and folders alone."""
    folder = tmp_path / "things"
    found = {
        name: folder / name
        for name in ("a.mp4", "b.MOV", "labels.json", "points.csv", "notes.txt", "one.jpg")
    }
    folder.mkdir()
    for path in found.values():
        path.write_bytes(b"")
    for name, inside in (("pictures", "1.png"), ("empty", "read.me")):
        found[name] = folder / name
        found[name].mkdir()
        (found[name] / inside).write_bytes(b"")
    found["p.pose"] = folder / "p.pose"
    found["p.pose"].mkdir()
    found["gone.mp4"] = folder / "gone.mp4"
    return found


@pytest.mark.parametrize(
    ("names", "text", "refused"),
    [
        (["a.mp4"], "Open a.mp4", []),
        (["a.mp4", "b.MOV", "pictures"], "Open 3 videos", []),
        (["p.pose"], "Open p.pose", []),
        (["p.pose", "a.mp4", "labels.json"], "Open p.pose, add a.mp4, import labels from labels.json", []),
        (["a.mp4", "labels.json", "points.csv"], "Open a.mp4, import 2 label files", []),
        (["labels.json"], "", ["labels.json: open the project or video it belongs to first"]),
        (["notes.txt"], "", ["notes.txt: neither a video, a project nor a label file"]),
        (["one.jpg"], "", ["one.jpg: drop the folder of the pictures, it counts as a video"]),
        (["empty"], "", ["empty: there are no pictures in this folder"]),
        (["gone.mp4", "a.mp4"], "Open a.mp4", ["gone.mp4: it is not there"]),
        (["p.pose", "p.pose"], "Open p.pose", ["p.pose: one project at a time"]),
    ],
)
def test_with_nothing_open(session: Session, things: dict[str, Path], names: list[str], text: str,
                           refused: list[str]) -> None:  # fmt: skip
    drop = plan(session, [things[name] for name in names])
    assert drop.text == text and list(drop.refused) == refused


def test_with_a_project_open(session: Session, clip: Path, things: dict[str, Path]) -> None:
    session.open(clip)
    assert plan(session, [things["a.mp4"]]).text == "Add a.mp4"
    drop = plan(session, [things["a.mp4"], things["pictures"], things["labels.json"]])
    assert drop.text == "Add 2 videos, import labels from labels.json"
    assert drop.videos == (things["a.mp4"], things["pictures"]) and drop.labels == (things["labels.json"],)


def test_a_read_only_project_takes_nothing(session: Session, clip: Path, things: dict[str, Path]) -> None:
    session.open(clip)
    path = session.project.path
    session.close()
    with Project.open(path):
        session.open(path)
        assert session.read_only
        drop = plan(session, [things["labels.json"], things["a.mp4"]])
        assert drop.text == "Open a.mp4" and drop.refused == ("labels.json: the project is read-only",)
