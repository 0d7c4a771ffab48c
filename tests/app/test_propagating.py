"""A label followed through the sample clip: by command, and proposed in the session."""

import json
from pathlib import Path

import numpy as np
import pytest

from poseapp import api
from poseapp.app import commands
from poseapp.app.background import tasks_of
from poseapp.app.recent import RecentFiles
from poseapp.app.session import Session
from poseapp.app.settings import Settings
from poseapp.cli.main import main
from poseapp.formats import read_dataset
from poseapp.labels.edits import AddInstance
from poseapp.labels.instance import Instance
from poseapp.paths import resources_dir

SAMPLE = resources_dir() / "sample"


@pytest.fixture(scope="module")
def truth() -> dict[int, Instance]:
    data = read_dataset(SAMPLE / "clip-lsp14.json")
    return {data.images[i].frame_idx: person for i, person in data.instances}


@pytest.fixture
def labelled(tmp_path: Path, truth: dict[int, Instance]) -> Path:
    """A project whose frame 100 is labelled."""
    path = tmp_path / "clip.pose"
    api.new(path, skeleton="lsp14", videos=[SAMPLE / "clip.mp4"])
    with api.open_project(path) as project:
        label = truth[100].copy()
        project.push(AddInstance(project.videos[0].id, 100, Instance(label.points, label.visibility)))
    return path


@pytest.mark.parametrize("words", [[], ["--backwards"]])
def test_the_command_adds_people_near_the_truth(
    words: list[str], labelled: Path, truth: dict[int, Instance], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["propagate", str(labelled), "--frame", "100", "--json", *words]
    assert main([*asked, "--dry-run"]) == 0
    tried = json.loads(capsys.readouterr().out)
    assert not tried["applied"] and tried["frames"] and tried["why"].startswith("stopped at frame")
    assert main(asked) == 0
    done = json.loads(capsys.readouterr().out)
    assert done["frames"] == tried["frames"] and (99 in done["frames"]) == bool(words)
    with api.open_project(labelled) as project:
        assert project.undo_text.startswith("Propagate")
        for k in done["frames"][:2]:
            person = project.instances(project.videos[0].id, k)[0]
            assert person.source == "propagated"
            gaps = np.hypot(*(person.points - truth[k].points).T)
            assert np.nanmedian(gaps) < 3.0
        project.undo()
        assert project.labelled_frames(project.videos[0].id).tolist() == [100]


def test_what_cannot_be_is_one_line(labelled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["propagate", str(labelled), "--frame", "5"]) == 1
    assert "no labelled person 1 in frame 5" in capsys.readouterr().err
    assert main(["propagate", str(labelled), "--frame", "100", "--until", "90"]) == 1
    assert "not after frame 100" in capsys.readouterr().err


def test_it_ends_where_it_is_told(labelled: Path) -> None:
    found = api.propagate(labelled, 100, until=101, dry_run=True)
    assert found.frames == [101] and found.stopped_at == 102


def test_the_window_proposes_and_enter_adds_one_step(labelled: Path) -> None:
    session = Session(Settings(), RecentFiles())
    session.open(labelled)
    session.go_to(100)
    commands.propagate()(session)
    for task in tasks_of(session).active:
        task.thread.join(60)
    assert session.proposal is not None and "Propagate" in session.proposal.text
    frames = session.proposal.frames().tolist()
    assert frames[0] == 101 and session.labelled_frames().tolist() == [100]
    commands.accept_proposal(session)
    assert session.labelled_frames().tolist() == [100, *frames]
    session.undo()
    assert session.labelled_frames().tolist() == [100]
    session.close()
