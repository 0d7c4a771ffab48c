"""Draw the replay set: `python packaging/make_replay.py [--out resources/replay] [--count N] [--seed N]`.

Fine-tuning mixes these drawn people into its batches and asks the network to answer on them as it did before,
so that what it knew stays. Each is the main person of a picture as `poseapp synth` makes them, cut out with
some room around.

Writes JPEG pictures and `truth.json` (COCO keypoints of the skeleton halpe26). Needs `poseapp[synth]`.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path[:0] = [str(Path(__file__).resolve().parent.parent)]

from poseapp.geometry.affine import apply, crop_matrix, warp  # noqa: E402
from poseapp.geometry.boxes import clip_box, square_box  # noqa: E402
from poseapp.paths import resources_dir  # noqa: E402
from poseapp.synth.settings import SynthSettings  # noqa: E402
from poseapp.synth.truth.landmarks import skeleton  # noqa: E402
from poseapp.synth.truth.sample import make_sample  # noqa: E402

SIZE = 208
ROOM = 1.3  # side of the cut over the longer side of the person's box
LEAST = 18  # keypoints inside the picture
LEAST_SEEN = 0.5  # share of the person
QUALITY = 82
SKELETON = "halpe26"
SETTINGS = SynthSettings(
    width=320, height=320, person_size=(0.55, 0.9), props=0.5, dense=False, pictures_per_look=1
)


def cut(box: NDArray[np.float64]) -> NDArray[np.float64]:
    """A square `(4,)` xyxy around a person's box that does not leave the picture."""
    square = square_box(box, ROOM)
    side = min(float(square[2] - square[0]), float(SETTINGS.width))
    middle = (box[:2] + box[2:]) / 2
    corner = np.clip(middle - side / 2, -0.5, SETTINGS.width - 0.5 - side)
    return np.concatenate([corner, corner + side])


def main() -> None:
    """Draw and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=resources_dir() / "replay")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    index = 0
    while len(images) < options.count:
        sample = make_sample(SETTINGS, options.seed, index)
        index += 1
        person = next((p for p in sample.people if p.number == 1), None)
        if person is None or person.share_seen < LEAST_SEEN:
            continue
        whole = person.instance(SKELETON)
        if whole.num_labelled < LEAST or whole.box is None:
            continue
        matrix = crop_matrix(cut(whole.box), (SIZE, SIZE))
        points = apply(matrix, whole.points)
        inside = ((points > -0.5) & (points < SIZE - 0.5)).all(1)
        seen = np.where(inside, whole.visibility, 0)
        number = len(images) + 1
        name = f"{number:04d}.jpg"
        picture = warp(sample.image, matrix, (SIZE, SIZE))
        cv2.imwrite(str(options.out / name), picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        box = clip_box(apply(matrix, whole.box.reshape(2, 2)).ravel(), SIZE, SIZE)
        flat = np.column_stack([np.round(np.where(seen[:, None] > 0, points, 0.0), 1), seen]).ravel().tolist()
        flat[2::3] = [int(v) for v in seen]
        x0, y0, x1, y1 = np.round(box, 1).tolist()
        wide, high = round(x1 - x0, 1), round(y1 - y0, 1)
        images.append({"id": number, "file_name": name, "width": SIZE, "height": SIZE})
        annotations.append(
            {
                "id": number, "image_id": number, "category_id": 1, "iscrowd": 0,
                "num_keypoints": int((seen > 0).sum()), "bbox": [x0, y0, wide, high],
                "area": round(wide * high, 1), "keypoints": flat,
            }
        )  # fmt: skip
    known = skeleton(SKELETON)
    category = {
        "id": 1, "name": "person", "keypoints": list(known.keypoints),
        "skeleton": [[a + 1, b + 1] for a, b in known.edges],
    }  # fmt: skip
    truth = {"images": images, "annotations": annotations, "categories": [category]}
    text = json.dumps(truth, separators=(",", ":")).replace('},{"id"', '},\n{"id"')
    (options.out / "truth.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
