"""Networks: one file each, listed in ``NETS``. The table is readable without importing torch."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from poseapp.errors import CheckpointError

if TYPE_CHECKING:
    from poseapp.nets.posenet import PoseNet


@dataclass(frozen=True)
class NetEntry:
    """One trainable network.

    Attributes:
        name: What ``--net`` takes.
        title: One line for people.
        module: Module that defines it.
        network: Class name in the module.
        config: Name of the function ``num_keypoints -> configuration dataclass``.
        input_size: Width and height of the crop in pixels.
        paper: Where the method comes from.
    """

    name: str
    title: str
    module: str
    network: str
    config: str
    input_size: tuple[int, int]
    paper: str

    def build(self, num_keypoints: int) -> "PoseNet":
        """Make a freshly initialised network."""
        module = import_module(self.module)
        builder: Callable[[int], Any] = getattr(module, self.config)
        return getattr(module, self.network)(builder(num_keypoints))


_FPN = ("poseapp.nets.fpnpose", "FpnPose")
_FPN_PAPER = "ours; residual blocks (He 2016), feature pyramid (Lin 2017), attention (Vaswani 2017)"

NETS: dict[str, NetEntry] = {
    "fpnpose_s": NetEntry(
        "fpnpose_s",
        "PoseApp small: 60+ frames a second on two CPU cores",
        *_FPN,
        "small",
        (192, 192),
        _FPN_PAPER,
    ),
    "fpnpose_xs": NetEntry(
        "fpnpose_xs",
        "PoseApp extra small: learns four times as fast",
        *_FPN,
        "extra_small",
        (192, 192),
        _FPN_PAPER,
    ),
    "fpnpose_l": NetEntry(
        "fpnpose_l",
        "PoseApp large: for a GPU, teacher of the small one",
        *_FPN,
        "large",
        (256, 256),
        _FPN_PAPER,
    ),
    "fpnpose_t": NetEntry(
        "fpnpose_t", "PoseApp tiny: for tests and quick trials", *_FPN, "tiny", (64, 64), _FPN_PAPER
    ),
}


def net_entry(name: str) -> NetEntry:
    """Look a network up by name.

    Raises:
        CheckpointError: No such network; the message lists those there are.
    """
    if name not in NETS:
        raise CheckpointError(f"there is no network '{name}'; choose one of {', '.join(NETS)}")
    return NETS[name]
