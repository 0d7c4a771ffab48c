"""A small real video, its project, and a session on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from poseapp.app.recent import RecentFiles
from poseapp.app.session import Session
from tests.app.material import coco_settings, write_clip


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """24 frames of 160 x 120 in a folder of its own."""
    folder = tmp_path / "clips"
    folder.mkdir()
    return write_clip(folder / "walk.mp4")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A session with its own settings and recent list, nothing open."""
    made = Session(coco_settings(), RecentFiles(tmp_path / "recent.json"))
    yield made
    made.close()


@pytest.fixture
def opened(session: Session, clip: Path) -> Session:
    """The session with the clip open."""
    session.open(clip)
    return session
