"""Compute devices: what there is and what a name means."""

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class DeviceInfo:
    """One device.

    Attributes:
        name: As ``--device`` takes it.
        title: For people.
        memory: Bytes, or 0 where unknown.
    """

    name: str
    title: str
    memory: int


def list_devices() -> list[DeviceInfo]:
    """CPU first, then each GPU with its memory."""
    devices = [DeviceInfo("cpu", f"CPU, {torch.get_num_threads()} threads", 0)]
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            properties = torch.cuda.get_device_properties(index)
            devices.append(DeviceInfo(f"cuda:{index}", properties.name, properties.total_memory))
    if torch.backends.mps.is_available():
        devices.append(DeviceInfo("mps", "Apple GPU", 0))
    return devices
