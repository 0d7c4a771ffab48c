"""Labels over time: filled between labelled frames, and sides exchanged over many frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from poseapp.api.frames import Frames, frame_range
from poseapp.api.projects import open_project
from poseapp.api.results import Result
from poseapp.errors import ProjectError
from poseapp.labels.between import fill, follow
from poseapp.labels.bulk_edits import AddPeople, SwapOverTime
from poseapp.labels.instance import Instance
from poseapp.labels.project import Project, VideoRecord

# So many labelled frames beside the wanted ones are looked at for where a person goes on.
AROUND = 50


@dataclass(frozen=True)
class InterpolateResult(Result):
    """What was filled.

    Attributes:
        project: Its folder.
        text: What was done, in one sentence.
        frames: Frames that got people.
        people: People added.
        gaps: Stretches between two labels of a person that were filled.
        method: "linear" or "spline".
    """

    project: Path
    text: str
    frames: int
    people: int
    gaps: int
    method: str


@dataclass(frozen=True)
class SwapResult(Result):
    """Where sides were exchanged.

    Attributes:
        project: Its folder.
        text: What was done, in one sentence.
        frames: The frames.
    """

    project: Path
    text: str
    frames: list[int]


def labels_around(project: Project, video_id: int, wanted: range) -> dict[int, list[Instance]]:
    """The labelled people by frame, of the wanted frames and of some on either side."""
    frames = project.labelled_frames(video_id)
    first = max(int(frames.searchsorted(wanted.start)) - AROUND, 0)
    last = int(frames.searchsorted(wanted.stop)) + AROUND
    return {int(k): project.instances(video_id, int(k)) for k in frames[first:last]}


def chosen_videos(project: Project, name: str | None) -> Iterator[VideoRecord]:
    """The video of that name, or all.

    Raises:
        ProjectError: there is none.
    """
    found = [video for video in project.videos if name in (None, video.name)]
    if not found:
        names = ", ".join(video.name for video in project.videos) or "none"
        raise ProjectError(f"{project.path.name} has no video {name}; it has {names}")
    yield from found


def only_video(project: Project, name: str | None) -> VideoRecord:
    """The video of that name, or the only one.

    Raises:
        ProjectError: there is none, or there are several to choose from.
    """
    found = list(chosen_videos(project, name))
    if len(found) > 1:
        names = ", ".join(video.name for video in found)
        raise ProjectError(f"{project.path.name} has several videos: choose one of {names} with --video")
    return found[0]


def interpolate(
    project: str | Path,
    *,
    frames: Frames = None,
    video: str | None = None,
    method: str = "linear",
    step: int = 1,
) -> InterpolateResult:
    """Add people between labelled frames, one undo step.

    Args:
        project: The project's folder.
        frames: The frames that may be filled, see `frame_range`.
        video: Name of the only video; None: all.
        method: "linear" or "spline" (through the labels, never beyond them).
        step: Fill every so-manieth frame after a label.

    Raises:
        PoseError: it cannot be opened or changed, or has no such video or frames.
    """
    with open_project(project) as opened:
        items, gaps = [], 0
        for record in chosen_videos(opened, video):
            wanted = frame_range(frames, record.num_frames)
            filling = fill(labels_around(opened, record.id, wanted), wanted, method, step)
            gaps += filling.gaps
            items += [(record.id, k, person) for k, people in filling.people.items() for person in people]
        text = "Nothing to fill: no person is labelled before and after a frame without labels"
        if items:
            opened.push(AddPeople(items, "Interpolate"))
            text = opened.undo_text or ""
        count = len({item[:2] for item in items})
        return InterpolateResult(opened.path, text, count, len(items), gaps, method)


def swap(
    project: str | Path,
    frames: Frames,
    *,
    video: str | None = None,
    person: int = 1,
    track: int | None = None,
) -> SwapResult:
    """Exchange left and right of a labelled person over many frames, one undo step.

    Args:
        project: The project's folder.
        frames: Which frames, see `frame_range`.
        video: Name of the video, if there are several.
        person: Number of the person in the first labelled frame of them, from 1; followed from there.
        track: Take this track instead.

    Raises:
        PoseError: it cannot be opened or changed, or has no such video, frames or person.
    """
    with open_project(project) as opened:
        record = only_video(opened, video)
        wanted = frame_range(frames, record.num_frames)
        labelled = [int(k) for k in opened.labelled_frames(record.id) if k in wanted]
        people = {k: opened.instances(record.id, k) for k in labelled}
        if track is not None:
            chosen = [(k, p) for k in labelled for p in people[k] if p.track_id == track]
        else:
            here = people[labelled[0]] if labelled else []
            if not 1 <= person <= len(here):
                raise ProjectError(f"there is no labelled person {person} in these frames of {record.name}")
            order = opened.skeleton.swap_index
            places = follow(here[person - 1], labelled, people.__getitem__, order)
            chosen = [(k, people[k][place]) for k, place in places]
        if not chosen:
            raise ProjectError(f"nobody of track {track} is labelled in these frames of {record.name}")
        opened.push(SwapOverTime([p.id for _, p in chosen if p.id is not None]))
        return SwapResult(opened.path, opened.undo_text or "", [k for k, _ in chosen])
