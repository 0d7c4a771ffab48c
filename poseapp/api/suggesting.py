"""`suggest`: which frames to label next, by what looks wrong in the predictions or by the pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from poseapp.api.progress import Progress
from poseapp.api.projects import open_project
from poseapp.api.results import Result
from poseapp.api.same_video import pair_videos, video_paths
from poseapp.errors import FormatError, PoseError, VideoError
from poseapp.formats.predictions_h5 import PredictionFile
from poseapp.formats.predictions_hidden import hide_rejected
from poseapp.labels.doubt import KINDS, find_doubts, one_a_frame
from poseapp.labels.project import Project, VideoRecord
from poseapp.labels.trajectories import PeopleTable, joined, without_frames
from poseapp.video import open_video

METHODS = ("doubt", *KINDS, "diversity", "even", "random")
# Pictures looked at for diversity, and the side they are shrunk to.
MAX_PICTURES = 600
SIDE = 16


@dataclass(frozen=True)
class Suggestion(Result):
    """One frame to label.

    Attributes:
        video: Name of its video.
        frame: 0-based.
        reason: One sentence.
        strength: 0 to 1 for doubts, null otherwise.
        video_id: Of the video in the project.
    """

    video: str
    frame: int
    reason: str
    strength: float | None
    video_id: int


@dataclass(frozen=True)
class SuggestResult(Result):
    """Frames to label.

    Attributes:
        project: The project.
        by: How they were chosen.
        frames: The most worthwhile first.
    """

    project: Path
    by: str
    frames: list[Suggestion]


def suggest(
    project: str | Path,
    *,
    by: str = "doubt",
    count: int = 20,
    video: str | None = None,
    seed: int = 0,
    on_progress: Callable[[Progress], None] | None = None,
) -> SuggestResult:
    """Choose frames of a project to label next; labelled ones are never chosen.

    Args:
        project: The project.
        by: "doubt" (any sign of a mistake), one sign: "score", "jump", "flip", "bone"; "diversity" (pictures
            unlike each other), "even" (evenly spaced), "random".
        count: How many at most.
        video: Only this video, by name.
        seed: Of "random" and "diversity".
        on_progress: Told how far it is.

    Raises:
        PoseError: There is no such method or video, or nothing is predicted yet.
    """
    opened = open_project(Path(project), read_only=True)
    try:
        records = opened.videos
        if video is not None:
            records = [record for record in records if record.name == video]
            if not records:
                known = ", ".join(record.name for record in opened.videos) or "none"
                raise PoseError(f"{project} has no video '{video}'; it has {known}")
        frames = choose_frames(opened, records, by=by, count=count, seed=seed, on_progress=on_progress)
        return SuggestResult(Path(project), by, frames)
    finally:
        opened.close()


def choose_frames(
    project: Project,
    records: Sequence[VideoRecord],
    *,
    by: str,
    count: int,
    seed: int = 0,
    on_progress: Callable[[Progress], None] | None = None,
) -> list[Suggestion]:
    """What `suggest` does, in a project that is open.

    Raises:
        PoseError: There is no such method, or nothing is predicted yet.
    """
    if by not in METHODS:
        raise PoseError(f"frames cannot be suggested by '{by}'; choose one of {', '.join(METHODS)}")
    if count < 1:
        raise PoseError(f"{count} frames cannot be suggested; ask for at least 1")
    free = {r.id: np.setdiff1d(np.arange(r.num_frames), project.labelled_frames(r.id)) for r in records}
    if by == "diversity":
        return _diverse(project, records, free, count, seed, on_progress)
    if by in ("even", "random"):
        return _spread(records, free, by, count, seed)
    return _doubtful(project, records, free, by, count)


def _doubtful(
    project: Project, records: Sequence[VideoRecord], free: dict[int, np.ndarray], by: str, count: int
) -> list[Suggestion]:
    kinds = KINDS if by == "doubt" else (by,)
    found, predicted = [], False
    for record in records:
        people, empty = predicted_people(project, record)
        predicted |= bool(len(people) or len(empty))
        doubts = one_a_frame(find_doubts(people, project.skeleton, kinds=kinds, empty=empty))
        unlabelled = set(free[record.id].tolist())
        best = {d.frame_idx: d for d in reversed(doubts) if d.frame_idx in unlabelled}
        found += [
            Suggestion(record.name, d.frame_idx, d.text, round(d.strength, 3), record.id)
            for d in best.values()
        ]
    if not predicted:
        raise PoseError("nothing is predicted yet: predict first, or suggest by diversity, even or random")
    return sorted(found, key=lambda s: -(s.strength or 0.0))[:count]


def predicted_people(project: Project, record: VideoRecord) -> tuple[PeopleTable, np.ndarray]:
    """Who is predicted in a video, in the project's skeleton, of each frame by the newest run that has it.

    Returns:
        The people, and the (E,) int64 frames where nobody was found.
    """
    path = project.resolve(record) or Path(record.abs_path)
    tables, taken, empty = [PeopleTable.empty(project.skeleton.num_keypoints)], np.zeros(0, np.int64), []
    files = sorted(project.predictions_dir.glob("*.h5"), key=lambda p: p.stat().st_mtime_ns, reverse=True)
    for place in files:
        try:
            with PredictionFile(place) as file:
                hide_rejected(file, project)
                names = [str(name) for name in file.videos]
                paths = video_paths(place, names, place.absolute().parent)
                index = pair_videos([path], [paths[name] for name in names], place.name).get(0)
                if index is None:
                    continue
                frames, scores = file.frame_scores(index)
                table = file.people_table(index).columns(project.skeleton.columns_from(file.skeleton))
        except FormatError:
            continue  # as in the window: what is damaged is left out
        empty.append(np.setdiff1d(np.setdiff1d(frames[scores == 0], table.frames), taken))
        tables.append(without_frames(table, taken))
        taken = np.union1d(taken, frames)
    return joined(tables), np.unique(np.concatenate(empty)) if empty else np.zeros(0, np.int64)


def _spread(
    records: Sequence[VideoRecord], free: dict[int, np.ndarray], by: str, count: int, seed: int
) -> list[Suggestion]:
    places = [(record, int(frame)) for record in records for frame in free[record.id]]
    count = min(count, len(places))
    if by == "random":
        chosen = sorted(np.random.default_rng(seed).choice(len(places), count, replace=False).tolist())
        reason = "drawn by chance"
    else:
        chosen = ((np.arange(count) + 0.5) * len(places) / max(count, 1)).astype(int).tolist()
        reason = "evenly spaced"
    return [Suggestion(places[i][0].name, places[i][1], reason, None, places[i][0].id) for i in chosen]


def _diverse(
    project: Project,
    records: Sequence[VideoRecord],
    free: dict[int, np.ndarray],
    count: int,
    seed: int,
    on_progress: Callable[[Progress], None] | None,
) -> list[Suggestion]:
    """Pictures shrunk to a few pixels, put in groups by k-means; of each group the one nearest its middle."""
    import cv2

    total = sum(len(frames) for frames in free.values())
    step = max(1, -(-total // MAX_PICTURES))
    places: list[tuple[VideoRecord, int]] = []
    features: list[np.ndarray] = []
    for record in records:
        wanted = free[record.id][::step]
        path = project.resolve(record)
        if path is None or len(wanted) == 0:
            continue
        with open_video(path, on_warning=lambda _text: None) as video:
            for frame_idx in wanted.tolist():
                try:
                    image = video[frame_idx]
                except (VideoError, IndexError):
                    continue  # a damaged frame is none to label
                small = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
                features.append(cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32).ravel())
                places.append((record, frame_idx))
                if on_progress is not None:
                    on_progress(Progress(len(places), min(total, -(-total // step)), "frames", record.name))
    if not places:
        raise PoseError("there is no video whose frames could be looked at; find or relink the videos first")
    table, groups = np.array(features), min(count, len(places))
    cv2.setRNGSeed(seed)
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 30, 0.1)
    blank = np.zeros((len(table), 1), np.int32)
    _, labels, centres = cv2.kmeans(table, groups, blank, criteria, 2, cv2.KMEANS_PP_CENTERS)
    distance = np.linalg.norm(table - centres[labels[:, 0]], axis=1)
    found = []
    for group in np.argsort(-np.bincount(labels[:, 0], minlength=groups), kind="stable"):
        members = np.flatnonzero(labels[:, 0] == group)
        if len(members):
            record, frame_idx = places[int(members[distance[members].argmin()])]
            share = f"stands for {len(members) / len(places):.0%} of the frames"
            found.append(Suggestion(record.name, frame_idx, share, None, record.id))
    return found
