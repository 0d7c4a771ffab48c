import json
import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing

import numpy as np
import pytest

from poseapp.errors import ProjectError
from poseapp.labels import schema
from poseapp.labels.edits import AddInstance, AddVideo, DeleteInstances, ImportInstances, MoveKeypoint
from poseapp.labels.lock import FileLock
from poseapp.labels.project import Change, Project
from poseapp.labels.skeleton import load_skeleton
from tests.labels.material import FOUR, dump, person, video_record


def test_create_makes_the_folders(tmp_path):
    with Project.create(tmp_path / "new" / "a.pose", FOUR) as project:
        assert project.skeleton == FOUR and project.videos == [] and not project.read_only
        assert project.counts() == {"videos": 0, "labelled_frames": 0, "instances": 0}
        assert all(
            folder.is_dir() for folder in (project.predictions_dir, project.runs_dir, project.cache_dir)
        )
        assert (project.undo_text, project.redo_text, project.undo(), project.redo()) == (None,) * 4


def test_create_does_not_touch_what_is_there(tmp_path):
    (tmp_path / "precious.txt").write_text("x")
    with pytest.raises(ProjectError, match="not empty"):
        Project.create(tmp_path, FOUR)
    assert os.listdir(tmp_path) == ["precious.txt"]
    with pytest.raises(ProjectError, match="Cannot make"):
        Project.create(tmp_path / "precious.txt" / "a.pose", FOUR)


CREATE_ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
from poseapp.errors import ProjectError
from poseapp.labels import schema
from poseapp.labels.project import Project
from poseapp.labels.skeleton import load_skeleton
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    Project.create(sys.argv[1], load_skeleton("coco17"))
except ProjectError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits are those of POSIX")
@pytest.mark.parametrize("limit", [0, 100, 4096, 8192, 40_000, 70_000])
def test_making_a_project_on_a_full_disk_leaves_nothing(tmp_path, limit):
    command = [sys.executable, "-c", CREATE_ON_A_FULL_DISK, str(tmp_path / "a.pose"), str(limit)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    if done.stdout:
        assert "Cannot" in done.stdout and done.stdout.count("\n") == 1
        assert os.listdir(tmp_path) == []
    else:
        assert limit >= 40_000 and (tmp_path / "a.pose" / "project.db").is_file()


def test_a_project_without_its_tables_is_one_line_and_stays_unlocked(project):
    project.close()
    with closing(sqlite3.connect(project.path / "project.db")) as db:
        db.execute("DROP TABLE skeleton")
    for _ in range(2):
        with pytest.raises(ProjectError, match="damaged or no project: 'skeleton' is not") as caught:
            Project.open(project.path)
        assert "\n" not in str(caught.value)
    lock = FileLock(project.path / "lock")
    assert lock.acquire() == ""
    lock.release()


@pytest.mark.parametrize("read_only", [False, True])
def test_a_locked_project_is_never_taken_for_unchanging(project, monkeypatch, read_only):
    project.close()
    monkeypatch.setattr(schema, "_TIMEOUT_S", 0.05)
    with closing(sqlite3.connect(project.path / "project.db", isolation_level=None)) as holder:
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(ProjectError, match="is in use.*locked"):
            Project.open(project.path, read_only=read_only)


def test_everything_is_there_after_reopening(project):
    project.push(AddInstance(1, 3, person()))
    project.set_setting("zoom", {"x": 1.5})
    before = dump(project)
    project.close()
    with Project.open(project.path) as again:
        assert dump(again) == before and again.skeleton == FOUR
        assert again.setting("zoom") == {"x": 1.5} and again.setting("none", 7) == 7
        assert again.undo() == "Add person" and again.undo() == "Add video walk.mp4" and again.undo() is None
        assert again.redo_text == "Add video walk.mp4"
    with Project.open(project.path / "project.db") as again:
        assert again.redo() == "Add video walk.mp4" and again.redo() == "Add person"
        assert dump(again) == before


def test_history_lists_newest_first(project):
    project.push(AddInstance(1, 3, person()))
    project.undo()
    assert [(e.text, e.undone) for e in project.history()] == [
        ("Add person", True),
        ("Add video walk.mp4", False),
    ]
    assert len(project.history(1)) == 1


def test_a_new_edit_drops_what_could_be_redone(project):
    project.push(AddInstance(1, 3, person()))
    project.undo()
    project.push(AddInstance(1, 4, person()))
    assert project.redo_text is None and project.redo() is None
    assert [e.text for e in project.history()] == ["Add person", "Add video walk.mp4"]
    for table in ("video_log", "instance_log"):
        edits = {row[0] for row in project._db.execute(f"SELECT edit_id FROM {table}")}
        assert edits <= {e.id for e in project.history()}


def test_changes_are_announced(project):
    seen: list[Change] = []
    project.changed.connect(seen.append)
    project.push(AddInstance(1, 3, person()))
    project.undo()
    project.push(ImportInstances([(1, 3, person()), (1, 4, person())]))
    project.push(AddVideo(video_record("b.mp4")))
    project.set_setting("a", 1)
    assert [(c.video_id, c.frame_idx, c.text) for c in seen] == [
        (1, 3, "Add person"),
        (1, 3, "Undo: Add person"),
        (1, None, "Import 2 people"),
        (None, None, "Add video b.mp4"),
        (None, None, "a"),
    ]
    assert seen[0].topics == {"labels", "history"} and seen[3].topics == {"videos", "history"}
    assert seen[4].topics == {"settings"}


def test_labelled_frames_follow_each_edit(project):
    assert project.labelled_frames(1).dtype == np.int64
    for frame_idx in (50, 2, 50, 7):
        project.push(AddInstance(1, frame_idx, person()))
    assert project.labelled_frames(1).tolist() == [2, 7, 50]
    project.push(DeleteInstances(ids=[1]))
    assert project.labelled_frames(1).tolist() == [2, 7, 50]
    project.push(DeleteInstances(ids=[3]))
    assert project.labelled_frames(1).tolist() == [2, 7]
    assert project.counts(1) == {"videos": 1, "labelled_frames": 2, "instances": 2}
    project.undo()
    assert project.labelled_frames(1).tolist() == [2, 7, 50]
    project.push(ImportInstances((1, k, person(1)) for k in range(0, 100, 2)))
    assert len(project.labelled_frames(1)) == 51 and project.counts()["instances"] == 53
    with Project.open(project.path, read_only=True) as fresh:
        assert fresh.labelled_frames(1).tolist() == project.labelled_frames(1).tolist()


def test_iter_frames_over_pages_and_videos(project):
    (other,) = project.push(AddVideo(video_record("b.mp4", num_frames=2000)))
    project.push(ImportInstances((other, k, person(k)) for k in reversed(range(1203))))
    project.push(ImportInstances((1, 5, person(k)) for k in range(3)))
    frames = list(project.iter_frames())
    assert [f[:2] for f in frames] == [(1, 5)] + [(other, k) for k in range(1203)]
    assert [len(f[2]) for f in frames[:2]] == [3, 1]
    assert frames[700][2][0].points[0, 0] == frames[700][1]
    assert len(list(project.iter_frames(other))) == 1203 and len(list(project.iter_frames(1))) == 1
    assert list(project.iter_frames(99)) == []


def test_a_second_opener_reads_along(project):
    with Project.open(project.path) as second:
        assert second.read_only and f"open elsewhere (process {os.getpid()})" in second.read_only_reason
        assert second.counts()["instances"] == 0
        project.push(AddInstance(1, 3, person()))
        assert second.counts()["instances"] == 1 and len(second.instances(1, 3)) == 1
        for change in (second.undo, lambda: second.push(DeleteInstances(everything=True)),
                       lambda: second.set_setting("a", 1)):  # fmt: skip
            with pytest.raises(ProjectError, match="open elsewhere"):
                change()
    assert project.push(AddInstance(1, 4, person()))
    project.close()
    with Project.open(project.path) as third:
        assert not third.read_only and third.read_only_reason == ""


def test_the_lock_of_a_killed_process_does_not_block(project):
    project.close()
    code = (
        "import os, signal, sys; from poseapp.labels.project import Project; p = Project.open(sys.argv[1]); "
        "print(p.read_only, flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(project.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() == "False\n"
        with Project.open(project.path) as blocked:
            assert f"process {child.pid}" in blocked.read_only_reason
        child.kill()
        child.wait()
    with Project.open(project.path) as free:
        assert not free.read_only


def test_read_only_on_request_leaves_the_lock_free(project):
    project.close()
    with Project.open(project.path, read_only=True) as reader, Project.open(project.path) as writer:
        assert reader.read_only and not writer.read_only
        writer.push(AddInstance(1, 0, person()))
        assert reader.counts()["instances"] == 1


def test_what_is_no_project(tmp_path):
    with pytest.raises(ProjectError, match="There is no project"):
        Project.open(tmp_path)
    assert os.listdir(tmp_path) == []
    (tmp_path / "project.db").write_bytes(b"this is not a database, but long enough to look like one" * 50)
    with pytest.raises(ProjectError, match="no project") as caught:
        Project.open(tmp_path)
    assert "\n" not in str(caught.value)


def test_another_programs_database_is_refused(tmp_path):
    with sqlite3.connect(tmp_path / "project.db") as db:
        db.execute("CREATE TABLE photos (id)")
    before = (tmp_path / "project.db").read_bytes()
    with pytest.raises(ProjectError, match="another program"):
        Project.open(tmp_path)
    assert (tmp_path / "project.db").read_bytes() == before


def test_a_closed_project_says_so(project):
    project.close()
    project.close()
    with pytest.raises(ProjectError, match="Cannot read"):
        _ = project.videos
    with pytest.raises(ProjectError, match="not kept"):
        project.push(AddInstance(1, 0, person()))


def test_many_threads_at_once(project):
    errors = []

    def work(start):
        try:
            for k in range(20):
                (number,) = project.push(AddInstance(1, start + k, person()))
                project.push(MoveKeypoint(number, 0, k, k))
                project.instances(1, k)
        except Exception as error:  # noqa: BLE001 - handed to the test below
            errors.append(error)

    threads = [threading.Thread(target=work, args=(20 * k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == [] and project.counts()["instances"] == 80 and len(project.history(1000)) == 161


def test_snapshot_is_a_still_copy(project, tmp_path):
    project.push(AddInstance(1, 3, person(extra={"area": 2})))
    project.set_setting("a", 1)
    before = dump(project)
    target = tmp_path / "run" / "labels.db"
    target.parent.mkdir()
    for _ in range(2):
        project.snapshot(target)
    project.push(DeleteInstances(everything=True))
    assert os.listdir(target.parent) == ["labels.db"]
    with Project.open(target) as copy:
        assert copy.read_only and copy.path == project.path and copy.setting("a") == 1
        assert dump(copy) == before and copy.history() == []
        assert len(copy.instances(1, 3)) == 1
        copy.snapshot(target.with_name("again.db"))
    with pytest.raises(ProjectError, match="Cannot write the snapshot"):
        project.snapshot(tmp_path / "nowhere" / "labels.db")


def test_a_project_can_be_moved(project, tmp_path):
    (tmp_path / "walk.mp4").write_bytes(b"x")
    project.push(AddVideo(video_record("walk.mp4")))
    project.close()
    new = tmp_path / "elsewhere"
    new.mkdir()
    os.rename(project.path, new / "a.pose")
    with Project.open(new / "a.pose") as moved:
        assert moved.counts()["videos"] == 2 and moved.predictions_dir == new / "a.pose" / "predictions"


def test_the_shipped_skeleton_survives(tmp_path):
    with Project.create(tmp_path / "p", load_skeleton("halpe26")) as project:
        assert project.skeleton == load_skeleton("halpe26")
        assert (
            json.loads(project._db.execute("SELECT definition FROM skeleton").fetchone()[0])["name"]
            == "halpe26"
        )


def test_a_full_disk_loses_nothing(project):
    project.push(AddInstance(1, 3, person()))
    before = dump(project)
    pages = project._db.execute("PRAGMA page_count").fetchone()[0]
    project._db.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(ProjectError, match="not kept.*full"):
        project.push(ImportInstances((1, k % 100, person()) for k in range(2000)))
    assert dump(project) == before and project.undo_text == "Add person"
