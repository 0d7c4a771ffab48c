"""`poseapp edit`: labels and predictions, many at once."""

import json
from pathlib import Path

import numpy as np
import pytest

from poseapp import api
from poseapp.api.bulk import LABELS, PREDICTIONS, Crowd
from poseapp.cli import main
from poseapp.formats import read_dataset
from poseapp.formats.predictions_h5 import PredictionFile, PredictionWriter
from poseapp.formats.predictions_hidden import hide_deleted
from poseapp.labels.edits import AddInstance, AddVideo, SetSkeleton
from poseapp.labels.instance import Instance
from poseapp.labels.project import Project, VideoRecord
from poseapp.labels.query import Query
from poseapp.labels.skeleton import Skeleton

MOUSE = Skeleton("mouse", ("nose", "l_ear", "tail"), ((0, 2),))


def person(x: float, score: float = 0.5) -> Instance:
    points = np.array([[x, 10.0], [x + 30, 40], [x + 5, 90]])
    return Instance(points, scores=np.full(3, score), score=score)


@pytest.fixture
def project_path(tmp_path: Path) -> Path:
    """Two videos; a run of 20 frames of two people, the second with a low score; a label in frame 3."""
    path = tmp_path / "m.pose"
    with Project.create(path, MOUSE) as made:
        for name in ("a.mp4", "b.mp4"):
            made.push(AddVideo(VideoRecord(0, name, "", str(tmp_path / name), 30, 640, 480, 25.0)))
        made.push(AddInstance(1, 3, person(11)))
        videos = [str(tmp_path / name) for name in ("a.mp4", "b.mp4")]
        with PredictionWriter(path / "predictions" / "first.h5", MOUSE, videos, net="default") as writer:
            for video in (0, 1):
                for k in range(20):
                    writer.append(video, k, [person(10, 0.9), person(300, 0.1 + k / 100)])
    return path


def said(capsys: pytest.CaptureFixture, *words: object) -> dict:
    assert main([*map(str, words), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def predicted(path: Path, video: int, frame: int) -> list[float]:
    with PredictionFile(path / "predictions" / "first.h5") as file:
        hide_deleted(file)
        return [p.points[0, 0] for p in file.instances(video, frame)]


def test_predictions_are_deleted_and_come_back(capsys, project_path):
    words = (
        "edit",
        project_path,
        "--of",
        "predictions",
        "--where",
        "score<0.2 frames=0:15",
        "--do",
        "delete",
    )
    dry = said(capsys, *words, "--dry-run")
    assert dry["text"] == "Delete 20 predictions in 2 videos" and not dry["applied"]
    assert predicted(project_path, 0, 5) == [10, 300]
    done = said(capsys, *words)
    assert done["applied"] and (done["people"], done["frames"], done["found"]) == (20, 20, 20)
    assert predicted(project_path, 0, 5) == [10] and predicted(project_path, 1, 15) == [10, 300]
    dataset = read_dataset(project_path / "predictions" / "first.h5")
    assert len(dataset.instances) == 80 - 20
    assert said(capsys, *words)["applied"] is False
    with Project.open(project_path) as project:
        assert project.history(1)[0].text == "Delete 20 predictions"
        assert project.undo() == "Delete 20 predictions"
    assert predicted(project_path, 0, 5) == [10, 300]


def test_deleted_one_after_the_other_the_right_one_goes(project_path):
    api.edit(project_path, "frames=0:1 video=a.mp4 score>0.5", "delete", of=PREDICTIONS)
    assert predicted(project_path, 0, 0) == [300] and predicted(project_path, 1, 0) == [10, 300]
    api.edit(project_path, "frames=0:1 video=a.mp4", "delete", of=PREDICTIONS)
    assert predicted(project_path, 0, 0) == []
    with PredictionFile(project_path / "predictions" / "first.h5") as file:
        hide_deleted(file)
        frames, scores = file.frame_scores(0)
        assert np.isnan(scores[0]) and np.isfinite(scores[1:]).all() and len(frames) == 20
        assert len(file.people_table(0)) == 38
        file.hidden = {}
        assert len(file.instances(0, 0)) == 2


def test_another_file_of_the_same_name_is_not_meant(project_path):
    api.edit(project_path, "", "delete", of=PREDICTIONS)
    path = project_path / "predictions" / "first.h5"
    with PredictionFile(path) as file:
        old, videos = file.file_id, list(file.videos)
    with PredictionWriter(path, MOUSE, videos, net="default") as writer:  # goes on with the same file
        writer.append(0, 25, [person(10)])
    assert predicted(project_path, 0, 0) == [] and predicted(project_path, 0, 25) == [10]
    path.unlink()
    with PredictionWriter(path, MOUSE, videos, net="default") as writer:
        writer.append(0, 0, [person(10)])
    assert predicted(project_path, 0, 0) == [10]
    with PredictionFile(path) as file:
        assert file.file_id != old


def test_predictions_are_accepted_but_those_with_a_label(capsys, project_path):
    words = (
        "edit",
        project_path,
        "--of",
        "predictions",
        "--do",
        "accept",
        "--where",
        "score>0.5 video=a.mp4",
    )
    assert said(capsys, *words)["people"] == 19  # frame 3 has one at that place
    with Project.open(project_path) as project:
        (label,) = project.instances(1, 7)
        assert label.source == "prediction:first" and label.points[0].tolist() == [10, 10]
        crowd = Crowd(project, PREDICTIONS)
        assert crowd.count(Query(videos=(1,))).people == 20  # the others are still to be labelled
        crowd.close()
        assert project.undo() == "Accept 19 predictions" and project.counts()["instances"] == 1


def test_predictions_of_a_renamed_skeleton_are_found_and_accepted(project_path):
    with Project.open(project_path) as project:
        project.push(SetSkeleton(Skeleton("s", ("left_ear", "nose", "hip")), {"l_ear": "left_ear"}))
    result = api.edit(
        project_path, "left_ear=visible hip=missing frames=8:9 score>0.5", "accept", of=PREDICTIONS
    )
    assert result.people == 2
    with Project.open(project_path) as project:
        (label,) = project.instances(1, 8)
        assert label.points[0].tolist() == [40, 40] and label.visibility.tolist() == [2, 2, 0]


def test_labels_are_edited_by_words(capsys, project_path):
    done = said(
        capsys, "edit", project_path, "--where", "source=hand,corrected,accepted", "--do", "hide l_ear"
    )
    assert done["text"] == "Hide l ear of 1 person in 1 video" and done["applied"]
    again = said(capsys, "edit", project_path, "--do", "hide l_ear")
    assert (again["people"], again["found"], again["applied"]) == (0, 1, False)
    with Project.open(project_path, read_only=True) as project:
        assert project.instances(1, 3)[0].visibility.tolist() == [2, 1, 2]
        crowd = Crowd(project, LABELS)
        assert crowd.noun == "person" and crowd.find(Query()).tolist() == [[1, 1, 3]]
        crowd.close()


@pytest.mark.parametrize(
    "words",
    [("--do", "accept"), ("--do", "hide tail", "--of", "predictions"), ("--do", "delete", "--where", "foo=1"),
     ("--do", "delete", "--of", "predictions", "--run", "other"), ("--do", "jump")],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_one_line(capsys, project_path, words):
    assert main(["edit", str(project_path), *words]) == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_removed_video_takes_its_notes_along_and_undo_brings_them_back(project_path):
    from poseapp.labels.edits import RemoveVideo

    api.edit(project_path, "", "delete", of=PREDICTIONS)
    with Project.open(project_path) as project:
        with PredictionFile(project_path / "predictions" / "first.h5") as file:
            key = ("first", file.file_id)
        assert len(project.rejected(*key)) == 40
        project.push(RemoveVideo(1))
        assert len(project.rejected(*key)) == 20
        project.undo()
        assert len(project.rejected(*key)) == 40
