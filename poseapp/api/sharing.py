"""Projects of several people and videos that moved: merging and relinking."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from poseapp.api.packing import PACK_SUFFIX
from poseapp.api.progress import OnProgress, Progress
from poseapp.api.projects import open_project
from poseapp.api.results import Result
from poseapp.errors import PoseError, ProjectError, VideoError
from poseapp.labels.merge import Difference, MergePlan, plan_merge
from poseapp.labels.merge_edit import CHOICES, MergeLabels
from poseapp.labels.project import Project, VideoRecord
from poseapp.labels.video_edits import RelinkVideo, RelinkVideos
from poseapp.video import fingerprint

# A folder of a whole archive is searched for minutes, not for ever.
MAX_CANDIDATES = 20_000


@dataclass(frozen=True)
class MergeResult(Result):
    """What a merge did, or would do.

    Attributes:
        project: The project that got the labels.
        other: The other one.
        added: People only they had.
        changed: People only they had changed.
        deleted: People only they had deleted.
        conflicts: People whom both changed: one row each, with what was chosen.
        identical: People who were the same.
        videos: Names of videos added.
        unmatched: Keypoints that only one side knows; theirs were left out.
        left_out: Their people in frames that this project's video has not got.
        common_past: Whether the two have one; without it every difference is a conflict.
        done: False for a dry run.
    """

    project: Path
    other: Path
    added: int
    changed: int
    deleted: int
    conflicts: list[dict[str, Any]]
    identical: int
    videos: list[str]
    unmatched: list[str]
    left_out: int
    common_past: bool
    done: bool


def merge(
    project: str | Path | Project,
    other: str | Path,
    *,
    conflicts: str | None = None,
    dry_run: bool = False,
) -> MergeResult:
    """Take the labels of another person's project in, as one edit that can be undone.

    Where both projects come from one (a copy, or a pack that was sent), what only one side changed since is
    taken over; only what both changed is a conflict.

    Args:
        project: The project that gets the labels: its folder, or the open project.
        other: The other project's folder; it is only read.
        conflicts: "mine", "theirs" or "both" for every conflict. None: refuse where there is one.
        dry_run: Only say what would happen.

    Raises:
        PoseError: A project cannot be read or written, or there are conflicts and nothing says what counts.
    """
    if conflicts not in (None, *CHOICES):
        raise PoseError(f"Conflicts are settled by {', '.join(CHOICES)}, not by '{conflicts}'.")
    if not isinstance(project, Project):
        with open_project(project, read_only=dry_run) as opened:
            return merge(opened, other, conflicts=conflicts, dry_run=dry_run)
    plan = read_merge(project, other)
    found = plan.conflicts
    if found and conflicts is None and not dry_run:
        raise ProjectError(
            f"{len(found)} people differ in {project.path.name} and {Path(other).name}: look at them with "
            "--dry-run, then say --conflicts mine, theirs or both."
        )
    if not dry_run and (plan.differences or any(video.is_new for video in plan.videos)):
        project.push(MergeLabels(plan, [conflicts or "mine"] * len(found)))
    return MergeResult(
        project.path, Path(other), plan.count("add"), plan.count("change"), plan.count("remove"),
        [_row(plan, difference, conflicts) for difference in found], plan.identical,
        [video.record.name for video in plan.videos if video.is_new], plan.unmatched, plan.left_out,
        plan.has_base, not dry_run,
    )  # fmt: skip


def read_merge(project: Project, other: str | Path) -> MergePlan:
    """Say what merging another project would do.

    Raises:
        PoseError: The other project cannot be read, is this one, or shares no keypoint with it.
    """
    if Path(other).suffix == PACK_SUFFIX:
        raise ProjectError(f"{Path(other).name} is a pack: unpack it first, then merge the project.")
    with open_project(other, read_only=True) as theirs:
        return plan_merge(project, theirs)


def _row(plan: MergePlan, difference: Difference, choice: str | None) -> dict[str, Any]:
    mine, theirs = difference.mine, difference.theirs
    return {
        "video": plan.videos[difference.video].record.name,
        "frame": difference.frame_idx,
        "what": "deleted here" if mine is None else "deleted there" if theirs is None else "differs",
        "largest_px": None if difference.distance is None else round(difference.distance, 1),
        "choice": choice or "",
    }


@dataclass(frozen=True)
class RelinkResult(Result):
    """Which missing videos were found.

    Attributes:
        project: The project.
        found: Path now, by the video's name.
        missing: Names of videos that are still missing.
        searched: Files and folders whose content was looked at.
        done: False for a dry run.
    """

    project: Path
    found: dict[str, Path]
    missing: list[str]
    searched: int
    done: bool
    videos: dict[int, Path] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Without the internal numbers of the videos."""
        whole = super().to_json()
        del whole["videos"]
        return whole


def relink(
    project: str | Path | Project,
    places: Sequence[str | Path],
    *,
    dry_run: bool = False,
    on_progress: OnProgress = lambda _progress: None,
) -> RelinkResult:
    """Find missing videos by their content, wherever below some folders they lie, whatever their names.

    Args:
        project: The project's folder, or the open project.
        places: Folders to search, with all below them, or files.
        dry_run: Only say what would be found.
        on_progress: Told of each candidate.

    Raises:
        PoseError: The project cannot be read or written, or a place is not there.
    """
    if not isinstance(project, Project):
        with open_project(project, read_only=dry_run) as opened:
            return relink(opened, places, dry_run=dry_run, on_progress=on_progress)
    missing = {record.id: record for record in project.videos if project.resolve(record) is None}
    found, searched = find_by_content(list(missing.values()), [Path(p) for p in places], on_progress)
    if found and not dry_run:
        project.push(RelinkVideos([RelinkVideo(number, path) for number, path in found.items()]))
    return RelinkResult(
        project.path,
        {missing[number].name: path for number, path in found.items()},
        [record.name for number, record in missing.items() if number not in found],
        searched,
        not dry_run,
        found,
    )


def find_by_content(
    records: Sequence[VideoRecord],
    places: Sequence[Path],
    on_progress: Callable[[Progress], None] = lambda _progress: None,
) -> tuple[dict[int, Path], int]:
    """Look for videos by content: files of the same ending first of the same name, then all others.

    Returns:
        Path by the id of the video, and how many candidates were looked at.

    Raises:
        VideoError: A place is not there.
    """
    for place in places:
        if not place.exists():
            raise VideoError(f"There is nothing at {place}: check the path.")
    wanted = {record.fingerprint: record for record in records if record.fingerprint}
    names = {record.name for record in records}
    candidates = sorted(
        (path for place in places for path in _below(place, records)), key=lambda path: path.name not in names
    )[:MAX_CANDIDATES]
    found: dict[int, Path] = {}
    searched = 0
    for searched, path in enumerate(candidates, 1):
        if len(found) == len(wanted):
            return found, searched - 1
        on_progress(Progress(searched, len(candidates), "files", path.name))
        try:
            record = wanted.get(fingerprint(path))
        except (VideoError, OSError):
            continue  # an unreadable neighbour is not the video we look for
        if record is not None:
            found.setdefault(record.id, path.absolute())
    return found, searched


def _below(place: Path, records: Sequence[VideoRecord]) -> Iterator[Path]:
    """Files that end like one of the videos, and folders where one is a folder."""
    endings = {
        Path(record.abs_path.replace("\\", "/")).suffix.lower() for record in records if not record.is_images
    }
    endings |= {Path(record.name).suffix.lower() for record in records if not record.is_images}
    folders = any(record.is_images for record in records)
    if place.is_file():
        yield place
        return
    for root, below, files in os.walk(place):
        # Projects are full of pictures and databases, and no place for the videos of another one.
        below[:] = sorted(name for name in below if not name.startswith(".") and not name.endswith(".pose"))
        if folders:
            yield Path(root)
        yield from (Path(root, name) for name in sorted(files) if Path(name).suffix.lower() in endings)
