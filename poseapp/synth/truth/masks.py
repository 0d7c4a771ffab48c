"""Masks as COCO keeps them: run lengths down the columns, packed into text; and the boxes around them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


def mask_box(mask: NDArray[np.bool_]) -> Floats | None:
    """Box ``(4,)`` xyxy around the pixels that are set, to their outer edges; None without any."""
    columns, rows = np.flatnonzero(mask.any(0)), np.flatnonzero(mask.any(1))
    if len(columns) == 0:
        return None
    return np.array([columns[0] - 0.5, rows[0] - 0.5, columns[-1] + 0.5, rows[-1] + 0.5])


def rle(mask: NDArray[np.bool_]) -> dict[str, Any]:
    """A mask in COCO's compressed run-length form: ``{"size": [height, width], "counts": text}``.

    Runs of 0 and 1 in turn, the first of 0, down the columns; from the fourth on each is written as the
    difference to the one two before, in 6-bit characters of which 5 bits count (as `pycocotools` does).
    """
    flat = mask.ravel(order="F")
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    runs = np.diff(np.concatenate([[0] if len(flat) and flat[0] else [], [0], edges, [len(flat)]]))
    runs[3:] -= runs[1:-2].copy()
    text = []
    for value in runs.astype(int).tolist():
        more = True
        while more:
            bits = value & 0x1F
            value >>= 5
            more = value != (-1 if bits & 0x10 else 0)
            text.append(chr((bits | (0x20 if more else 0)) + 48))
    return {"size": list(mask.shape), "counts": "".join(text)}
