"""Labels learnt beside others: their share of a batch, what is held out, and skeletons that differ."""

import json
from pathlib import Path

import numpy as np
import pytest

from poseapp.errors import TrainingError
from poseapp.formats import read_dataset
from poseapp.inference.predictor import Predictor
from poseapp.labels.skeleton import Skeleton, keypoint_columns
from poseapp.training import loop
from poseapp.training.data import BatchSet
from poseapp.training.images import ImageReader
from poseapp.training.setup import prepare
from poseapp.training.spec import TrainSpec
from tests.training.conftest import COLOURS
from tests.training.test_loop import make_run
from tests.training.test_stream import Squares


def quiet(*_: object) -> None:
    """Nobody is told."""


def without(labels: str, folder, name: str) -> str:
    """The same pictures with one keypoint left out of the skeleton."""
    values = json.loads(Path(labels).read_text())
    keep = [i for i, keypoint in enumerate(COLOURS) if keypoint != name]
    values["categories"][0] |= {"keypoints": [list(COLOURS)[i] for i in keep], "skeleton": []}
    for annotation in values["annotations"]:
        numbers = np.reshape(annotation["keypoints"], (-1, 3))[keep]
        annotation |= {"keypoints": numbers.ravel().tolist(), "num_keypoints": len(keep)}
    path = folder / f"without-{name}.json"
    path.write_text(json.dumps(values))
    return str(path)


def test_batches_hold_the_share_asked_for_and_epochs_count_the_labels(discs, few_discs, tmp_path):
    spec = TrainSpec(sources=[few_discs], mix=[discs], mix_share=0.75, net="fpnpose_t", input_size=(96, 96))
    source = prepare(spec, tmp_path, quiet).batches
    assert (source.num_new(8), source.num_mixed(8), source.num_replay(8)) == (2, 6, 0)
    images, points, weights = BatchSet(source, 8, seed=0)[0]
    assert images.shape == (8, 96, 96, 3) and points.shape == (8, 3, 2) and weights.shape == (8, 3)
    few = len(source.samples)
    shown = np.concatenate([BatchSet(source, 8, seed=0).indices(i) for i in range(few)])
    assert sorted(shown[:few].tolist()) == list(range(few))


def test_nothing_mixed_in_is_held_out(discs, few_discs, tmp_path):
    spec = TrainSpec(sources=[few_discs], mix=[discs], net="fpnpose_t", input_size=(96, 96))
    prepared = prepare(spec, tmp_path, quiet)
    assert all(key.startswith("0|") for part in prepared.spec.split.values() for key in part)
    assert len(prepared.train) + len(prepared.val) < 48


def test_a_named_skeleton_is_learnt_from_sources_that_each_label_a_part(discs, tmp_path):
    folder = tmp_path / "skeletons"
    folder.mkdir()
    full = Skeleton.from_names("discs", list(COLOURS))
    full.to_toml(folder / "discs.toml")
    parent = Path(discs).parent
    one, other = without(discs, parent, "head"), without(discs, parent, "left_hand")
    run = make_run(
        tmp_path / "run",
        [one],
        mix=[other],
        skeleton=str(folder / "discs.toml"),
        epochs=50,
        learning_rate=4e-3,
    )
    result = loop.run(run)
    assert result.val["pck@0.2"] > 0.6
    predictor = Predictor.load(result.checkpoint, device="cpu")
    assert predictor.card.skeleton.keypoints == tuple(COLOURS)
    truth = read_dataset(discs)
    with ImageReader(truth) as reader:
        errors = [
            np.linalg.norm(predictor.predict(reader[i])[0].points - instance.points, axis=1)
            for i, instance in truth.instances[:12]
        ]
    assert (np.median(errors, axis=0) < 8).all(), "each keypoint was labelled by one of the two only"


def test_people_drawn_meanwhile_are_learnt(discs, tmp_path):
    run = make_run(tmp_path / "run", [discs], mix=["synth"], epochs=1)
    result = loop.run(run, None, lambda values, seed, skeleton: Squares(keypoints=tuple(COLOURS)))
    assert result.epochs >= 1 and result.state == "done"


def test_people_cannot_be_drawn_where_nobody_draws(discs, tmp_path):
    spec = TrainSpec(sources=[discs], mix=["synth"], net="fpnpose_t", input_size=(96, 96))
    with pytest.raises(TrainingError, match="leave 'synth' out"):
        prepare(spec, tmp_path, quiet)


def test_the_top_of_the_head_has_two_names():
    assert keypoint_columns(["head", "neck", "nose"], ["neck", "head_top"]) == [1, 0, -1]
    assert keypoint_columns(["head", "head_top"], ["head", "head_top"]) == [0, 1]
