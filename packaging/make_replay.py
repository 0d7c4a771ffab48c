"""Draw the replay set: `python packaging/make_replay.py --out resources/replay [--count N] [--seed N]`.

Fine-tuning mixes these drawn people into its batches and asks the network to answer on them as it did
before, so that what
it knew stays. Writes JPEG pictures and `truth.json` (COCO keypoints of the skeleton lsp14).
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import cv2
import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent)]

from drawn_person.body import KEYPOINTS  # noqa: E402
from drawn_person.render import render_random  # noqa: E402

SIZE = 208


def main() -> None:
    """Draw and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    images, annotations = [], []
    for number in range(1, options.count + 1):
        picture, points, visibility = render_random(np.random.default_rng((options.seed, number)), SIZE)
        inside = points[visibility > 0]
        if len(inside) < 10:
            continue
        name = f"{number:04d}.jpg"
        cv2.imwrite(str(options.out / name), picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])
        low, high = inside.min(0), inside.max(0)
        flat: list[float] = []
        for (x, y), seen in zip(points, visibility, strict=True):
            flat += [round(float(x), 2), round(float(y), 2), int(seen)] if seen else [0, 0, 0]
        images.append({"id": number, "file_name": name, "width": SIZE, "height": SIZE})
        annotations.append(
            {
                "id": number,
                "image_id": number,
                "category_id": 1,
                "iscrowd": 0,
                "num_keypoints": len(inside),
                "bbox": [round(float(v), 2) for v in (*low, *(high - low))],
                "area": round(float(np.prod(high - low)), 1),
                "keypoints": flat,
            }
        )
    category = {"id": 1, "name": "person", "keypoints": list(KEYPOINTS), "skeleton": []}
    truth = {"images": images, "annotations": annotations, "categories": [category]}
    (options.out / "truth.json").write_text(json.dumps(truth, separators=(",", ":")))


if __name__ == "__main__":
    main()
