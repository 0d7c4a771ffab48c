"""The demo replaces what it made itself and nothing else."""

import pytest

from poseapp import api
from poseapp.api.demo_folder import OWN_NAMES, claim_folder, note_own_work
from poseapp.api.walkthrough import demo_project, tour_project
from poseapp.errors import PoseError
from poseapp.jobs import RunFolder
from poseapp.labels.edits import DeleteInstances
from tests.api.own_work import correct


def test_an_untouched_demo_is_made_anew_in_its_place(tmp_path):
    first = demo_project(tmp_path / "demo")
    opened = api.open_project(first)
    (first.parent / "labels.json").write_text("{}")
    note_own_work(opened, OWN_NAMES)
    opened.close()
    (first / "predictions" / "old.h5").write_bytes(b"")
    assert demo_project(tmp_path / "demo") == first
    assert not list((first / "predictions").iterdir()) and not (first.parent / "labels.json").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


@pytest.mark.parametrize("name", OWN_NAMES)
def test_files_of_the_user_are_left_alone(tmp_path, name):
    folder = tmp_path / "videos"
    folder.mkdir()
    mine = folder / name
    if name in ("screenshots", "sample.pose"):
        mine.mkdir()
        mine = mine / "mine.txt"
    mine.write_text("mine")
    made = demo_project(folder)
    assert made.parent == tmp_path / "videos-2" and mine.read_text() == "mine"
    assert demo_project(folder) == made, "the next one replaces the last demo, not the user's files"
    assert mine.read_text() == "mine" and sorted(p.name for p in folder.iterdir()) == [name]


def test_an_export_beside_the_tours_project_is_the_users(tmp_path):
    made = demo_project(tmp_path / "demo")
    (made.parent / "labels.json").write_text("mine")
    assert demo_project(tmp_path / "demo").parent.name == "demo-2"
    assert (made.parent / "labels.json").read_text() == "mine"


def test_corrections_of_the_tour_survive_the_next_demo(tmp_path):
    made = tour_project(tmp_path / "demo")
    assert tour_project(tmp_path / "demo") == made
    correct(made)
    assert tour_project(tmp_path / "demo") == made, "the tour goes on"
    assert demo_project(tmp_path / "demo").parent.name == "demo-2"
    opened = api.open_project(made)
    assert opened.counts()["instances"] == 1
    opened.push(DeleteInstances(video_id=opened.videos[0].id))
    opened.close()
    assert demo_project(tmp_path / "demo").parent.name == "demo-2", "undo would bring it back"


def test_jobs_of_the_user_survive_the_next_demo(tmp_path):
    made = demo_project(tmp_path / "demo")
    RunFolder.create(made / "runs" / "mine", {"kind": "train"}).set_status("done")
    assert demo_project(tmp_path / "demo").parent.name == "demo-2"
    assert (made / "runs" / "mine" / "spec.json").is_file()


def test_a_demo_that_is_open_in_a_window_is_refused(tmp_path):
    made = demo_project(tmp_path / "demo")
    opened = api.open_project(made)
    with pytest.raises(PoseError, match="in use.*open elsewhere"):
        demo_project(tmp_path / "demo")
    assert opened.counts()["videos"] == 1
    opened.close()
    assert demo_project(tmp_path / "demo") == made


def test_a_marker_cannot_name_other_files(tmp_path):
    folder = claim_folder(tmp_path / "demo")
    (tmp_path / "precious.txt").write_text("mine")
    (folder / "notes.txt").write_text("mine")
    (folder / ".poseapp-demo.json").write_text('{"files": ["../precious.txt", "notes.txt"], "work": 3}')
    claim_folder(tmp_path / "demo")
    assert (tmp_path / "precious.txt").exists() and (folder / "notes.txt").exists()
