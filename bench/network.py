"""Speed of a pose network: frames a second with the box known, and crops a second from tensors.

    python bench/network.py [--net default] [--device cpu] [--threads 2] [--seconds 5]

Prints a table. "box known" is the whole of prediction for one 1080p frame at a time: crop, normalise,
network, decode, back
to frame pixels. "from tensors" takes crops that are on the device already and brings keypoints back to the
CPU.
"""

import argparse
import os
import time
from collections.abc import Callable

import numpy as np

os.environ.setdefault("GOMP_SPINCOUNT", "3000")  # as the command line does

import torch

from poseapp.errors import CheckpointError
from poseapp.inference.predictor import Predictor
from poseapp.labels.skeleton import load_skeleton
from poseapp.nets import net_entry
from poseapp.nets.card import Card
from poseapp.nets.device import resolve_device


def load(net: str, device: str) -> Predictor:
    """A checkpoint, or a network of that name with random weights."""
    try:
        return Predictor.load(net, device)
    except CheckpointError:
        entry = net_entry(net)
        skeleton = load_skeleton("lsp14")
        card = Card(net, net, {}, skeleton, entry.input_size)
        return Predictor(entry.build(skeleton.num_keypoints), card, resolve_device(device))


def rate(work: Callable[[], int], seconds: float, synchronise: Callable[[], None]) -> tuple[float, float]:
    """Items a second, and the median milliseconds a call."""
    for _ in range(3):
        work()
    synchronise()
    times, items, start = [], 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        begin = time.perf_counter()
        items += work()
        times.append(time.perf_counter() - begin)
    synchronise()
    return items / (time.perf_counter() - start), 1e3 * float(np.median(times))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--net", default="default")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    predictor = load(options.net, options.device)
    on_gpu = predictor.device.type == "cuda"
    synchronise = torch.cuda.synchronize if on_gpu else lambda: None
    frame = np.random.default_rng(0).integers(0, 255, (1080, 1920, 3), np.uint8)
    box = np.array([[700.0, 200.0, 1100.0, 900.0]])
    rows = [
        (
            "box known, one frame at a time",
            *rate(lambda: len(predictor.predict_boxes([frame], box)[0]), options.seconds, synchronise),
        )
    ]
    width, height = predictor.card.input_size
    for batch in (1, 16, 256) if on_gpu else (1, 8):
        crops = torch.randint(0, 255, (batch, height, width, 3), dtype=torch.uint8, device=predictor.device)

        def from_tensors(crops: torch.Tensor = crops) -> int:
            points, scores = predictor.predict_crops(crops)
            points.cpu(), scores.cpu()
            return len(points)

        rows.append((f"from tensors, batch {batch}", *rate(from_tensors, options.seconds, synchronise)))
    where = torch.cuda.get_device_name(predictor.device) if on_gpu else f"CPU, {options.threads} threads"
    print(f"{predictor.card.name}, {where}, torch {torch.__version__}\n")
    print("| what | items a second | median ms a call |\n|---|---:|---:|")
    for title, speed, milliseconds in rows:
        print(f"| {title} | {speed:.0f} | {milliseconds:.2f} |")


if __name__ == "__main__":
    main()
