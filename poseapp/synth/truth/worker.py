"""A process that draws pictures to order.

python -P -m poseapp.synth.truth.worker

The first line of stdin is JSON: ``settings`` (of `SynthSettings`), ``seed``, ``png``, ``clip`` (None, or the
fields of `clips.Clip`). Each further line is the number of a picture or frame; its answer on stdout is 8
bytes, big-endian, with the length of a pickle that follows: ``(number, records)`` or ``(number, one line of
error)``. The process ends when stdin closes, so it outlives the one that started it by a picture at most.
"""

import json
import os
import pickle
import signal
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

import cv2

from poseapp.errors import PoseError
from poseapp.synth.settings import SynthSettings
from poseapp.synth.truth.clips import Clip, clip_frame, clip_scene
from poseapp.synth.truth.records import PictureRecord, records_of
from poseapp.synth.truth.sample import SynthSample, make_sample

LENGTH_BYTES = 8


def main() -> None:
    """Serve stdin and stdout."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's, which closes our stdin
    # What libraries print must not end up between the answers.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    cv2.setNumThreads(1)
    order = json.loads(sys.stdin.buffer.readline())
    settings = SynthSettings.from_dict(order["settings"])
    draw = drawing(settings, order)
    for line in sys.stdin.buffer:
        number = int(line)
        answer: list[PictureRecord] | str
        try:
            answer = records_of(draw(number), dense=settings.dense, png=order["png"])
        except PoseError as error:
            answer = str(error)
        except Exception as error:  # noqa: BLE001  the parent tells it; a broken pipe would tell nobody
            answer = f"picture {number} could not be drawn: {type(error).__name__}: {error}"
        try:
            send(out, (number, answer))
        except BrokenPipeError:
            return


def drawing(settings: SynthSettings, order: dict[str, Any]) -> Callable[[int], SynthSample]:
    """What draws picture or frame number n of an order."""
    seed, clip = order["seed"], order["clip"]
    if clip is None:
        return lambda number: make_sample(settings, seed, number)
    told = Clip.from_dict(clip)
    scene = clip_scene(settings, seed, told)
    return lambda number: clip_frame(scene, settings, seed, number, number / told.fps)


def send(out: BinaryIO, answer: object) -> None:
    """Write one answer."""
    data = pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL)
    out.write(len(data).to_bytes(LENGTH_BYTES, "big") + data)
    out.flush()


def receive(stream: BinaryIO) -> Any:
    """Read one answer; None where the process has ended."""
    head = stream.read(LENGTH_BYTES)
    data = stream.read(int.from_bytes(head, "big")) if len(head) == LENGTH_BYTES else b""
    if not data or len(data) < int.from_bytes(head, "big"):
        return None
    return pickle.loads(data)  # from our own child


if __name__ == "__main__":
    main()
