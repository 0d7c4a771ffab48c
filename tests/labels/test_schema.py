import sqlite3
from contextlib import closing

import pytest

from poseapp.errors import ProjectError
from poseapp.labels import schema
from poseapp.labels.edits import AddInstance
from poseapp.labels.project import Project
from tests.labels.material import dump, person


def test_a_project_says_what_it_is_and_commits_to_the_disk(project):
    def pragma(name):
        return project._db.execute(f"PRAGMA {name}").fetchone()[0]

    assert pragma("application_id") == schema.APPLICATION_ID
    assert pragma("user_version") == len(schema.MIGRATIONS)
    assert pragma("journal_mode") == "wal" and pragma("synchronous") == 2


def test_every_edited_table_has_a_log_with_the_same_columns(project):
    for table, columns in schema.TABLES.items():
        names = [row[1] for row in project._db.execute(f"PRAGMA table_info({table})")]
        log = [row[1] for row in project._db.execute(f"PRAGMA table_info({table}_log)")]
        assert tuple(names) == columns
        assert log == ["edit_id", "after", "present", *names]


def test_a_newer_project_is_refused_untouched(project):
    project.close()
    with closing(sqlite3.connect(project.path / "project.db")) as db:
        db.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}")
    for read_only in (False, True):
        with pytest.raises(ProjectError, match="newer version"):
            Project.open(project.path, read_only=read_only)


def test_an_older_project_is_migrated_and_kept(project, monkeypatch):
    project.push(AddInstance(1, 3, person()))
    before = dump(project)
    project.close()
    newer = (*schema.MIGRATIONS, "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)")
    monkeypatch.setattr(schema, "MIGRATIONS", newer)
    with pytest.raises(ProjectError, match="older program"):
        Project.open(project.path, read_only=True)
    with Project.open(project.path) as migrated:
        assert dump(migrated) == before
        assert migrated._db.execute("SELECT COUNT(*) FROM note").fetchone() == (0,)
        assert migrated._db.execute("PRAGMA user_version").fetchone() == (len(newer),)
        assert migrated.undo() == "Add person"
    monkeypatch.undo()
    with closing(sqlite3.connect(project.path / f"project.db.v{len(schema.MIGRATIONS)}")) as kept:
        assert kept.execute("SELECT COUNT(*) FROM instance").fetchone() == (1,)


def test_a_migration_that_fails_changes_nothing(project, monkeypatch):
    project.close()
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, "CREATE TABLE note (id); SELECT nonsense"))
    with pytest.raises(ProjectError, match="nonsense"):
        Project.open(project.path)
    monkeypatch.undo()
    with Project.open(project.path) as again:
        assert again.videos and not again.read_only
        assert again._db.execute("SELECT name FROM sqlite_master WHERE name = 'note'").fetchone() is None
