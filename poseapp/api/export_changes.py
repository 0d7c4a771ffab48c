"""What an export would change in a file or folder that is there."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np

from poseapp.errors import PoseError
from poseapp.formats import FORMATS, dlc, dlc_project, read_dataset
from poseapp.formats.dataset import Dataset, ImageEntry

# What names a frame in both: the video or folder, and the frame's number or the picture's name.
Frame = tuple[str, int | str]


@dataclass
class Changes:
    """Frames of what is there beside those of what is to be written.

    Attributes:
        added: Only in what is written.
        changed: In both, with other people or keypoints.
        removed: Only in what is there.
        same: How many are equal.
        problem: Why what is there could not be read, or "".
    """

    added: list[Frame] = field(default_factory=list)
    changed: list[Frame] = field(default_factory=list)
    removed: list[Frame] = field(default_factory=list)
    same: int = 0
    problem: str = ""

    @property
    def text(self) -> str:
        """One line."""
        if self.problem:
            return "it cannot be read"
        return (
            f"frames: {len(self.added)} added, {len(self.changed)} changed, {len(self.removed)} removed, "
            f"{self.same} the same"
        )

    def counts(self) -> dict[str, int]:
        """The numbers."""
        return {
            "added": len(self.added),
            "changed": len(self.changed),
            "removed": len(self.removed),
            "same": self.same,
        }


def changes_of_export(dataset: Dataset, out: Path, format: str) -> Changes | None:
    """Return what writing a data set would change, or None where nothing is there yet."""
    row = FORMATS[format]
    if not out.exists() or (row.is_folder and not dlc_project.is_project(out)) or row.read is None:
        return None
    try:
        old = read_dataset(out, format=format)
    except PoseError as error:
        return Changes(problem=str(error))
    knows_hidden = not format.startswith("dlc")
    before, after = _frames(old, format, knows_hidden), _frames(dataset, format, knows_hidden)
    if row.is_folder:
        # Videos that are not written keep their tables.
        written = {folder for folder, _ in after}
        before = {frame: people for frame, people in before.items() if frame[0] in written}
    changes = Changes()
    for frame, people in after.items():
        if frame not in before:
            changes.added.append(frame)
        elif before[frame] != people:
            changes.changed.append(frame)
        else:
            changes.same += 1
    changes.removed = [frame for frame in before if frame not in after]
    return changes


def _frames(dataset: Dataset, format: str, knows_hidden: bool) -> dict[Frame, list[bytes]]:
    """The people of each frame, in a form that can be compared; keypoints by name."""
    order = np.argsort(np.array(dataset.skeleton.keypoints))
    names = "\0".join(sorted(dataset.skeleton.keypoints)).encode()
    groups: dict[Frame, list[bytes]] = defaultdict(list)
    for image, people in zip(dataset.images, dataset.by_image(), strict=True):
        frame = _frame(image, format)
        for person in people:
            visibility = person.visibility if knows_hidden else person.visibility > 0
            # Formats round differently; a thousandth of a pixel is nobody's change.
            points = np.round(person.points[order], 3) + 0.0
            groups[frame].append(names + points.tobytes() + visibility[order].astype(np.uint8).tobytes())
        groups[frame].sort()
    return groups


def _frame(image: ImageEntry, format: str) -> Frame:
    if format.startswith("dlc"):
        folder, name = dlc.picture_name(image, 1)
        number = dlc.frame_number(name)
        return folder, name if number is None else number
    if image.video is not None and image.frame_idx is not None:
        return PurePosixPath(image.video.replace("\\", "/")).stem, image.frame_idx
    path = PurePosixPath(image.file_name)
    return path.parent.name, path.name
