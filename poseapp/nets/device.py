"""What a device name means on this machine."""

import torch

from poseapp.errors import DeviceError
from poseapp.nets.posenet import PoseNet


def resolve_device(name: str) -> torch.device:
    """Turn "auto", "cpu", "cuda", "cuda:N" or "mps" into a device that is there.

    Raises:
        DeviceError: It is not there, or the name is none.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise DeviceError(f"'{name}' is not a device; use auto, cpu, cuda, cuda:N or mps") from error
    if device.type not in ("cpu", "cuda", "mps"):
        raise DeviceError(
            f"'{name}' is not a device this program can use; use auto, cpu, cuda, cuda:N or mps"
        )
    if device.type == "cuda" and not (
        torch.cuda.is_available() and (device.index or 0) < torch.cuda.device_count()
    ):
        raise DeviceError(
            f"device '{name}' is not there ({torch.cuda.device_count()} CUDA devices found); use auto or cpu"
        )
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise DeviceError("device 'mps' is not there; use --device auto or cpu")
    return device


def place(net: PoseNet, device: torch.device) -> PoseNet:
    """Move a network to a device, channels last in memory, which convolutions there prefer."""
    net.to(device)
    return net.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]
