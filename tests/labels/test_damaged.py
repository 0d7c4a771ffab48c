"""Project files that another hand or a bad disk has changed: one line, and nothing of theirs runs."""

import sqlite3
from contextlib import closing

import pytest

from poseapp.errors import ProjectError
from poseapp.labels.edits import AddInstance, MoveKeypoint
from poseapp.labels.project import Project
from tests.labels.material import person


@pytest.fixture
def path(project):
    """A closed project with a person in frame 3 of video 1."""
    project.push(AddInstance(1, 3, person()))
    project.close()
    return project.path


def change(path, statements):
    with closing(sqlite3.connect(path / "project.db", isolation_level=None)) as db:
        db.executescript(statements)


@pytest.mark.parametrize(
    ("statements", "name"),
    [
        ("CREATE TRIGGER evil AFTER INSERT ON instance BEGIN DELETE FROM instance; END", "evil"),
        ("CREATE VIEW more AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n", "more"),
        ("ALTER TABLE instance RENAME TO old; CREATE VIEW instance AS SELECT * FROM old", "instance"),
        ("ALTER TABLE video ADD COLUMN more TEXT", "video"),
        ("DROP INDEX instance_by_frame", "instance_by_frame"),
        ("DROP TABLE instance_log", "instance_log"),
    ],
)  # fmt: skip
def test_tables_of_others_are_refused_before_they_can_do_anything(path, statements, name):
    change(path, statements)
    with pytest.raises(ProjectError, match=f"damaged or no project: '{name}' is not as the program made it"):
        Project.open(path)
    # And the lock is given back.
    with pytest.raises(ProjectError, match="as the program made it"):
        Project.open(path, read_only=True)


@pytest.mark.parametrize(
    "value", ["points = x'00'", "visibility = 'text'", "box = x'0102'", "extra = '[1'", "extra = '[]'",
              "source = x'00'", "track_id = 'x'", "score = 'high'", "points = zeroblob(48), visibility = zeroblob(3)"],
)  # fmt: skip
def test_a_damaged_person_is_one_line_and_the_others_can_be_worked_on(path, value):
    with Project.open(path) as project:
        (other,) = project.push(AddInstance(1, 4, person()))
    change(path, f"UPDATE instance SET {value} WHERE frame_idx = 3")
    with Project.open(path) as project:
        with pytest.raises(ProjectError, match="Person number 1 is damaged .*restore it from a copy"):
            project.instances(1, 3)
        with pytest.raises(ProjectError, match="Person number 1 is damaged"):
            list(project.iter_frames())
        project.push(MoveKeypoint(other, 0, 5.0, 6.0))
        assert project.instances(1, 4)[0].points[0].tolist() == [5.0, 6.0]


@pytest.mark.parametrize("value", ["'[1'", "'[]'", "7", "x'ff'", "'{}'", '\'{"name": 3, "keypoints": []}\''])
def test_a_damaged_skeleton_is_one_line(path, value):
    change(path, f"UPDATE skeleton SET definition = {value}")
    with pytest.raises(ProjectError, match="The skeleton is damaged"):
        Project.open(path)


@pytest.mark.parametrize(
    "value", ["num_frames = -1", "num_frames = 'x'", "width = 1e300", "name = x'00'", "fps = 'x'"]
)
def test_a_damaged_video_is_one_line(path, value):
    change(path, f"UPDATE video SET {value}")
    with pytest.raises(ProjectError, match="Video number 1 is damaged"), Project.open(path) as project:
        _ = project.videos


def test_damaged_settings_count_as_not_there(path):
    change(path, "INSERT INTO setting VALUES ('a', '[1'), ('b', x'ff')")
    with Project.open(path) as project:
        assert project.setting("a", 3) == 3 and project.setting("b", "x") == "x"


def test_a_value_of_gigabytes_is_refused_and_not_read(path):
    change(path, "UPDATE instance SET points = zeroblob(135000000)")
    with Project.open(path) as project, pytest.raises(ProjectError, match="too big"):
        project.instances(1, 3)


def test_a_damaged_history_is_still_a_list(path):
    change(path, "UPDATE history SET time = 'soon', text = x'00ff'")
    with Project.open(path) as project:
        assert [entry.time for entry in project.history()] == [0.0, 0.0]


def test_clocks_that_jump_do_not_change_the_order_of_edits(path, monkeypatch):
    times = iter([4e9, 1.0, 2e9, 0.0])
    monkeypatch.setattr("poseapp.labels.history.time.time", lambda: next(times))
    with Project.open(path) as project:
        for x in range(3):
            project.push(MoveKeypoint(1, 0, float(x), 0.0))
        assert [entry.time for entry in project.history(3)] == [2e9, 1.0, 4e9]
        project.undo()
        assert project.instances(1, 3)[0].points[0, 0] == 1.0
        project.push(MoveKeypoint(1, 0, 9.0, 0.0))
        project.undo()
        project.undo()
        assert project.instances(1, 3)[0].points[0, 0] == 0.0


def test_a_definition_that_is_no_text_is_one_line(path):
    change(
        path,
        "PRAGMA writable_schema = 1; UPDATE sqlite_master SET sql = sql || CAST(x'd0' AS TEXT) WHERE name = 'frame_log'",
    )
    for read_only in (False, True):
        with pytest.raises(ProjectError, match="damaged or no project"):
            Project.open(path, read_only=read_only)
