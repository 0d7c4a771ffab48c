"""Does the search for doubtful frames find what is wrong? True poses with known mistakes, and predictions.

    python -m bench.doubt [--predictions FILE.h5]   (of resources/sample/clip.mp4)

The first table: mistakes put into the true poses of the sample clips (with a pixel of noise), found again by
each sign: recall (mistakes within 3 frames of a doubt of that sign) and precision (doubts near a mistake).
The second: on real predictions, how often keypoints are right (PCK@0.2) in frames that are doubtful and in
those further than 10 frames from any. The third: seconds for 100,000 frames of 5 people.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from poseapp.formats import read_dataset
from poseapp.formats.predictions_h5 import PredictionFile
from poseapp.labels.doubt import Doubt, find_doubts
from poseapp.labels.skeleton import Skeleton, load_skeleton
from poseapp.labels.tracks import numbers_in_frame, sizes
from poseapp.labels.trajectories import PeopleTable

SAMPLE = Path(__file__).resolve().parents[1] / "resources" / "sample"
NEAR = 3
SEEDS = 10


def truth(name: str) -> tuple[PeopleTable, Skeleton]:
    """The true poses of a sample clip."""
    data = read_dataset(SAMPLE / f"{name}-lsp14.json")
    rows = sorted((data.images[i].frame_idx or 0, p.track_id or 0, p.points) for i, p in data.instances)
    frames = np.array([r[0] for r in rows])
    points = np.array([r[2] for r in rows], np.float32)
    scores = np.full(points.shape[:2], 0.9, np.float32)
    return _table(frames, points, scores), data.skeleton


def _table(frames: np.ndarray, points: np.ndarray, scores: np.ndarray) -> PeopleTable:
    return PeopleTable(frames, points, scores, np.full(len(frames), -1), np.zeros(len(frames), bool))


def flip(table: PeopleTable, rows: np.ndarray, skeleton: Skeleton, rng: np.random.Generator) -> None:
    """Exchange the sides of the whole person, or of the legs."""
    legs = {skeleton.index(f"{s}_{n}") for s in ("left", "right") for n in ("knee", "ankle", "hip")}
    for row in rows:
        order = skeleton.swap_index.copy()
        if rng.random() < 0.5:
            order = np.array([o if k in legs else k for k, o in enumerate(order)])
        table.points[row] = table.points[row][order]


def jump(table: PeopleTable, rows: np.ndarray, skeleton: Skeleton, rng: np.random.Generator) -> None:
    """Move a keypoint by 0.2 to 0.6 of the person's size."""
    for row in rows:
        k, angle = rng.integers(skeleton.num_keypoints), rng.uniform(0, 2 * np.pi)
        step = rng.uniform(0.2, 0.6) * sizes(table.points[row : row + 1])[0]
        table.points[row, k] += step * np.array([np.cos(angle), np.sin(angle)])


def bone(table: PeopleTable, rows: np.ndarray, skeleton: Skeleton, rng: np.random.Generator) -> None:
    """Stretch a shin or a forearm to 1.8 to 2.5 times its length, away from the joint above."""
    for row in rows:
        side = rng.choice(["left", "right"])
        a, b = [("knee", "ankle"), ("elbow", "wrist")][rng.integers(2)]
        i, j = skeleton.index(f"{side}_{a}"), skeleton.index(f"{side}_{b}")
        points = table.points[row]
        points[j] = points[i] + rng.uniform(1.8, 2.5) * (points[j] - points[i])


def score(table: PeopleTable, rows: np.ndarray, skeleton: Skeleton, rng: np.random.Generator) -> None:
    """An unsure keypoint, or an unsure person."""
    for row in rows:
        if rng.random() < 0.5:
            table.scores[row, rng.integers(skeleton.num_keypoints)] = rng.uniform(0.02, 0.2)
        else:
            table.scores[row] = rng.uniform(0.1, 0.4, skeleton.num_keypoints)


SPOILERS: dict[str, Callable[..., None]] = {"score": score, "jump": jump, "flip": flip, "bone": bone}


def injected(name: str, kind: str, seed: int) -> tuple[int, int, int, int, int, int]:
    """Put ten mistakes in: (mistakes, found by its sign, found by any, doubts of it, right, other doubts)."""
    table, skeleton = truth(name)
    rng = np.random.default_rng(seed)
    table.points[:] += rng.normal(0, 1.0, table.points.shape).astype(np.float32)
    assert table.scores is not None
    table.scores[:] += rng.normal(0, 0.03, table.scores.shape).astype(np.float32)
    frames, numbers = np.unique(table.frames), numbers_in_frame(table.frames)
    chosen = rng.permutation(np.arange(frames[0] + 15, frames[-1] - 15, 24))[:10]
    length = 1 if kind in ("jump", "score") else int(rng.integers(1, 4))
    wrong = set()
    for frame in chosen:
        person = rng.choice(numbers[table.frames == frame])
        rows = np.flatnonzero((numbers == person) & (table.frames >= frame) & (table.frames < frame + length))
        SPOILERS[kind](table, rows[:1] if kind != "flip" else rows, skeleton, rng)
        wrong.add((int(frame), int(person)))
    doubts = find_doubts(table, skeleton)
    own = [d for d in doubts if d.kind == kind]

    def near(doubt: Doubt) -> bool:
        return any(abs(doubt.frame_idx - f) <= NEAR + 2 and doubt.person == p for f, p in wrong)

    def found(among: list[Doubt]) -> int:
        return sum(any(abs(d.frame_idx - f) <= NEAR and d.person == p for d in among) for f, p in wrong)

    false = sum(not near(d) for d in doubts)
    return len(wrong), found(own), found(doubts), len(own), sum(map(near, own)), false


def clean(name: str) -> dict[str, int]:
    """Doubts about poses that are right."""
    table, skeleton = truth(name)
    table.points[:] += np.random.default_rng(0).normal(0, 1.0, table.points.shape).astype(np.float32)
    doubts = find_doubts(table, skeleton)
    return {kind: sum(d.kind == kind for d in doubts) for kind in SPOILERS}


def on_predictions(path: Path, name: str) -> None:
    """PCK@0.2 (torso diagonal) of doubtful and other frames."""
    true, skeleton = truth(name)
    with PredictionFile(path) as file:
        own = file.skeleton
        table = file.people_table(0).columns([own.keypoints.index(k) for k in skeleton.keypoints])
    torso = skeleton.torso
    assert torso is not None
    right_shoulder, left_shoulder, right_hip, left_hip = torso
    share = {}
    for row, frame in enumerate(true.frames.tolist()):
        p = true.points[row]
        unit = max(np.hypot(*(p[right_shoulder] - p[left_hip])), np.hypot(*(p[left_shoulder] - p[right_hip])))
        guesses = table.points[table.frames == frame]
        gaps = np.hypot(*np.moveaxis(guesses - p, -1, 0)) if len(guesses) else np.full((1, len(p)), np.inf)
        best = gaps[np.nanmean(gaps, axis=1).argmin()]
        share.setdefault(frame, []).append((np.nan_to_num(best, nan=np.inf) <= 0.2 * unit).mean())
    pck = {frame: float(np.mean(values)) for frame, values in share.items()}
    doubts = find_doubts(table, skeleton)
    print(f"\n{path.name}: {len(pck)} frames, PCK@0.2 {np.mean(list(pck.values())):.3f}")
    print("sign     doubts  pck doubtful  pck others")
    for kind in ("any", *SPOILERS):
        flagged = {d.frame_idx for d in doubts if kind in ("any", d.kind)}
        around = {f + o for f in flagged for o in range(-10, 11)}
        inside = [pck[f] for f in flagged if f in pck]
        outside = [v for f, v in pck.items() if f not in around]
        print(f"{kind:8s} {len(flagged):6d}  {_mean(inside):>12}  {_mean(outside):>10}")
    worst = sorted(pck, key=lambda f: pck[f])[:15]
    near = [any(abs(f - d.frame_idx) <= 10 for d in doubts) for f in worst]
    print(f"of the 15 worst frames, {sum(near)} are within 10 frames of a doubt")


def _mean(values: list[float]) -> str:
    return f"{np.mean(values):.3f}" if values else "-"


def speed() -> None:
    """Seconds for a long video."""
    skeleton = load_skeleton("coco17")
    frames, people, rng = 100_000, 5, np.random.default_rng(0)
    base = rng.uniform(0, 150, (1, people, 17, 2)) + np.arange(people)[None, :, None, None] * [300, 0]
    drift = np.cumsum(rng.normal(0, 1, (frames, people, 1, 2)), axis=0) * 0.05
    points = (base + drift + rng.normal(0, 1, (frames, people, 17, 2))).astype(np.float32)
    scores = rng.uniform(0.7, 1, (frames * people, 17)).astype(np.float32)
    table = _table(np.repeat(np.arange(frames), people), points.reshape(-1, 17, 2), scores)
    began = time.perf_counter()
    found = find_doubts(table, skeleton)
    print(f"\n100,000 frames x 5 people: {time.perf_counter() - began:.1f} s, {len(found)} doubts")


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--predictions", type=Path, nargs="*", default=[])
    parser.add_argument("--no-speed", action="store_true")
    words = parser.parse_args()
    print("sign     clip    mistakes  recall  by any sign  precision  other doubts")
    for kind in SPOILERS:
        for name in ("clip", "cross"):
            total = np.sum([injected(name, kind, seed) for seed in range(SEEDS)], axis=0)
            num, own, anyhow, doubts, right, false = total.tolist()
            precision = right / doubts if doubts else float("nan")
            print(
                f"{kind:8s} {name:6s} {num:9d}  {own / num:6.2f}  {anyhow / num:11.2f}  {precision:9.2f}"
                f"  {false / SEEDS:12.1f}"
            )
    print("\ndoubts about poses that are right:", {name: clean(name) for name in ("clip", "cross")})
    for path in words.predictions:
        on_predictions(path, "cross" if "cross" in path.name else "clip")
    if not words.no_speed:
        speed()


if __name__ == "__main__":
    main()
