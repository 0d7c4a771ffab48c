"""The demo from start to end, with the shipped checkpoint and a short fine-tuning."""

import json

import h5py
import pandas
import pytest
from pycocotools.coco import COCO

import poseapp
from poseapp import api
from poseapp.api.walkthrough import demo_project
from poseapp.errors import CheckpointError
from poseapp.nets.card import find_checkpoint


@pytest.fixture(scope="module")
def shipped():
    try:
        return find_checkpoint("default")
    except CheckpointError as error:
        pytest.skip(f"no checkpoint is shipped: {error}")


@pytest.fixture(scope="module")
def result(shipped, tmp_path_factory):
    told = []
    out = tmp_path_factory.mktemp("demo")
    return api.demo(out, minutes=None, epochs=40, on_progress=told.append), told


def test_what_it_says(result):
    said, told = result
    values = said.to_json()
    assert {"frames", "pck_before", "pck_after", "seconds", "out", "files"} <= set(values)
    json.dumps(values, allow_nan=False)
    assert values["corrected"] == 8 < values["frames"]
    # Measured on frames that were never corrected.
    assert values["pck_after"] > values["pck_before"]
    assert values["after"]["pck@0.1"] > values["before"]["pck@0.1"] + 0.05
    assert values["after"]["mean_px"] < 0.85 * values["before"]["mean_px"]
    assert "correcting 8 frames" in [progress.text for progress in told]


def test_what_it_leaves(result):
    said, _ = result
    files = said.files
    assert len(COCO(str(files["coco"])).dataset["images"]) == said.frames
    assert pandas.read_csv(files["csv"])["frame_idx"].nunique() <= said.frames
    with h5py.File(files["predictions_after"]) as file:
        assert "videos" in file
    with poseapp.open_video(files["movie"]) as movie:
        assert len(movie) == said.frames
    labels = COCO(str(files["labels"]))
    assert {row["source"] for row in labels.dataset["annotations"]} == {"prediction:before"}
    assert json.loads(files["metrics"].read_text())["pck_after"] == said.pck_after
    facts = api.info(files["project"]).to_json()
    assert facts["labels"]["frames"] == 8 and len(facts["predictions"]) == 2
    assert said.screenshots or said.note


def test_a_second_demo_replaces_its_own_files_and_no_others(tmp_path):
    first = demo_project(tmp_path)
    (first / "predictions" / "old.h5").write_bytes(b"")
    (tmp_path / "mine.txt").write_text("mine")
    second = demo_project(tmp_path)
    assert second == first
    assert not list((second / "predictions").iterdir())
    assert (tmp_path / "mine.txt").read_text() == "mine"
