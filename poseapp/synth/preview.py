"""Pictures of a data set before it is made: a process that draws one picture a request.

python -P -m poseapp.synth.preview

A request is a line of JSON on stdin: `id`; `settings` (of `SynthSettings`); `seed`, `index` and `camera`
(which picture of the `looked_at` settings); `keypoints` (a skeleton's name, or null); `size` (longest side of
the picture in pixels; null: as the settings say). An answer on stdout is 4 bytes, big-endian, with the length
of a JSON header; the header; and as many bytes as its `bytes` says. Headers:

- `{"type": "building", "share", "text"}`: the body model is being built, once on a machine;
- `{"type": "picture", "id", "width", "height", "people", "draw_ms", "bytes"}`: a PNG follows. `people` has
  for each person `points` (K pairs in pixels of this picture, null where unlabelled) and `visibility` (K);
- `{"type": "failed", "id", "error"}`: one line.

Requests are answered in their order, whatever one of them comes to. The process ends when stdin closes.
"""

import contextlib
import json
import math
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO

import cv2
import numpy as np

from poseapp.errors import PoseError, SynthError
from poseapp.labels.instance import Instance
from poseapp.synth.settings import SynthSettings

if TYPE_CHECKING:
    from poseapp.synth.truth import SynthSample

LEAST_SIDE = 32
HEADER_BYTES = 4
KEPT = 8  # moments
# Below the window and what else runs: a preview may come later, the window must not wait.
NICENESS = 5


def serve(requests: Iterable[bytes], out: BinaryIO) -> None:
    """Answer requests until there are no more.

    Args:
        requests: Lines of JSON.
        out: Where answers go.
    """
    for line in requests:
        if not line.strip():
            continue
        number = None
        try:
            request = json.loads(line)
            if not isinstance(request, dict):
                raise SynthError(f"a request is an object of JSON, not {type(request).__name__}")
            number = request.get("id")
            header, payload = _draw(request, out)
        except Exception as error:  # noqa: BLE001 - the next request may be drawn, whatever this one met
            text = str(error) if isinstance(error, PoseError) else f"{type(error).__name__}: {error}"
            header, payload = {"type": "failed", "id": number, "error": " ".join(text.split())}, b""
        send(out, header, payload)


def send(out: BinaryIO, header: dict[str, Any], payload: bytes = b"") -> None:
    """Write one answer."""
    words = json.dumps({**header, "bytes": len(payload)}, separators=(",", ":")).encode()
    out.write(len(words).to_bytes(HEADER_BYTES, "big") + words + payload)
    out.flush()


def read_answer(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """Read one answer; None where the process has ended."""
    head = stream.read(HEADER_BYTES)
    if len(head) < HEADER_BYTES:
        return None
    words = stream.read(int.from_bytes(head, "big"))
    try:
        header = json.loads(words)
    except ValueError:
        return None  # ended in the middle of it
    payload = stream.read(header["bytes"])
    return (header, payload) if len(payload) == header["bytes"] else None


def looked_at(settings: SynthSettings) -> SynthSettings:
    """The settings that a preview draws by; those that come to the same have the same pictures.

    Each picture shows other people, as a few pictures must show what there is, and there are no dense maps.
    """
    return replace(settings, dense=False, pictures_per_look=1)


def drawn_at(settings: SynthSettings, size: int | None) -> SynthSettings:
    """The settings with a picture whose longest side is `size`, of the same shape."""
    longest = max(settings.width, settings.height)
    if size is None or size == longest:
        return settings
    sides = (max(LEAST_SIDE, round(side * size / longest)) for side in (settings.width, settings.height))
    width, height = sides
    return replace(settings, width=width, height=height)


def _draw(request: dict[str, Any], out: BinaryIO) -> tuple[dict[str, Any], bytes]:
    from poseapp.synth.body.model import body_is_built, load_body

    settings = drawn_at(SynthSettings.from_dict(request["settings"]), request.get("size"))
    if not body_is_built():
        load_body(lambda share, text: send(out, {"type": "building", "share": share, "text": text}))
    words = json.dumps(looked_at(settings).to_dict(), sort_keys=True)
    sample, draw_ms = _sample(words, int(request["seed"]), int(request["index"]))
    view = sample.views[int(request.get("camera") or 0)]
    skeleton = request.get("keypoints")
    people = [_person(instance) for instance in view.instances(skeleton)] if skeleton else []
    done, png = cv2.imencode(".png", view.image[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 1])
    if not done:
        raise SynthError("the picture could not be encoded")
    height, width = view.image.shape[:2]
    header = {
        "type": "picture", "id": request["id"], "width": width, "height": height, "people": people,
        "draw_ms": round(draw_ms / len(sample.views), 1),
    }  # fmt: skip
    return header, png.tobytes()


@lru_cache(maxsize=KEPT)
def _sample(settings: str, seed: int, index: int) -> tuple["SynthSample", float]:
    """A moment, and how many milliseconds it took; kept for its other cameras and other keypoints."""
    from poseapp.synth.truth import make_sample

    start = time.perf_counter()
    sample = make_sample(SynthSettings.from_dict(json.loads(settings)), seed, index)
    return sample, 1000 * (time.perf_counter() - start)


def _person(instance: Instance) -> dict[str, Any]:
    points = [
        [round(float(x), 2), round(float(y), 2)] if math.isfinite(x) and math.isfinite(y) else None
        for x, y in instance.points
    ]
    return {"points": points, "visibility": np.asarray(instance.visibility).astype(int).tolist()}


def main() -> None:
    """Serve stdin and stdout."""
    # What libraries print must not end up between the answers.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with contextlib.suppress(OSError, AttributeError):
        os.nice(NICENESS)
    with contextlib.suppress(BrokenPipeError):  # the window is gone
        serve(sys.stdin.buffer, out)


if __name__ == "__main__":
    main()
