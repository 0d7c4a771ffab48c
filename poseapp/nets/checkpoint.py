"""Save and load networks as safetensors with a card. Nothing is ever unpickled."""

from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from poseapp.errors import CheckpointError
from poseapp.labels.skeleton import keypoint_columns
from poseapp.nets import net_entry
from poseapp.nets.card import Card, file_sha256, read_card, write_card
from poseapp.nets.posenet import PoseNet
from poseapp.paths import replace_atomic


def save_checkpoint(net: PoseNet, card: Card, path: Path) -> None:
    """Write weights (float16 where that loses nothing that matters is the caller's choice) and card, each
    whole or not at all.

    Args:
        net: Network; its state dict is stored as it is.
        card: Completed here with configuration and hash.
        path: ``NAME.safetensors``.
    """
    card.config = asdict(net.config)
    path.parent.mkdir(parents=True, exist_ok=True)
    tensors = {name: value.detach().to("cpu").contiguous() for name, value in net.state_dict().items()}
    with replace_atomic(path) as temporary:
        save_file(tensors, temporary)
    card.sha256 = file_sha256(path)
    write_card(card, path)


def build_from_card(card: Card) -> PoseNet:
    """A network of the card's shape with random weights.

    Raises:
        CheckpointError: The card's arguments do not fit the network.
    """
    entry = net_entry(card.net)
    net = entry.build(card.skeleton.num_keypoints)
    try:
        config = type(net.config)(**card.config)
        return type(net)(config)
    except (TypeError, ValueError) as error:
        raise CheckpointError(
            f"the card of '{card.name}' does not fit network {card.net}: {error}"
        ) from error


def load_checkpoint(path: Path) -> tuple[PoseNet, Card]:
    """Load a network on the CPU in eval mode.

    Raises:
        CheckpointError: Card or weights are missing, damaged or do not fit.
    """
    card = read_card(path)
    net = build_from_card(card)
    if card.sha256 and path.is_file() and file_sha256(path) != card.sha256:
        raise CheckpointError(
            f"the weights are not those of their card (sha256 differs); copy both again: {path}"
        )
    try:
        state = load_file(path)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(
            f"the weights cannot be read ({error}); copy or download them again: {path}"
        ) from error
    try:
        net.load_state_dict(
            {name: value.float() if value.is_floating_point() else value for name, value in state.items()}
        )
    except RuntimeError as error:
        first = str(error).strip().splitlines()[-1].strip()
        raise CheckpointError(f"the weights do not fit the card's network ({first}): {path}") from error
    return net.eval(), card


def transfer(source: PoseNet, source_card: Card, target: PoseNet, target_keypoints: tuple[str, ...]) -> int:
    """Copy weights from a trained network to one of another skeleton.

    Rows of the last layers move by keypoint name; new keypoints start near zero. Everything else moves by
    parameter name.

    Returns:
        How many keypoints were taken over.
    """
    state, own = source.state_dict(), target.state_dict()
    rows = keypoint_columns(target_keypoints, source_card.skeleton.keypoints)
    head = tuple(f"{layer}." for layer in target.head_layers)
    shared = [(old, new) for new, old in enumerate(rows) if old >= 0]
    for name, value in own.items():
        if name not in state:
            continue
        if state[name].shape == value.shape and not name.startswith(head):
            value.copy_(state[name])
        elif name.startswith(head):
            if value.dim() > 1:
                value.mul_(0.1)
            for old, new in shared:
                value[new].copy_(state[name][old])
    target.load_state_dict(own)
    return len(shared)


def to_half(path: Path) -> None:
    """Rewrite a checkpoint's weights as float16 and renew the card's hash; halves the file for shipping."""
    card = read_card(path)
    state = {k: v.half() if v.is_floating_point() else v for k, v in load_file(path).items()}
    if any(not torch.isfinite(v).all() for v in state.values() if v.is_floating_point()):
        raise CheckpointError(f"a weight does not fit float16: {path}")
    with replace_atomic(path) as temporary:
        save_file(state, temporary)
    card.sha256 = file_sha256(path)
    write_card(card, path)
