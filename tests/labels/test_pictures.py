import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from poseapp.labels import schema
from poseapp.labels.edits import (
    AddInstance,
    AddVideo,
    DeleteInstances,
    MoveKeypoint,
    RelinkVideo,
    RemoveVideo,
)
from poseapp.labels.project import Project, VideoRecord
from tests.labels.material import FOUR, dump, person

NAMES = ("img1.png", "img2.png", "img10.png")


def fill(folder, names=NAMES):
    folder.mkdir()
    for name in names:
        (folder / name).write_bytes(name.encode())
    return folder


def folder_record(folder, count=3):
    return VideoRecord(0, folder.name, "", str(folder), count, 64, 48, 0.0, "", True)


@pytest.fixture
def folder(tmp_path):
    return fill(tmp_path / "pictures")


@pytest.fixture
def project(tmp_path, folder):
    """A person on each picture: 0 on img1, 100 on img2, 200 on img10; closed."""
    with Project.create(tmp_path / "p.pose", FOUR) as made:
        made.push(AddVideo(folder_record(folder)))
        for frame_idx in range(3):
            made.push(AddInstance(1, frame_idx, person(100 * frame_idx)))
    return made.path


def labels(project):
    """First coordinate of the person on each picture, by the picture's name."""
    names = project.picture_names(1)
    return {names[frame]: people[0].points[0, 0] for _, frame, people in project.iter_frames(1)}


WANTED = {"img1.png": 0, "img2.png": 100, "img10.png": 200}


def test_pictures_have_their_names_and_order(project, folder):
    with Project.open(project) as opened:
        assert opened.picture_names(1) == list(NAMES) and labels(opened) == WANTED
        assert opened.check_video(1) is None
        opened.push(RemoveVideo(1))
        assert opened.picture_names(1) is None
        opened.undo()
        assert opened.picture_names(1) == list(NAMES)


def test_labels_stay_on_their_pictures_when_one_is_added(project, folder):
    (folder / "img0.png").write_bytes(b"new")
    with Project.open(project) as opened:
        assert opened.picture_names(1) == ["img0.png", *NAMES]
        assert labels(opened) == WANTED and opened.labelled_frames(1).tolist() == [1, 2, 3]
        assert opened.video(1).num_frames == 4 and opened.check_video(1) is None
        opened.push(AddInstance(1, 0, person(7)))
        assert labels(opened) == WANTED | {"img0.png": 7}


def test_undo_over_it_stays_on_the_right_pictures(project, folder):
    with Project.open(project) as opened:
        number = opened.instances(1, 1)[0].id
        opened.push(MoveKeypoint(number, 0, 55, 56))
        opened.push(DeleteInstances(ids=[number]))
    (folder / "img0.png").write_bytes(b"new")
    (folder / "img1.png").unlink()
    with Project.open(project) as opened:
        opened.undo()
        assert labels(opened)["img2.png"] == 55
        opened.undo()
        assert labels(opened) == WANTED
        while opened.undo():
            pass
        assert dump(opened)["instance"] == []
        while opened.redo():
            pass
        assert labels(opened) == {"img1.png": 0, "img10.png": 200}
        assert opened.picture_names(1) == ["img0.png", "img2.png", "img10.png", "img1.png"]


def test_labels_of_a_picture_that_is_gone_wait_for_it(project, folder):
    (folder / "img1.png").rename(folder.parent / "away.png")
    with Project.open(project) as opened:
        assert labels(opened) == WANTED and opened.instances(1, 0)[0].points[0, 0] == 100
        assert opened.video(1).num_frames == 2
        problem = opened.check_video(1)
        assert problem.startswith("1 labelled picture of 'pictures' not there any more (img1.png)")
    (folder.parent / "away.png").rename(folder / "img1.png")
    with Project.open(project) as opened:
        assert opened.picture_names(1) == list(NAMES) and labels(opened) == WANTED
        assert opened.check_video(1) is None


def test_who_may_not_write_is_told(project, folder):
    (folder / "img0.png").write_bytes(b"new")
    with Project.open(project, read_only=True) as opened:
        assert "came or went" in opened.check_video(1) and labels(opened) == WANTED


def test_all_renamed_is_told_and_relinking_says_that_it_is_right(project, folder):
    for name in NAMES:
        (folder / name).rename(folder / f"x{name}")
    with Project.open(project) as opened:
        assert "None of the pictures" in opened.check_video(1) and labels(opened) == WANTED
        opened.push(RelinkVideo(1, folder))
        assert opened.check_video(1) is None
        assert labels(opened) == {f"x{name}": value for name, value in WANTED.items()}
        opened.undo()
        assert "None of the pictures" in opened.check_video(1)


def test_relinking_to_another_selection_follows_by_name(project, tmp_path):
    other = fill(tmp_path / "other", ("img2.png", "img3.png", "img10.png"))
    with Project.open(project) as opened:
        told = []
        opened.changed.connect(told.append)
        opened.push(RelinkVideo(1, other))
        assert labels(opened) == WANTED and opened.labelled_frames(1).tolist() == [0, 2, 3]
        assert told[-1].topics >= {"labels", "videos"} and told[-1].frame_idx is None
        opened.undo()
        assert labels(opened) == WANTED and opened.picture_names(1)[:3] == list(NAMES)


def test_a_folder_that_is_not_there_changes_nothing(project, folder):
    folder.rename(folder.parent / "elsewhere")
    with Project.open(project) as opened:
        assert labels(opened) == WANTED and opened.check_video(1) is None


def make_version_1(path, folder):
    """A project as the first release wrote it."""
    path.mkdir()
    with closing(sqlite3.connect(path / "project.db")) as db:
        db.executescript(schema.MIGRATIONS[0])
        db.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        db.execute("PRAGMA user_version = 1")
        db.execute("INSERT INTO skeleton VALUES (1, ?)", (json.dumps(FOUR.to_dict()),))
        values = (1, "pictures", "", str(folder), 3, 64, 48, 0.0, "", 1)
        db.execute(f"INSERT INTO video VALUES ({', '.join('?' * 10)})", values)
        one = person()
        arrays = one.points.tobytes(), one.visibility.tobytes()
        values = (1, 1, 1, *arrays, None, None, "user", None, None, None)
        db.execute(f"INSERT INTO instance VALUES ({', '.join('?' * 11)})", values)
        db.commit()


def test_an_older_project_notes_the_names_on_opening(tmp_path, folder):
    make_version_1(tmp_path / "old.pose", folder)
    with Project.open(tmp_path / "old.pose") as opened:
        assert opened.picture_names(1) == list(NAMES) and opened.check_video(1) is None
        assert labels(opened) == {"img2.png": 0}
    assert (tmp_path / "old.pose" / "project.db.v1").is_file()
    (folder / "img0.png").write_bytes(b"new")
    with Project.open(tmp_path / "old.pose") as opened:
        assert labels(opened) == {"img2.png": 0}


def test_an_older_project_whose_folder_changed_is_told(tmp_path, folder):
    make_version_1(tmp_path / "old.pose", folder)
    (folder / "img0.png").write_bytes(b"new")
    with Project.open(tmp_path / "old.pose") as opened:
        assert opened.picture_names(1) is None
        assert "4 pictures but had 3" in opened.check_video(1)


def test_a_replaced_video_is_told(tmp_path):
    video = tmp_path / "walk.mp4"
    video.write_bytes(b"walk")
    record = VideoRecord(0, "walk.mp4", "", str(video), 9, 64, 48, 25.0, "walk")
    with Project.create(tmp_path / "p.pose", FOUR) as project:
        project.push(AddVideo(record))
        video.write_bytes(b"run")
        assert project.check_video(1) is None
        project.fingerprint_of = Path.read_text
        problem = project.check_video(1)
        assert "another than the one that was labelled" in problem and "\n" not in problem
        project.push(RelinkVideo(1, video, "run"))
        assert project.check_video(1) is None
        video.unlink()
        assert project.check_video(project.video(1)) is None
