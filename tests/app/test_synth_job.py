"""Data sets drawn by a job that belongs to no project."""

import time
from pathlib import Path

import pytest

from poseapp.app.commands import open_data_set
from poseapp.app.data_sets import labels_of, next_place, project_of
from poseapp.app.recent import RecentFiles
from poseapp.app.run_states import RunState
from poseapp.app.session import Session
from poseapp.app.settings import Settings
from poseapp.errors import SynthError
from poseapp.jobs import RunFolder
from poseapp.labels.project import Project
from poseapp.synth.body.model import load_body

ROOT = Path(__file__).resolve().parents[2]
SMALL = {
    "width": 64, "height": 64, "max_people": 1, "clutter": 0.0, "props": 0.0, "shadows": False,
    "dense": False,
}  # fmt: skip


@pytest.fixture(autouse=True)
def body(monkeypatch: pytest.MonkeyPatch) -> None:
    """The body model of the checkout, built where it is not there yet."""
    monkeypatch.setenv("POSEAPP_BODY_DIR", str(ROOT / ".body"))
    load_body()


def poll_until(session: Session, run: RunState, state: str, done: int = 0) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        session.poll_runs()
        if run.state == state and (run.progress or {}).get("done", 0) >= done:
            return
        time.sleep(0.05)
    raise AssertionError((run.state, run.error, run.progress))


def test_a_job_without_a_project_is_cancelled_found_again_and_gone_on_with(tmp_path: Path) -> None:
    session, said = Session(Settings(), RecentFiles()), []
    session.message.connect(said.append)
    out = tmp_path / "people"
    session.start_synthesis(out, count=12, seed=1, settings=SMALL, workers=1)
    run = session.runs[0]
    assert session.project is None and run.kind == "synth" and run.doing == "Drawing people"
    poll_until(session, run, "running", done=1)
    again = Session(Settings(), RecentFiles())
    assert [r.folder.path for r in again.runs] == [run.folder.path], "another window finds it"
    session.cancel(run)
    poll_until(session, run, "cancelled")
    assert run.data_set is None and run.can_resume and session.data_sets == []
    assert Session(Settings(), RecentFiles()).runs == [], "ended before that window opened"
    session.resume(run)
    poll_until(session, run, "done")
    assert run.data_set == out and session.data_sets == [out]
    assert run.pictures == [out / "sheet.jpg"]
    assert said[-1] == "Data set finished: people"
    # As a project, made once.
    place = project_of(out)
    project = Project.open(place, read_only=True)
    assert sum(len(project.labelled_frames(video.id)) for video in project.videos) >= 6
    project.close()
    assert project_of(out) == place


def test_a_folder_that_is_no_data_set_is_said(tmp_path: Path) -> None:
    with pytest.raises(SynthError, match="no labels of halpe26"):
        labels_of(tmp_path)
    session, failed = Session(Settings(), RecentFiles()), []
    session.failed.connect(failed.append)
    open_data_set(session, tmp_path).join(20)
    assert len(failed) == 1 and "no labels" in failed[0]
    assert list(tmp_path.iterdir()) == [], "no half a project is left"


def test_places_are_not_taken_twice(tmp_path: Path) -> None:
    assert next_place(tmp_path) == tmp_path / "synthetic"
    (tmp_path / "synthetic").mkdir()
    assert next_place(tmp_path) == tmp_path / "synthetic-2"


def test_jobs_are_named_as_people_name_them(tmp_path: Path) -> None:
    for stem, words in (("train", "Training"), ("predict", "Prediction"), ("synth", "Data set")):
        folder = RunFolder.create(tmp_path / f"{stem}-20261120-140512", {"kind": stem})
        run = RunState(folder, stem, state="failed", error="no labels")
        assert run.closing_text() == f"{words} 14:05 failed: no labels"
