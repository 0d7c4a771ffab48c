"""Measure how exactly labels are followed through the sample clips, whose truth is known.

    python bench/propagate.py [--out bench/results/propagate.md]

Starts from the visible keypoints of the true label of every 15th frame, and follows them forwards, once with
the limits of the program and once without any: pixels between the point and the truth.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from poseapp.api.propagating import STOPPED_SHARE  # noqa: E402
from poseapp.formats import read_dataset  # noqa: E402
from poseapp.video import open_video  # noqa: E402
from poseapp.video.tracking import Limits, PointTracker  # noqa: E402

SAMPLE = Path(__file__).resolve().parents[1] / "resources" / "sample"
AT, EVERY = (1, 2, 5, 10, 20), 15
ENDLESS = Limits(back=1e9, likeness=-2.0, stretch=1e9)


def measure(name: str) -> tuple[list[tuple[int, bool, bool, float]], float, int, list[int]]:
    """Rows (after, point kept, person kept, error in px), seconds, frames, how far each person got."""
    data = read_dataset(SAMPLE / f"{name}-lsp14.json")
    people = {(data.images[i].frame_idx, p.track_id): p for i, p in data.instances}
    with open_video(SAMPLE / f"{name}.mp4") as video:
        images = [image for _, image in video.frames(0, len(video))]
    rows, spent, steps, reach = [], 0.0, 0, []
    for (start, track), person in people.items():
        if start % EVERY or start + max(AT) >= len(images):
            continue
        points = np.where((person.visibility == 2)[:, None], person.points, np.nan)
        checked = PointTracker(images[start], points, data.skeleton.edges)
        free = PointTracker(images[start], points, data.skeleton.edges, ENDLESS)
        got = max(AT)
        for after in range(1, max(AT) + 1):
            began = time.perf_counter()
            checked.step(images[start + after])
            spent, steps = spent + time.perf_counter() - began, steps + 1
            free.step(images[start + after])
            if len(checked.why) > STOPPED_SHARE * checked.num:
                got = min(got, after - 1)
            now = people.get((start + after, track))
            if after in AT and now is not None:
                errors = np.hypot(*(free.points - now.points).T)
                for k in np.flatnonzero(np.isfinite(errors)):
                    rows.append((after, bool(checked.alive[k]), got >= after, float(errors[k])))
        reach.append(got)
    return rows, spent, steps, reach


def _figures(errors: np.ndarray, of: int) -> str:
    if not len(errors):
        return "0 % | - | -"
    return f"{len(errors) / of:.0%} | {np.median(errors):.1f} | {np.percentile(errors, 90):.1f}"


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path)
    out = parser.parse_args().out
    found = [measure(name) for name in ("clip", "cross")]
    rows = np.array([row for rows, *_ in found for row in rows], float)
    reach = [got for *_, reaches in found for got in reaches]
    fps = sum(part[2] for part in found) / sum(part[1] for part in found)
    limits = Limits()
    lines = [
        "# Labels followed through the sample clips", "",
        "`python bench/propagate.py`; 640 x 360, visible keypoints of lsp14, true labels of",
        "every 15th frame as start. Pixels from the truth. \"Labels\": kept points of people not stopped,",
        "which is what `poseapp propagate` adds.", "",
        "| after | kept | median | p90 | dropped | median | p90 | labels | median | p90 |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for after in AT:
        at = rows[rows[:, 0] == after]
        kept = at[:, 1] == 1
        parts = (kept, ~kept, kept & (at[:, 2] == 1))
        lines.append(f"| {after} | " + " | ".join(_figures(at[part, 3], len(at)) for part in parts) + " |")
    lines += [
        "", f"A person got {np.median(reach):.0f} frames far (median of {len(reach)};",
        f"{sum(r == 0 for r in reach)} none,",
        f"{sum(r >= max(AT) for r in reach)} all {max(AT)}). {fps:.0f} frames a second without decoding.", "",
        f"Limits: {limits}. They were chosen on these two clips, so other videos may do worse.",
    ]  # fmt: skip
    text = "\n".join(lines) + "\n"
    print(text)
    if out is not None:
        out.write_text(text)


if __name__ == "__main__":
    main()
