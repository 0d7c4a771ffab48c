"""Merging by verb, and finding moved videos by content."""

import shutil

import numpy as np
import pytest

from poseapp import api
from poseapp.cli import main
from poseapp.errors import PoseError
from poseapp.labels.edits import AddInstance, MoveKeypoint
from poseapp.labels.instance import Instance
from poseapp.video import VideoWriter


def film(path, shade):
    path.parent.mkdir(parents=True, exist_ok=True)
    with VideoWriter(path, 25.0, 64, 48) as writer:
        for k in range(6):
            writer.write(np.full((48, 64, 3), shade + 10 * k, np.uint8))
    return path


@pytest.fixture
def project(tmp_path):
    made = api.new(tmp_path / "p.pose", [film(tmp_path / "a.mp4", 0), film(tmp_path / "b.mp4", 90)])
    with api.open_project(made.project) as opened:
        opened.push(AddInstance(1, 0, Instance(np.full((14, 2), 9.0))))
    return made.project


def test_moved_and_renamed_videos_are_found_by_content(project, tmp_path):
    archive = tmp_path / "archive"
    film(archive / "old" / "decoy.mp4", 40)
    (archive / "2026" / "may").mkdir(parents=True)
    (tmp_path / "a.mp4").rename(archive / "2026" / "may" / "subject 7.mp4")
    (tmp_path / "b.mp4").rename(archive / "b.mp4")
    dry = api.relink(project, [archive], dry_run=True)
    assert not dry.done and len(dry.found) == 2
    done = api.relink(project, [archive])
    assert done.found == {
        "a.mp4": archive / "2026" / "may" / "subject 7.mp4",
        "b.mp4": archive / "b.mp4",
    }
    with api.open_project(project) as opened:
        assert [opened.resolve(v).name for v in opened.videos] == ["subject 7.mp4", "b.mp4"]
        assert opened.undo() == "Relink 2 videos"
    assert "videos" not in done.to_json()


def test_what_is_not_found_is_said(project, tmp_path):
    (tmp_path / "a.mp4").unlink()
    (tmp_path / "empty").mkdir()
    assert api.relink(project, [tmp_path / "empty"]).missing == ["a.mp4"]
    with pytest.raises(PoseError, match="nothing at"):
        api.relink(project, [tmp_path / "nowhere"])


def test_conflicts_need_a_word(project, tmp_path, capsys):
    other = shutil.copytree(project, tmp_path / "anna.pose")
    for path, x in ((project, 1.0), (other, 2.0)):
        with api.open_project(path) as opened:
            opened.push(MoveKeypoint(1, 0, x, 5.0))
    assert main(["merge", str(project), str(other)]) == 1
    assert "1 people differ" in capsys.readouterr().err
    dry = api.merge(project, other, dry_run=True)
    assert dry.conflicts[0]["frame"] == 0 and dry.conflicts[0]["largest_px"] == 1.0 and not dry.done
    assert main(["merge", str(project), str(other), "--conflicts", "theirs", "--json"]) == 0
    with api.open_project(project) as opened:
        assert opened.instances(1, 0)[0].points[0].tolist() == [2.0, 5.0]
    with pytest.raises(PoseError, match="settled by"):
        api.merge(project, other, conflicts="anna")


def test_pack_and_unpack_by_command(project, tmp_path, capsys):
    assert main(["pack", str(project), str(tmp_path / "sent.posepack"), "--json"]) == 0
    assert main(["unpack", str(tmp_path / "sent.posepack"), "--json"]) == 0
    assert (tmp_path / "sent.pose" / "project.db").is_file()
    assert main(["unpack", str(tmp_path / "sent.posepack")]) == 1
    assert "exists already" in capsys.readouterr().err
