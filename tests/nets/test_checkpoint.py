"""Checkpoints: safetensors and card, nothing pickled."""

import pickle

import pytest
import torch

from poseapp.errors import CheckpointError
from poseapp.labels.skeleton import DEFAULT_SKELETON, Skeleton, load_skeleton
from poseapp.nets import net_entry
from poseapp.nets.card import Card, file_sha256, find_checkpoint, list_checkpoints, read_card, write_card
from poseapp.nets.checkpoint import load_checkpoint, save_checkpoint, to_half, transfer


@pytest.fixture
def saved(tmp_path):
    torch.manual_seed(1)
    skeleton = load_skeleton("lsp14")
    net = net_entry("fpnpose_t").build(skeleton.num_keypoints).eval()
    card = Card(
        "small",
        "fpnpose_t",
        {},
        skeleton,
        (64, 64),
        title="for a test",
        data=["nothing"],
        metrics={"pck@0.2": 0.5},
    )
    path = tmp_path / "small.safetensors"
    save_checkpoint(net, card, path)
    return net, card, path


def test_round_trip(saved):
    net, card, path = saved
    again, read = load_checkpoint(path)
    assert read == card and read.sha256 == file_sha256(path)
    image = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        assert torch.equal(net(image)["heatmap"], again(image)["heatmap"])


def test_half_precision_is_half_as_large_and_nearly_the_same(saved):
    net, _, path = saved
    size = path.stat().st_size
    to_half(path)
    assert path.stat().st_size < 0.6 * size
    again, card = load_checkpoint(path)
    assert card.sha256 == file_sha256(path)
    image = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        assert torch.allclose(net(image)["heatmap"], again(image)["heatmap"], atol=0.02)


def test_a_pickle_is_refused_unopened(saved, tmp_path):
    class Bomb:
        def __reduce__(self):
            return (pathlike_touch, (str(tmp_path / "exploded"),))

    path = saved[2]
    path.write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(CheckpointError, match="sha256"):
        load_checkpoint(path)
    card = read_card(path)
    card.sha256 = ""
    write_card(card, path)
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_checkpoint(path)
    assert not (tmp_path / "exploded").exists()


def pathlike_touch(path: str) -> None:
    open(path, "w").close()


@pytest.mark.parametrize(
    "damage", ["truncate", "no card", "card not toml", "card without net", "other config"]
)
def test_damage_is_one_clear_line(saved, damage):
    path = saved[2]
    card_path = path.with_suffix(".toml")
    if damage == "truncate":
        path.write_bytes(path.read_bytes()[:5000])
    elif damage == "no card":
        card_path.unlink()
    elif damage == "card not toml":
        card_path.write_text("= =")
    elif damage == "card without net":
        card_path.write_text("name = 'x'")
    else:
        card_path.write_text(card_path.read_text().replace("head_width = 16", "head_width = 24"))
    with pytest.raises(CheckpointError) as error:
        load_checkpoint(path)
    assert "\n" not in str(error.value) and len(str(error.value)) < 400


def test_transfer_moves_rows_by_keypoint_name(saved):
    net, card, _ = saved
    skeleton = Skeleton.from_names("arm", ["wing", "left_wrist", "left_elbow"])
    other = net_entry("fpnpose_t").build(3)
    assert transfer(net, card, other, skeleton.keypoints) == 2
    row = card.skeleton.keypoints.index("left_wrist")
    assert torch.equal(other.heatmap.weight[1], net.heatmap.weight[row])
    assert torch.equal(other.stem[0][0].weight, net.stem[0][0].weight)
    assert not torch.equal(other.heatmap.weight[0], net.heatmap.weight[0])


def test_find_by_file_run_folder_and_name(saved, tmp_path):
    path = saved[2]
    assert find_checkpoint(path) == path
    run = tmp_path / "runs" / "run 1"
    (run / "checkpoints").mkdir(parents=True)
    best = run / "checkpoints" / "best.safetensors"
    best.write_bytes(path.read_bytes())
    assert find_checkpoint(run) == best
    assert find_checkpoint("run 1", (tmp_path / "runs",)) == best
    with pytest.raises(CheckpointError, match="there is no checkpoint 'nothing'"):
        find_checkpoint("nothing")


def test_shipped_checkpoints_match_their_cards():
    for card in list_checkpoints():
        path = find_checkpoint(card.name)
        assert read_card(path).sha256 == file_sha256(path), card.name
        net, _ = load_checkpoint(path)
        assert net.config.num_keypoints == card.skeleton.num_keypoints
        assert card.licence and card.data and card.metrics and card.metrics_command


def test_new_projects_have_the_skeleton_of_the_default_network():
    assert read_card(find_checkpoint("default")).skeleton == load_skeleton(DEFAULT_SKELETON)
