"""The training loop on drawn pictures: it learns, stops, goes on, keeps the better network."""

import json
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from poseapp.errors import TrainingError
from poseapp.inference.predictor import Predictor
from poseapp.jobs import RunFolder
from poseapp.nets.card import read_card
from poseapp.training import data, loop
from poseapp.training.data import BatchSet, image_key
from poseapp.training.setup import prepare
from poseapp.training.sources import load_source, split_keys
from poseapp.training.spec import Augmentation, TrainSpec
from tests.training.conftest import draw, write_set

EASY = Augmentation(colour=0.1, cutout=0.0, blur=0.0, negative=0.0, rotation_deg=10.0, flip=False)


def make_run(folder, sources, **options) -> RunFolder:
    options = {
        "net": "fpnpose_t",
        "input_size": (96, 96),
        "batch": 8,
        "seed": 3,
        "augmentation": EASY,
        "device": "cpu",
        **options,
    }
    return RunFolder.create(folder, TrainSpec(sources=sources, **options).to_dict())


@pytest.fixture(scope="module")
def trained(tmp_path_factory, discs):
    """A run of a few seconds that learns to find the discs."""
    run = make_run(tmp_path_factory.mktemp("runs") / "first", [discs], epochs=60, learning_rate=4e-3)
    return run, loop.run(run)


def test_it_learns_and_the_checkpoint_predicts(trained):
    run, result = trained
    assert result.held_out and result.num_val == 5 and result.num_train == 43
    assert result.val["pck@0.2"] > 0.9
    predictor = Predictor.load(run.path, device="cpu")
    assert predictor.card.box_mode == "frame" and predictor.card.skeleton.keypoints == (
        "left_hand",
        "right_hand",
        "head",
    )
    image, points = draw(np.random.default_rng(99))
    (person,) = predictor.predict(image, boxes=[[-0.5, -0.5, 95.5, 95.5]])
    assert np.linalg.norm(person.points - points, axis=1).mean() < 5


def test_a_run_leaves_what_the_contract_says(trained):
    run, result = trained
    events, _ = run.events()
    kinds = [event["type"] for event in events]
    assert {"started", "progress", "epoch", "samples", "checkpoint", "result"} <= set(kinds)
    epoch = next(event for event in events if event["type"] == "epoch")
    assert {"epoch", "step", "loss", "val_loss", "val", "lr", "images_per_second"} <= set(epoch)
    sample = next(event for event in events if event["type"] == "samples")
    assert (run.samples_dir / sample["file"]).stat().st_size > 1000
    split = run.spec["split"]
    assert (
        len(split["train"]) == 43 and len(split["val"]) == 5 and not set(split["train"]) & set(split["val"])
    )
    assert (run.path / "labels-0.json").is_file() and (run.path / "metrics.csv").is_file()
    assert read_card(run.checkpoints_dir / "best.safetensors").metrics["val_pck@0.2"] == pytest.approx(
        result.val["pck@0.2"], abs=1e-3
    )


def test_fine_tuning_starts_from_what_is_known_and_reports_before_and_after(trained, few_discs, tmp_path):
    run, _ = trained
    again = make_run(tmp_path / "fine", [few_discs], init=str(run.path), epochs=3)
    result = loop.run(again)
    assert result.before["pck@0.2"] > 0.8
    assert result.accepted == (result.val["quality"] > result.before["quality"])


def test_a_worse_network_is_not_accepted(trained, few_discs, tmp_path):
    run, _ = trained
    again = make_run(
        tmp_path / "bad", [few_discs], init=str(run.path), epochs=5, learning_rate=0.5, ema_decay=0.0
    )
    result = loop.run(again)
    assert result.val["quality"] < result.before["quality"] and not result.accepted


def test_same_seed_same_batches(discs, tmp_path):
    spec = TrainSpec(sources=[discs], net="fpnpose_t", input_size=(96, 96), epochs=1, device="cpu")
    prepared = prepare(spec, tmp_path, lambda *_: None)
    one, two = (BatchSet(prepared.batches, 6, seed=4)[11] for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(one, two, strict=True))
    other = BatchSet(prepared.batches, 6, seed=4)[12]
    assert not torch.equal(one[0], other[0])
    seen = np.concatenate([BatchSet(prepared.batches, 6, seed=4).indices(i) for i in range(7)])
    assert len(set(seen[: len(prepared.train)].tolist())) == min(42, len(prepared.train))


def test_stop_keeps_and_a_stopped_run_goes_on(discs, tmp_path):
    run = make_run(tmp_path / "long", [discs], epochs=100_000)

    def stop_soon():
        while not any(e["type"] == "epoch" for e in run.events()[0]):
            time.sleep(0.05)
        run.request_stop()

    thread = threading.Thread(target=stop_soon)
    thread.start()
    result = loop.run(run)
    thread.join()
    assert result.state == "stopped" and (run.checkpoints_dir / "best.safetensors").is_file()
    steps = result.history[-1]["step"]
    run.clear_requests()
    spec = run.spec
    spec["epochs"] = int(result.epochs) + 3
    run.write_spec(spec)
    after = loop.run(run)
    assert after.state == "done" and after.history[-1]["step"] > steps
    assert json.loads(run.spec_path.read_text())["split"] == spec["split"]


def test_cancel_ends_it(discs, tmp_path):
    run = make_run(tmp_path / "cancelled", [discs], epochs=100_000)
    (run.path / "cancel").touch()
    assert loop.run(run).state == "cancelled"


def test_running_out_of_memory_halves_the_batch(discs, tmp_path, monkeypatch):
    run = make_run(tmp_path / "oom", [discs], epochs=1, batch=8)
    trainer = loop.Trainer(run, None)
    forward = trainer.prepared.net.forward

    def too_large(batch):
        if len(batch) > 4:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return forward(batch)

    monkeypatch.setattr(trainer.prepared.net, "forward", too_large)
    result = trainer.run()
    assert trainer.progress.batch == 4 and result.state == "done"
    assert any("memory ran out" in e.get("text", "") for e in run.events()[0])


def test_minutes_are_kept(discs, tmp_path):
    run = make_run(tmp_path / "short", [discs], epochs=None, minutes=0.1)
    result = loop.run(run)
    assert result.history and 3 < result.seconds < 30


def test_replay_keeps_other_pictures_in_every_batch(discs, few_discs, tmp_path):
    spec = TrainSpec(
        sources=[few_discs], replay=[discs], replay_share=0.5, net="fpnpose_t", input_size=(96, 96)
    )
    source = prepare(spec, tmp_path, lambda *_: None).batches
    drawn = []
    original = source.draw
    source.draw = lambda sample, rng: (drawn.append(sample), original(sample, rng))[1]  # type: ignore[method-assign]
    batches = BatchSet(source, 8, seed=0)
    _ = batches[0]
    assert sum(any(s is r for r in source.replay) for s in drawn) == 4 == source.num_replay(8)
    # Every label is shown once a pass, however much replay there is.
    new = len(source.samples)
    shown = np.concatenate([batches.indices(i) for i in range(new)])
    assert sorted(shown[:new].tolist()) == list(range(new))


def test_epochs_count_labels_not_replay(trained, few_discs, discs, tmp_path):
    run = make_run(tmp_path / "counted", [few_discs], init=str(trained[0].path), replay=[discs], epochs=4)
    result = loop.run(run)
    assert 4 <= result.epochs < 5.5
    assert result.known_before > 0.8 and result.known_after > 0.5


def test_too_few_labels_to_hold_any_out_are_no_proof(trained, tmp_path):
    two = write_set(tmp_path / "two", 2, seed=8)
    result = loop.run(make_run(tmp_path / "run", [two], init=str(trained[0].path), epochs=2))
    assert not result.held_out and not result.accepted and result.checkpoint


def test_stopped_before_the_first_step_claims_nothing(discs, tmp_path):
    run = make_run(tmp_path / "early", [discs], epochs=5)
    run.request_stop()
    result = loop.run(run)
    assert result.state == "stopped" and result.checkpoint == "" and not result.accepted


def test_corrected_images_are_held_out_before_accepted_ones(few_discs):
    dataset = load_source(few_discs)
    for number, (_, instance) in enumerate(dataset.instances):
        instance.scores = np.full(3, 0.9, np.float32)
        if number in (2, 5):
            instance.scores[1] = np.nan
    parts = split_keys(dataset, 0.1, seed=0)
    assert sorted(parts["val"]) == sorted(image_key(dataset, dataset.instances[i][0]) for i in (2, 5))
    assert len(parts["train"]) == 6
    for number, (_, instance) in enumerate(dataset.instances):
        instance.scores, instance.source = None, "user" if number in (1, 4) else "interpolated"
    parts = split_keys(dataset, 0.1, seed=0)
    assert sorted(parts["val"]) == sorted(image_key(dataset, dataset.instances[i][0]) for i in (1, 4))


def test_drawn_pictures_of_the_same_people_are_held_out_together(discs):
    dataset = load_source(discs)
    dataset.info = {"info": {"settings": {"pictures_per_look": 4}}}
    for number, entry in enumerate(dataset.images):
        entry.extra["moment"] = number
    parts = split_keys(dataset, 0.25, seed=1)
    block = {image_key(dataset, i): i // 4 for i in range(48)}
    assert len(parts["val"]) == 12
    assert not {block[k] for k in parts["val"]} & {block[k] for k in parts["train"]}


def test_many_pictures_are_kept_as_jpeg(discs, tmp_path, monkeypatch):
    monkeypatch.setattr(data, "PLAIN_BYTES", 96 * 96 * 3 * 5)
    spec = TrainSpec(sources=[discs], net="fpnpose_t", input_size=(96, 96))
    train = prepare(spec, tmp_path, lambda *_: None).train
    assert [isinstance(s.picture, bytes) for s in train[:6]] == [False] * 5 + [True]
    assert train[-1].image.shape == (96, 96, 3)


def test_net_and_init_must_agree(trained, discs, tmp_path):
    run = make_run(tmp_path / "both", [discs], init=str(trained[0].path), net="fpnpose_s", epochs=1)
    with pytest.raises(TrainingError, match="is a fpnpose_t"):
        loop.run(run)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sources": ["/nowhere/labels.json"]}, "no such source"),
        ({"init": "/nowhere/net.safetensors"}, "no checkpoint"),
        ({"net": "alexnet"}, "no network"),
    ],
)
def test_bad_options_are_one_line(discs, tmp_path, change, message):
    options = {"sources": [discs], "epochs": 1, **change}
    run = make_run(tmp_path / "bad", options.pop("sources"), **options)
    with pytest.raises(ValueError, match=message):
        loop.run(run)


def test_labels_without_a_known_keypoint_are_refused(discs, tmp_path):
    path = tmp_path / "other.json"
    values = json.loads(Path(discs).read_text())
    values["categories"][0]["keypoints"] = ["a", "b", "c"]
    path.write_text(json.dumps(values))
    run = make_run(tmp_path / "mixed", [discs, str(path)], epochs=1)
    with pytest.raises(TrainingError, match="share no name"):
        loop.run(run)


@pytest.mark.parametrize(("margin", "size"), [(-46, (256, 256)), (300, (192, 192))])
def test_a_subject_that_fills_the_frame_is_seen_larger(discs, tmp_path, margin, size):
    values = json.loads(Path(discs).read_text())
    for image in values["images"]:
        image["file_name"] = str(Path(image["file_name"]))
        image["width"] += margin
        image["height"] += margin
    path = Path(discs).with_name(f"margin-{margin}.json")
    path.write_text(json.dumps(values))
    spec = TrainSpec(sources=[str(path)], net="fpnpose_s", device="cpu")
    assert prepare(spec, tmp_path, lambda *_: None).card.input_size == size
