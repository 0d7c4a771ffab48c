"""Packs: a project as one file, and back; what is done to it there comes home by merging."""

import json
import zipfile

import cv2
import numpy as np
import pytest

from poseapp import api
from poseapp.errors import ProjectError
from poseapp.labels.edits import AddInstance, AddVideo, MoveKeypoint
from poseapp.labels.instance import Instance
from poseapp.labels.project import Project
from poseapp.labels.skeleton import Skeleton
from poseapp.video import VideoWriter, open_video

MARK = Skeleton("mark", ("left_end", "middle", "right_end"), ((0, 1), (1, 2)), ((0, 2),))
FRAMES = (2, 5, 11)


def mark(at):
    return Instance(np.array([[at, 5.0], [at + 3.25, 9.0], [at + 7.0, 5.0]]), track_id=1)


@pytest.fixture
def project(tmp_path):
    """Labels in a film (frames 2, 5 and 11) and in a folder of pictures (its last)."""
    with VideoWriter(tmp_path / "film.mp4", 25.0, 64, 48) as writer:
        for k in range(12):
            writer.write(np.full((48, 64, 3), 20 * k, np.uint8))
    folder = tmp_path / "pictures"
    folder.mkdir()
    for k in range(3):
        cv2.imwrite(str(folder / f"shot {k}.png"), np.full((30, 40, 3), 50 * k, np.uint8))
    with Project.create(tmp_path / "walk.pose", MARK) as made:
        for path in (tmp_path / "film.mp4", folder):
            made.push(AddVideo(api.record_of_video(path)))
        for frame in FRAMES:
            made.push(AddInstance(1, frame, mark(frame)))
        made.push(AddInstance(2, 2, mark(8.0)))
    return tmp_path / "walk.pose"


def test_labelled_pictures_go_and_come_back(project, tmp_path):
    done = api.pack(project, tmp_path / "sent")
    assert done.out.name == "sent.posepack" and (done.videos, done.frames) == (2, 4)
    assert done.left_out == done.warnings == []
    there = tmp_path / "elsewhere"
    there.mkdir()
    sent = done.out.rename(there / "sent.posepack")
    unpacked = api.unpack(sent)
    assert unpacked.project == there / "sent.pose" and unpacked.frames == 4
    with api.open_project(unpacked.project) as opened, open_video(tmp_path / "film.mp4") as film:
        first, second = opened.videos
        assert [first.num_frames, second.num_frames] == [3, 1] and first.is_images
        place = opened.resolve(first)
        assert place is not None and place.is_relative_to(unpacked.project)
        with open_video(place) as pictures:
            for number, frame in enumerate(FRAMES):
                assert (pictures[number] == film[frame]).all()
                assert opened.instances(1, number)[0].points.tolist() == mark(frame).points.tolist()
        assert opened.check_video(first) is None
        moved = opened.instances(1, 1)[0]
        opened.push(MoveKeypoint(moved.id, 0, 1.5, 2.5))
        opened.push(AddInstance(2, 0, mark(30.0)))
    merged = api.merge(project, unpacked.project)
    assert (merged.added, merged.changed, merged.conflicts) == (1, 1, []) and merged.common_past
    with api.open_project(project) as opened:
        assert opened.instances(1, 5)[0].points[0].tolist() == [1.5, 2.5]
        assert len(opened.instances(2, 2)) == 2 and len(opened.videos) == 2


def test_whole_videos_go_with_the_history(project, tmp_path):
    done = api.pack(project, tmp_path / "whole", content="videos")
    (tmp_path / "there").mkdir()
    unpacked = api.unpack(done.out, tmp_path / "there" / "x.pose")
    (tmp_path / "film.mp4").unlink()
    with api.open_project(unpacked.project) as opened, open_video(opened.resolve(1)) as film:
        assert len(film) == 12 and opened.labelled_frames(1).tolist() == list(FRAMES)
        assert opened.undo() == "Add person"


def test_a_missing_video_is_named(project, tmp_path):
    (tmp_path / "film.mp4").unlink()
    done = api.pack(project, tmp_path / "sent")
    assert done.left_out == ["film.mp4"] and "3 labelled frames" in done.warnings[0]
    assert api.unpack(done.out).frames == 1


def test_nothing_is_left_behind_where_it_fails(project, tmp_path):
    done = api.pack(project, tmp_path / "sent")
    before = {path.name for path in tmp_path.iterdir()}
    with pytest.raises(ProjectError, match="exists already"):
        api.unpack(done.out, project)
    data = done.out.read_bytes()
    (tmp_path / "cut.posepack").write_bytes(data[: len(data) // 2])
    with pytest.raises(ProjectError, match="Cannot unpack"):
        api.unpack(tmp_path / "cut.posepack")
    with pytest.raises(ProjectError, match="nothing to pack"):
        with Project.create(tmp_path / "empty.pose", MARK):
            pass
        api.pack(tmp_path / "empty.pose", tmp_path / "empty.posepack")
    left = {path.name for path in tmp_path.iterdir()} - before
    assert left == {"cut.posepack", "empty.pose"}


EVIL = {
    "../outside.txt": "does not belong",
    "pictures/a/../../../b.png": "does not belong",
    "/etc/evil": "does not belong",
    "videos/..\\up.mp4": "does not belong",
    "run.py": "does not belong",
}


@pytest.mark.parametrize("name", EVIL)
def test_nothing_leaves_the_folder(project, tmp_path, name):
    good = api.pack(project, tmp_path / "sent").out
    bad = tmp_path / "bad.posepack"
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as target:
        for member in source.infolist():
            target.writestr(member.filename, source.read(member))
        target.writestr(name, b"x")
    with pytest.raises(ProjectError, match=EVIL[name]):
        api.unpack(bad)
    assert not (tmp_path / "bad.pose").exists() and not (tmp_path / "outside.txt").exists()


def test_what_is_no_pack_is_refused(tmp_path):
    other = tmp_path / "a.posepack"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(ProjectError, match="no pack"):
        api.unpack(other)
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("pack.json", json.dumps({"program": "poseapp", "version": 99}))
    with pytest.raises(ProjectError, match="newer version"):
        api.unpack(other)
    with zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("pack.json", json.dumps({"program": "poseapp", "version": 1}))
        archive.writestr("project.db", b"\0" * 50_000_000)
    with pytest.raises(ProjectError, match=r"without measure|Cannot|not"):
        api.unpack(other)
    with pytest.raises(ProjectError, match="Cannot unpack"):
        api.unpack(tmp_path / "absent.posepack")
