"""Draw the sample clip of the demo: `python packaging/make_sample.py --out resources/sample [--seed N]
[--frames N]`.

Writes `clip.mp4` (a person moving in a room, 640x480, 30 frames a second) and `truth.json` (its true
keypoints as COCO keypoints of the skeleton lsp14). The same seed and number of frames give the same pictures
and the same truth.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent)]

from drawn_person.body import KEYPOINTS, Body  # noqa: E402
from drawn_person.clip import clip_look, clip_scene  # noqa: E402
from drawn_person.motion import clip_figures  # noqa: E402
from drawn_person.render import Lens, draw  # noqa: E402

WIDTH, HEIGHT, FPS = 640, 480, 30
EDGES = (
    (0, 1),
    (1, 2),
    (2, 3),
    (3, 4),
    (4, 5),
    (2, 8),
    (3, 9),
    (6, 7),
    (7, 8),
    (8, 12),
    (12, 9),
    (9, 10),
    (10, 11),
    (12, 13),
)

Frame = tuple[NDArray[np.uint8], NDArray[np.float64], NDArray[np.uint8]]


def frames(num_frames: int, seed: int, size_wh: tuple[int, int] = (WIDTH, HEIGHT)) -> Iterator[Frame]:
    """Draw the clip.

    Args:
        num_frames: Length; the motion is stretched to it.
        seed: Changes the small sways of the motion, the plant's leaves and the noise of the camera.
        size_wh: Width and height of the pictures in pixels.

    Yields:
        Picture `(H, W, 3)` uint8 RGB, keypoints `(14, 2)` x, y in pixels, visibility `(14,)`, frame by frame.
    """
    rng = np.random.default_rng(seed)
    body, look = Body(), clip_look(rng)
    scene = clip_scene(rng, size_wh)
    lens = Lens(
        blur=0.45 * size_wh[0] / WIDTH, noise=2.0, vignette=0.22, exposure=1.05, cast=(1.02, 1.0, 0.96)
    )
    for figure in clip_figures(body, num_frames, seed):
        yield draw(scene, figure, look, lens, rng)


def truth_of(
    points: list[NDArray[np.float64]], visibility: list[NDArray[np.uint8]], size_wh: tuple[int, int]
) -> dict:
    """Return the COCO keypoints document of the clip; joints outside the picture are unlabelled."""
    images, annotations = [], []
    for k, (xy, v) in enumerate(zip(points, visibility, strict=True)):
        name = f"clip.mp4#{k:06d}"
        images.append(
            {
                "id": k + 1,
                "file_name": name,
                "video": "clip.mp4",
                "frame_idx": k,
                "width": size_wh[0],
                "height": size_wh[1],
            }
        )
        seen = v > 0
        flat = np.where(seen[:, None], xy, 0.0)
        triples = [
            n
            for (x, y), s in zip(flat, v, strict=True)
            for n in (round(float(x), 2), round(float(y), 2), int(s))
        ]
        low, high = xy[seen].min(0), xy[seen].max(0)
        box = [round(float(n), 2) for n in (*low, *(high - low))]
        annotations.append(
            {
                "id": k + 1, "image_id": k + 1, "category_id": 1, "keypoints": triples,
                "num_keypoints": int(seen.sum()), "bbox": box, "area": round(box[2] * box[3], 1),
                "iscrowd": 0,
            }
        )  # fmt: skip
    category = {
        "id": 1, "name": "person", "supercategory": "person", "keypoints": list(KEYPOINTS),
        "skeleton": [[a + 1, b + 1] for a, b in EDGES],
    }  # fmt: skip
    info = {
        "description": "True keypoints of the sample clip, drawn by packaging/make_sample.py",
        "skeleton": "lsp14",
    }
    return {"info": info, "images": images, "annotations": annotations, "categories": [category]}


def write_clip(path: Path, pictures: Iterator[NDArray[np.uint8]], size_wh: tuple[int, int]) -> None:
    """Encode pictures `(H, W, 3)` RGB as H.264, yuv420p."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = *size_wh, "yuv420p"
        # One thread and no look-ahead of its own: only so are the bytes of the file the same in every run.
        exact = "threads=1:sync-lookahead=0:mbtree=0"
        stream.options = {"crf": "20", "preset": "slow", "movflags": "+faststart", "x264-params": exact}
        for picture in pictures:
            planes = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420), dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(planes, format="yuv420p")))
        container.mux(stream.encode())


def make(out: Path, num_frames: int = 144, seed: int = 7, size_wh: tuple[int, int] = (WIDTH, HEIGHT)) -> None:
    """Write `clip.mp4` and `truth.json` into the folder `out`."""
    out.mkdir(parents=True, exist_ok=True)
    points: list[NDArray[np.float64]] = []
    visibility: list[NDArray[np.uint8]] = []

    def pictures() -> Iterator[NDArray[np.uint8]]:
        for picture, xy, v in frames(num_frames, seed, size_wh):
            points.append(xy)
            visibility.append(v)
            yield picture

    write_clip(out / "clip.mp4", pictures(), size_wh)
    text = json.dumps(truth_of(points, visibility, size_wh), separators=(",", ":"))
    (out / "truth.json").write_text(text.replace('},{"id"', '},\n{"id"') + "\n", encoding="utf-8")


def main() -> None:
    """Parse the command line and write the sample."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("resources/sample"))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--frames", type=int, default=144)
    args = parser.parse_args()
    make(args.out, args.frames, args.seed)


if __name__ == "__main__":
    main()
