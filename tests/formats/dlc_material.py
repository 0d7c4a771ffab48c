"""DeepLabCut projects that the tests make themselves."""

from pathlib import Path

import cv2
import numpy as np

from poseapp.formats.dlc_h5 import write_h5
from poseapp.formats.dlc_table import Column, DlcTable, write_csv

SINGLE_CONFIG = """Task: reach
scorer: Ann
date: Nov27
multianimalproject: false
project_path: C:\\Users\\ann\\reach
video_sets:
  C:\\Users\\ann\\videos\\walk.mp4:
    crop: 0, 64, 0, 48
bodyparts:
- snout
- left_paw
- right_paw
skeleton:
- - snout
  - left_paw
- - snout
  - right_paw
pcutoff: 0.35
"""
MULTI_CONFIG = """Task: pair
scorer: Bo
multianimalproject: true
individuals: [mouse1, mouse2]
uniquebodyparts: [corner]
multianimalbodyparts: [nose, tail]
bodyparts: MULTI!
video_sets: {}
skeleton: [[nose, tail]]
"""


def picture(value: int) -> np.ndarray:
    """A picture of 64 x 48 that differs from those of other values."""
    image = np.full((48, 64, 3), 40, np.uint8)
    cv2.circle(image, (10 + 5 * value, 20), 6, (200, 30 * value, 90), -1)
    return image


def project(folder: Path, *, several: bool = False, as_csv: bool = False) -> DlcTable:
    """A project with three labelled pictures of one video; returns its table."""
    rng = np.random.default_rng(7)
    scorer = "Bo" if several else "Ann"
    columns: list[Column] = []
    if several:
        columns = [(i, p, c) for i in ("mouse1", "mouse2") for p in ("nose", "tail") for c in "xy"]
        columns += [("single", "corner", c) for c in "xy"]
    else:
        columns = [("", p, c) for p in ("snout", "left_paw", "right_paw") for c in "xy"]
    values = rng.uniform(0, 60, (3, len(columns)))
    values[1, 2:4] = np.nan
    rows: list[tuple[str, ...] | int] = [("labeled-data", "walk", f"img{k:02d}.png") for k in (2, 5, 7)]
    table = DlcTable(scorer, columns, rows, values)
    place = folder / "labeled-data" / "walk"
    place.mkdir(parents=True)
    (folder / "config.yaml").write_text(MULTI_CONFIG if several else SINGLE_CONFIG)
    for k in (2, 5, 7):
        assert cv2.imwrite(str(place / f"img{k:02d}.png"), picture(k)[..., ::-1])
    write_csv(place / f"CollectedData_{scorer}.csv", table)
    if not as_csv:
        write_h5(place / f"CollectedData_{scorer}.h5", table)
    return table
