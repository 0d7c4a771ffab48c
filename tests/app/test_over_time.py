import numpy as np
import pytest

from poseapp import api
from poseapp.app import commands
from poseapp.app.commands.over_time import delete_plan, swap_plan
from poseapp.app.session import Session
from poseapp.cli.main import main
from poseapp.labels.edits import AddInstance, MoveKeypoint
from tests.app.material import pose, write_predictions


@pytest.fixture
def ends(opened: Session) -> Session:
    for k, shift in ((2, 0.0), (10, 16.0)):
        opened.push(AddInstance(opened.video.id, k, pose(shift)))
    opened.go_to(5)
    return opened


def test_a_proposal_is_seen_then_accepted_in_one_step(ends: Session) -> None:
    commands.interpolate(ends)
    assert ends.proposal.text == "Interpolate 1 gap, 7 frames"
    assert ends.proposal.at(6)[0].points == pytest.approx(pose(8.0).points)
    assert ends.labelled_frames().tolist() == [2, 10]
    commands.shape_interpolation(ends, "spline", 3)
    assert ends.proposal.frames().tolist() == [5, 8]
    commands.accept_prediction(ends)  # Enter
    assert ends.proposal is None and ends.labelled_frames().tolist() == [2, 5, 8, 10]
    assert ends.project.undo_text == "Interpolate 2 frames"
    label = ends.labels_at(5)[0]
    assert label.instance.source == "interpolated"
    ends.push(MoveKeypoint(label.ref.key, 0, 1.0, 2.0))
    assert ends.labels_at(5)[0].instance.source == "user"
    ends.undo()
    ends.undo()
    assert ends.labelled_frames().tolist() == [2, 10]


def test_ghosts_follow_the_labels_and_go_with_escape(ends: Session) -> None:
    commands.interpolate(ends)
    key = ends.labels_at(10)[0].ref.key
    ends.push(MoveKeypoint(key, 0, 100.0, 20.0))
    assert ends.proposal.at(6)[0].points[0] == pytest.approx([60.0, 20.0])
    commands.deselect(ends)
    assert ends.proposal is None and ends.labelled_frames().tolist() == [2, 10]
    ends.go_to(20)
    said: list[str] = []
    ends.message.connect(said.append)
    commands.interpolate(ends)
    assert ends.proposal is None and "label the person before and after" in said[-1]


def test_swapping_frames_swaps_labels_and_accepts_predictions(ends: Session) -> None:
    write_predictions(ends)
    ends.go_to(2)
    ends.select(ends.labels_at(2)[0].ref)
    assert swap_plan(ends, 2, 6).sentence == "Swap 1 labelled frame, accept 3 predictions swapped."
    order = ends.skeleton.swap_index
    before = [ends.instances_on_screen(k)[0].instance.points for k in range(7)]
    commands.swap_range(ends, 2, 6)
    assert ends.labelled_frames().tolist() == [2, 3, 4, 5, 10]
    for k in range(2, 6):
        assert np.array_equal(ends.labels_at(k)[0].instance.points, before[k][order])
    ends.undo()
    assert ends.labelled_frames().tolist() == [2, 10]


def test_accepting_and_deleting_frames(ends: Session) -> None:
    write_predictions(ends)
    commands.accept_range(ends, 0, 4)
    assert ends.labelled_frames().tolist() == [0, 1, 2, 3, 10]
    assert delete_plan(ends, 1, 11).sentence == "Delete the labels of 4 people in 4 frames."
    commands.delete_range(ends, 1, 11)
    assert ends.labelled_frames().tolist() == [0]
    ends.undo()
    assert ends.labelled_frames().tolist() == [0, 1, 2, 3, 10]


def test_the_commands_do_the_same(ends: Session, capsys: pytest.CaptureFixture[str]) -> None:
    path = ends.project.path
    ends.close()
    assert main(["interpolate", str(path), "--frames", "4:7", "--json"]) == 0
    assert '"frames": 3' in capsys.readouterr().out
    assert api.swap(path, "3:8").frames == [4, 5, 6]
    with api.open_project(path) as project:
        video = project.videos[0].id
        swapped = pose(8.0).take(project.skeleton.swap_index)
        assert project.instances(video, 6)[0].points == pytest.approx(swapped.points)
        assert project.undo_text == "Swap left and right in 3 frames"
    assert main(["swap", str(path), "--frames", "15:20"]) == 1
    assert "no labelled person 1" in capsys.readouterr().err
