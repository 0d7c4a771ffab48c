"""`synth` from Python, and as a run that a window would start."""

import json
import time

import pytest

from poseapp import api
from poseapp.api.synthesis import SynthSpec
from poseapp.errors import PoseError, SynthError
from poseapp.formats import read_dataset
from poseapp.jobs import RunFolder

SMALL = {"width": 64, "height": 64, "dense": False, "max_people": 1}


@pytest.fixture(autouse=True)
def body_dir(monkeypatch, built_body):
    monkeypatch.setenv("POSEAPP_BODY_DIR", str(built_body))


def wait(run: RunFolder, timeout_s: float = 120) -> str:
    return run.wait(timeout_s)["state"]


def test_a_data_set_and_its_figures(tmp_path):
    seen = []
    result = api.synth(tmp_path / "out", 3, 7, settings=SMALL, workers=1, on_progress=seen.append)
    assert (result.images, result.new_images, result.complete, result.seed) == (3, 3, True, 7)
    assert result.people >= 1 and result.images_per_second > 0
    assert json.loads(json.dumps(result.to_json()))["out"] == str(tmp_path / "out")
    assert (seen[-1].done, seen[-1].total, seen[-1].unit) == (3, 3, "images")
    assert len(read_dataset(tmp_path / "out" / "halpe26.json").images) == 3


def test_a_run_tells_its_progress_and_result(tmp_path):
    run = api.start_synthesis(tmp_path / "out", 3, runs_dir=tmp_path / "runs", settings=SMALL, workers=1)
    assert wait(run) == "done"
    events = run.events()[0]
    assert events[0]["type"] == "started" and events[0]["out"] == str(tmp_path / "out")
    progress = [event for event in events if event["type"] == "progress"]
    assert progress[-1]["done"] == 3 and progress[-1]["unit"] == "images"
    assert next(event for event in events if event["type"] == "result")["images"] == 3
    api.resume(run)  # there is nothing left to draw, so it is done again at once
    assert wait(run) == "done"


@pytest.mark.parametrize(("ask", "state"), [("request_stop", "stopped"), ("request_cancel", "cancelled")])
def test_a_run_that_is_ended_keeps_what_it_has_and_goes_on(tmp_path, ask, state):
    out = tmp_path / "out"
    run = api.start_synthesis(out, 400, runs_dir=tmp_path / "runs", settings=SMALL, workers=1)
    end = time.monotonic() + 60
    while len(list(out.glob("images/*.jpg"))) < 3:
        assert time.monotonic() < end and run.alive(), (run.path / "log.txt").read_text()
        time.sleep(0.05)
    getattr(run, ask)()
    assert wait(run) == state
    kept = len(read_dataset(out / "coco17.json").images)
    assert 3 <= kept < 400
    assert len(list(out.glob("images/*.jpg"))) == kept
    spec = run.spec
    run.write_spec({**spec, "count": kept + 2})
    api.resume(run)
    assert wait(run) == "done"
    assert len(read_dataset(out / "coco17.json").images) == kept + 2


def test_wrong_words_are_one_line(tmp_path):
    for words, match in (
        ({"count": 0}, "1 picture"), ({"count": 1, "seed": -1}, "seed"),
        ({"count": 1, "settings": {"width": 5}}, "32 and 4096"),
        ({"count": 1, "settings": {"colour": 5}}, "colour"),
        ({"count": 1, "clip": -2.0}, "clip"), ({"count": 1, "workers": 0}, "1 process"),
        ({"clip": {"foo": 1}}, "foo"), ({"clip": {}}, "seconds"), ({"clip": "5"}, "seconds"),
        ({"clip": {"seconds": 1, "fps": "x"}}, "fps"), ({"clip": {"seconds": 1, "people": 13}}, "people"),
    ):  # fmt: skip
        with pytest.raises(SynthError, match=match):
            api.synth(tmp_path / "out", **words)
    with pytest.raises(PoseError, match="colour"):
        api.start_synthesis(tmp_path / "out", 1, runs_dir=tmp_path, settings={"colour": 5})
    with pytest.raises(SynthError, match=r"spec\.json"):
        SynthSpec.from_dict({"out": "x", "count": 1, "more": 2})
