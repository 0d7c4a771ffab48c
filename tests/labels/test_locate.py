from pathlib import Path

import pytest

from poseapp.labels.locate import find_video, relative_to_project
from tests.labels.material import video_record


@pytest.fixture
def place(tmp_path):
    """A project's folder with a video beside it."""
    folder = tmp_path / "a.pose"
    folder.mkdir()
    (tmp_path / "walk.mp4").write_bytes(b"walk")
    return folder


def content(path: Path) -> str:
    return path.read_bytes().decode()


def record(rel_path="", abs_path="/gone/walk.mp4", **fields):
    from dataclasses import replace

    return replace(video_record(**fields), rel_path=rel_path, abs_path=abs_path)


def test_relative_before_absolute(place, tmp_path):
    other = tmp_path / "other.mp4"
    other.write_bytes(b"x")
    assert find_video(record("../walk.mp4", str(other)), place) == tmp_path / "walk.mp4"
    assert find_video(record("../nothing.mp4", str(other)), place) == other


def test_the_same_name_beside_the_project(place, tmp_path):
    assert find_video(record(), place) == tmp_path / "walk.mp4"
    assert find_video(record(abs_path="C:\\films\\walk.mp4"), place) == tmp_path / "walk.mp4"
    assert find_video(record(abs_path="/gone/run.mp4"), place) is None


def test_another_name_with_the_same_content(place, tmp_path):
    (tmp_path / "walk.mp4").rename(tmp_path / "renamed.mp4")
    (tmp_path / "decoy.mp4").write_bytes(b"decoy")
    assert find_video(record(fingerprint="walk"), place, content) == tmp_path / "renamed.mp4"
    assert find_video(record(fingerprint="walk"), place) is None
    assert find_video(record(fingerprint=""), place, content) is None


def test_the_same_name_with_other_content_is_not_it(place, tmp_path):
    (tmp_path / "walk.mp4").write_bytes(b"another film")
    assert find_video(record(fingerprint="walk"), place, content) is None


def test_folders_of_pictures_are_not_files(place, tmp_path):
    (tmp_path / "pictures").mkdir()
    assert find_video(record(abs_path="/gone/pictures", is_images=True), place) == tmp_path / "pictures"
    assert find_video(record(abs_path="/gone/pictures"), place) is None


def test_unreadable_neighbours_are_passed_over(place, tmp_path):
    def picky(path):
        if path.name == "bad.mp4":
            raise OSError("damaged")
        return content(path)

    (tmp_path / "walk.mp4").rename(tmp_path / "z.mp4")
    (tmp_path / "bad.mp4").write_bytes(b"")
    assert find_video(record(fingerprint="walk"), place, picky) == tmp_path / "z.mp4"


def test_relative_paths_use_forward_slashes(tmp_path):
    assert relative_to_project(tmp_path / "x" / "b.mp4", tmp_path / "a.pose") == "../x/b.mp4"
