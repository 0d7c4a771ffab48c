"""A label followed through a video by its points, until they drift."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from poseapp.api.over_time import only_video
from poseapp.api.progress import OnProgress, Progress
from poseapp.api.projects import open_project
from poseapp.api.results import Result
from poseapp.errors import PoseError, ProjectError, VideoError
from poseapp.labels.between import chains
from poseapp.labels.bulk_edits import AddPeople
from poseapp.labels.instance import VISIBLE, Instance
from poseapp.labels.project import Project, VideoRecord
from poseapp.labels.skeleton import Skeleton
from poseapp.video import open_video
from poseapp.video.source import Video
from poseapp.video.tracking import PointTracker

PROPAGATED = "propagated"
STOPPED_SHARE = 2 / 3  # of the keypoints: beyond it the whole person stops
_NAMED = 3
_CHUNK = 32  # frames decoded at a time on the way back


@dataclass(frozen=True)
class Followed:
    """How far a person was followed.

    Attributes:
        people: By frame, without the one it began with.
        stopped_at: The first frame that got nobody.
        why: As "stopped at frame 61: left wrist drifted".
        lost: For each keypoint that stopped on the way, the frame and why.
    """

    people: dict[int, Instance]
    stopped_at: int
    why: str
    lost: dict[int, tuple[int, str]]


@dataclass(frozen=True)
class PropagateResult(Result):
    """What was added.

    Attributes:
        project: Its folder.
        text: What was done, in one sentence.
        why: Where it stopped, and why.
        frames: The frames that got the person, ascending.
        stopped_at: The first frame, on the way, that did not.
        lost: Keypoints that stopped before the person did, each with its frame.
        applied: Whether the labels were added.
    """

    project: Path
    text: str
    why: str
    frames: list[int]
    stopped_at: int
    lost: dict[str, int]
    applied: bool


def next_label(project: Project, video_id: int, frame_idx: int, person: Instance, backwards: bool) -> int:
    """The next frame that has a label of the same person; without one, the number past the end (or -1).

    By track; where one of them has none, whoever is near enough in the neighbouring labelled frame.
    """
    frames = project.labelled_frames(video_id)
    beside = frames[frames < frame_idx][::-1] if backwards else frames[frames > frame_idx]
    for k in beside.tolist():
        people = project.instances(video_id, k)
        if person.track_id is None or any(p.track_id in (None, person.track_id) for p in people):
            pair = {frame_idx: [person], k: people}
            if any(len(chain) == 2 for chain in chains(pair)):
                return int(k)
            if person.track_id is None:
                break
    return -1 if backwards else project.video(video_id).num_frames


def images_from(video: Video, first: int, end: int, backwards: bool) -> Iterator[tuple[int, np.ndarray]]:
    """Frames from `first` on until before `end`; backwards they are decoded in stretches."""
    if not backwards:
        yield from video.frames(first, end)
        return
    for high in range(first + 1, end + 1, -_CHUNK):
        yield from reversed(list(video.frames(max(high - _CHUNK, end + 1), high)))


def follow_person(
    video: Video,
    frame_idx: int,
    person: Instance,
    skeleton: Skeleton,
    end: int,
    on_progress: OnProgress | None = None,
) -> Followed:
    """Follow the visible keypoints of a person from frame to frame.

    Args:
        video: Where.
        frame_idx: The frame the person is labelled in.
        person: The label; hidden keypoints are left out.
        skeleton: Its keypoints and bones.
        end: The first frame that is not wanted any more; before `frame_idx`: backwards.
        on_progress: Called with each frame; what it raises ends the work.

    Raises:
        PoseError: The person has no visible keypoint in the picture.
        VideoError: A frame cannot be decoded.
    """
    backwards, step = end < frame_idx, -1 if end < frame_idx else 1
    images = images_from(video, frame_idx, end, backwards)
    points = np.where((person.visibility == VISIBLE)[:, None], person.points, np.nan)
    people: dict[int, Instance] = {}
    lost: dict[int, tuple[int, str]] = {}
    tracker = PointTracker(next(images)[1], points, skeleton.edges)
    if tracker.num == 0:
        raise PoseError(f"the person of frame {frame_idx} has no visible keypoint to follow")
    for k, image in images:
        tracker.step(image)
        new = {point: (k, why) for point, why in tracker.why.items() if point not in lost}
        lost |= new
        if len(lost) > STOPPED_SHARE * tracker.num or not tracker.alive.any():
            return Followed(people, k, f"stopped at frame {k}: {_words(new, skeleton)}", lost)
        seen = np.where(tracker.alive, VISIBLE, 0).astype(np.uint8)
        people[k] = Instance(tracker.points, seen, source=PROPAGATED, track_id=person.track_id)
        if on_progress is not None:
            on_progress(Progress(abs(k - frame_idx), abs(end - frame_idx) - 1, "frames"))
    at_end = end in (-1, len(video))
    reason = (
        f"reached the {'first' if backwards else 'last'} frame" if at_end else f"ended before frame {end}"
    )
    return Followed(people, frame_idx + step * (len(people) + 1), reason, lost)


def _words(lost: dict[int, tuple[int, str]], skeleton: Skeleton) -> str:
    """As "left wrist, left elbow drifted": by the commonest reason, at most three by name."""
    why = Counter(reason for _, reason in lost.values()).most_common(1)[0][0]
    names = [
        skeleton.keypoints[k].replace("_", " ") for k, (_, reason) in sorted(lost.items()) if reason == why
    ]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more} {why}"


def propagate(
    project: str | Path,
    frame: int,
    *,
    video: str | None = None,
    until: int | None = None,
    backwards: bool = False,
    person: int = 1,
    dry_run: bool = False,
    on_progress: OnProgress | None = None,
) -> PropagateResult:
    """Follow a label through the next frames until it drifts, as labels, one undo step.

    Args:
        project: The project's folder.
        frame: The labelled frame to begin with.
        video: Name of the video, if there are several.
        until: The last frame wanted; None: as far as it goes; never beyond the next label.
        backwards: Towards the beginning of the video.
        person: Number of the person in the frame, from 1.
        dry_run: Only say what would be added.
        on_progress: Called with each frame.

    Raises:
        PoseError: it cannot be opened or changed, or has no such video, frame or person.
    """
    with open_project(project) as opened:
        record = only_video(opened, video)
        start = _label(opened, record, frame, person)
        end = next_label(opened, record.id, frame, start, backwards)
        next_is_label = 0 <= end < record.num_frames
        if until is not None:
            if not (0 <= until < frame if backwards else frame < until < record.num_frames):
                side = "before" if backwards else "after"
                raise PoseError(
                    f"frame {until} is not {side} frame {frame} in {record.name}: choose another --until"
                )
            near = max(end, until - 1) if backwards else min(end, until + 1)
            end, next_is_label = near, next_is_label and near == end
        path = opened.resolve(record)
        if path is None:
            raise VideoError(f"{record.name} is not where it was: relink it with 'poseapp relink'")
        with open_video(path) as opened_video:
            found = follow_person(opened_video, frame, start, opened.skeleton, end, on_progress)
        why = reason_words(found, next_is_label)
        items = [(record.id, k, p) for k, p in sorted(found.people.items())]
        applied = bool(items) and not dry_run
        if applied:
            opened.push(AddPeople(items, "Propagate"))
        names = opened.skeleton.keypoints
        return PropagateResult(
            opened.path,
            f"{'Would propagate' if dry_run else 'Propagate'} {len(items)} frame{'s' * (len(items) != 1)}",
            why,
            [k for _, k, _ in items],
            found.stopped_at,
            {names[k]: at for k, (at, _) in sorted(found.lost.items())},
            applied,
        )


def reason_words(found: Followed, next_is_label: bool) -> str:
    """Where and why it ended, as "stopped at frame 61: left wrist drifted"."""
    if next_is_label and found.why.startswith("ended"):
        return f"reached frame {found.stopped_at}, where the person is labelled"
    return found.why


def _label(project: Project, record: VideoRecord, frame: int, person: int) -> Instance:
    people = project.instances(record.id, frame) if 0 <= frame < record.num_frames else []
    if not 1 <= person <= len(people):
        raise ProjectError(f"there is no labelled person {person} in frame {frame} of {record.name}")
    return people[person - 1]
