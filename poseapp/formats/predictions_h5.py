"""Prediction files: HDF5 that grows frame by frame, is readable meanwhile, and survives the death of its
writer.

The file is in SWMR mode (single writer, multiple readers) while it grows. A writer that was killed leaves
the file marked as open; `PredictionFile` reads it all the same, and `PredictionWriter` goes on from its
last whole frame.
"""

import contextlib
import itertools
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import h5py
import numpy as np

from poseapp.errors import FormatError, SkeletonError
from poseapp.formats import predictions_layout as layout
from poseapp.formats.dataset import Dataset, ImageEntry, frame_file_name, group_by_video, inside
from poseapp.formats.hdf5_opening import file_state, open_reading, open_writing
from poseapp.formats.predictions_hidden import Hidden, hide_rejected, project_around, shown
from poseapp.formats.predictions_index import FrameIndex
from poseapp.formats.predictions_table import PredictedPeople, read_table
from poseapp.formats.project_dataset import ProjectFrames
from poseapp.labels.instance import Instance
from poseapp.labels.lock import FileLock
from poseapp.labels.skeleton import Skeleton
from poseapp.labels.trajectories import PeopleTable
from poseapp.paths import replace_atomic

# Frames kept back before they are written on their own accord, without `flush`.
_BUFFER = 64
_PAGE = 2048


class PredictionFile:
    """A prediction file, open for reading, also while another process writes it.

    Attributes:
        path: The file.
        skeleton: Of all people in it.
        net: What predicted them.
        videos: Name or path of each video, as its writer gave it.
        attrs: What else the writer noted.
        file_id: Tells it from another file of the same name; "" in older files.
        hidden: People left out everywhere: by video index, by frame_idx their numbers in the frame.

    Raises:
        FormatError: It is not there or no prediction file.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.hidden: Hidden = {}
        self._file, self._state = open_reading(self.path)
        try:
            self._read_root()
        except (
            KeyError,
            ValueError,
            TypeError,
            AttributeError,
            OSError,
            RuntimeError,
            RecursionError,
        ) as error:
            self._file.close()
            raise FormatError(f"{self.path.name} is damaged or no prediction file: {error}.") from error

    def _read_root(self) -> None:
        attributes = self._file.attrs
        if attributes.get("format") != layout.FORMAT:
            raise ValueError("it is another kind of HDF5")
        if attributes["version"] > layout.VERSION:
            raise ValueError("a newer version of the program made it; update the program")
        self.skeleton = Skeleton.from_dict(json.loads(attributes["skeleton"]), self.path.name)
        self.net: str = layout.text_of(attributes, "net")
        self.file_id = str(attributes.get("id", ""))
        self.attrs: dict[str, Any] = dict(json.loads(attributes["info"]))
        groups = self._file["videos"]
        self._groups: list[h5py.Group] = [groups[str(index)] for index in range(len(groups))]
        self.videos: list[str] = [layout.text_of(group.attrs, "name") for group in self._groups]
        for group in self._groups:
            layout.check_video(group, self.skeleton.num_keypoints, self.path.stat().st_size)
        self._done = [FrameIndex(group) for group in self._groups]

    def refresh(self) -> None:
        """See what was written since opening or the last call.

        Raises:
            FormatError: The file is gone or no longer readable.
        """
        if file_state(self.path) != self._state:
            # A writer that went on after a crash has put a repaired copy in its place.
            self._file.close()
            self.__init__(self.path)  # type: ignore[misc]
            return
        for group in self._groups:
            # The entries last: the rows they point at are then sure to be seen.
            for name in ("frames", *layout.PEOPLE, "frame_score"):
                group[name].id.refresh()
        for done in self._done:
            done.extend()

    def frames(self, video_index: int) -> np.ndarray:
        """Return the int64 frame indices done in a video, ascending."""
        return self._done[video_index].frames.copy()

    def instances(self, video_index: int, frame_idx: int) -> list[Instance]:
        """Return the people predicted in a frame; none where it was not done or nobody was found.

        Raises:
            FormatError: The file can no longer be read.
        """
        done = self._done[video_index]
        row = done.row(int(frame_idx))
        if row is None:
            return []
        _, start, count = done.entries[row].tolist()
        try:
            people = layout.read_people(self._groups[video_index], start, start + count, self._source)
        except (OSError, KeyError) as error:
            raise FormatError(f"Cannot read {self.path}: {error}.") from error
        return shown(people, self.hidden.get(video_index, {}).get(int(frame_idx)))

    def predicted_people(self, video_index: int) -> PredictedPeople:
        """Return the people of a video that are not hidden, as arrays.

        Raises:
            FormatError: The file can no longer be read.
        """
        try:
            table = read_table(self._groups[video_index], self._done[video_index])
        except (OSError, KeyError, ValueError, RuntimeError) as error:
            raise FormatError(f"Cannot read {self.path}: {error}.") from error
        return table.without(self.hidden.get(video_index, {}))

    def iter_frames(self, video_index: int) -> Iterator[tuple[int, list[Instance]]]:
        """Yield (frame_idx, people) of every frame done, in the order they were written, a page at a time.

        Raises:
            FormatError: The file can no longer be read.
        """
        frames, current = self._done[video_index].entries, self._done[video_index].current()
        for first in range(0, len(frames), _PAGE):
            page = frames[first : first + _PAGE]
            low, high = int(page[:, 1].min()), int((page[:, 1] + page[:, 2]).max())
            try:
                people = layout.read_people(self._groups[video_index], low, high, self._source)
            except (OSError, KeyError) as error:
                raise FormatError(f"Cannot read {self.path}: {error}.") from error
            for row, (frame_idx, start, count) in enumerate(page.tolist(), start=first):
                if current[row]:
                    found = people[start - low : start - low + count]
                    yield frame_idx, shown(found, self.hidden.get(video_index, {}).get(frame_idx))

    def people_table(self, video_index: int) -> PeopleTable:
        """Return the same as rows for trajectories."""
        found = self.predicted_people(video_index)
        return PeopleTable(
            found.frame_idx, found.points, found.scores, found.track_id, np.zeros(len(found), bool)
        )

    @property
    def _source(self) -> str:
        return f"prediction:{self.path.stem}"

    def frame_scores(self, video_index: int) -> tuple[np.ndarray, np.ndarray]:
        """Return (F,) int64 frames done, ascending, and (F,) float32 mean keypoint scores (0: nobody was
        found; NaN: all who were are hidden)."""
        done, hidden = self._done[video_index], self.hidden.get(video_index, {})
        frames, scores = done.frames.copy(), done.scores().copy()
        for at in np.flatnonzero(np.isin(frames, list(hidden))) if hidden else ():
            left = self.instances(video_index, int(frames[at]))
            scores[at] = layout.mean_score(left) if left else np.nan
        return frames, scores

    def file_names(self, video_index: int) -> dict[int, str]:
        """Return the picture names by frame, empty where the file was made from a video."""
        group = self._groups[video_index]
        if "file_name" not in group:
            return {}
        names = group["file_name"].asstr()[:]
        return dict(zip(self._done[video_index].entries[:, 0].tolist(), names, strict=False))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> "PredictionFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class PredictionWriter:
    """Writes a prediction file frame by frame; an existing file of the same net and videos is continued.

    Args:
        path: The file.
        skeleton: Of all people.
        videos: Name or path of each video.
        net: What predicts.
        attrs: JSON values to note.

    Raises:
        FormatError: Another process is writing the file, or it holds predictions of another net, skeleton
        or video. PoseError: It cannot be written.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        skeleton: Skeleton,
        videos: Sequence[str],
        net: str = "",
        attrs: Mapping[str, Any] | None = None,
    ) -> None:
        self.path = Path(path)
        self.skeleton = skeleton
        self._waiting: dict[int, list[tuple[int, list[Instance]]]] = {i: [] for i in range(len(videos))}
        self._lock = FileLock(self.path.with_name(f".{self.path.name}.lock"))
        reason = self._lock.acquire()
        if reason:
            raise FormatError(f"Cannot write {self.path}: {reason}.")
        try:
            self._prepare(list(videos), net, dict(attrs or {}))
            self._file = open_writing(self.path)
        except BaseException:
            self._lock.release(remove=True)
            raise
        self._groups = [self._file["videos"][str(index)] for index in range(len(videos))]

    def _prepare(self, videos: list[str], net: str, info: dict[str, Any]) -> None:
        old = PredictionFile(self.path) if self.path.exists() else None
        if old is not None and (old.skeleton.keypoints, old.net, old.videos) != (
            self.skeleton.keypoints,
            net,
            videos,
        ):
            old.close()
            raise FormatError(
                f"{self.path.name} holds predictions of another net, skeleton or video; choose another name."
            )
        self._done: list[set[int]] = [set() for _ in videos]
        # Also a continued file is written anew: its writer may have died in the middle of anything.
        with (
            replace_atomic(self.path) as draft,
            h5py.File(draft, "w", libver=layout.LIBVER) as file,
        ):
            attrs = info if old is None else old.attrs | info
            layout.create_root(file, self.skeleton, net, attrs, "" if old is None else old.file_id)
            for index, name in enumerate(videos):
                group = layout.create_video(file, index, name, self.skeleton.num_keypoints)
                if old is not None:
                    self._done[index] = _copy_frames(old, index, group)
            if old is not None:
                old.close()

    def append(self, video_index: int, frame_idx: int, people: Sequence[Instance]) -> None:
        """Add a frame, also one where nobody was found; it is in the file after the next `flush` or so.

        Raises:
            SkeletonError: A person has another number of keypoints.
            FormatError: The file cannot be written.
        """
        for person in people:
            if len(person.points) != self.skeleton.num_keypoints:
                raise SkeletonError(
                    f"A person with {len(person.points)} keypoints does not fit {self.skeleton.name}."
                )
        self._waiting[video_index].append((int(frame_idx), list(people)))
        self._done[video_index].add(int(frame_idx))
        if len(self._waiting[video_index]) >= _BUFFER:
            self.flush()

    def flush(self) -> None:
        """Write what was appended; readers see it on their next refresh, and a kill no longer loses it.

        Raises:
            FormatError: It cannot be written.
        """
        try:
            for index, frames in self._waiting.items():
                if frames:
                    layout.append_frames(self._groups[index], frames)
                    frames.clear()
            self._file.flush()
        except OSError as error:
            raise FormatError(f"Cannot write {self.path}: {error}. Free some space.") from error

    def done_frames(self, video_index: int) -> np.ndarray:
        """Return the int64 indices, ascending, of the frames appended now or before."""
        return np.array(sorted(self._done[video_index]), dtype=np.int64)

    def close(self) -> None:
        """Write what was appended and close the file; calling it again does nothing."""
        if not self._file:
            return
        try:
            self.flush()
        finally:
            self._file.close()
            self._lock.release(remove=True)

    def __enter__(self) -> "PredictionWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _copy_frames(old: PredictionFile, index: int, group: h5py.Group) -> set[int]:
    frames = old.iter_frames(index)
    while page := list(itertools.islice(frames, _PAGE)):
        layout.append_frames(group, page)
    return set(old.frames(index).tolist())


def read(path: str | os.PathLike[str]) -> Dataset:
    """Read a prediction file as a data set; `info` has `net` and what the writer noted under `attrs`.

    Videos are relative to the folder of the file. Those of a file in a project's `predictions` are relative
    to the project, which also tells where they are now and their sizes and times.

    Raises:
        FormatError: It is no prediction file.
    """
    with PredictionFile(path) as file:
        info = {"net": file.net, "attrs": file.attrs}
        folder = file.path.resolve().parent
        project = project_around(folder)
        with project or contextlib.nullcontext():
            known = None if project is None else ProjectFrames(project)
            if project is not None and known is not None:
                hide_rejected(file, project, known)
            root = folder if project is None else project.path
            dataset = Dataset(file.skeleton, root=root, info=info)
            for index in range(len(file.videos)):
                _read_video(file, index, dataset, known)
        return dataset


def _read_video(file: PredictionFile, index: int, dataset: Dataset, known: ProjectFrames | None) -> None:
    video, names = file.videos[index], file.file_names(index)
    video_id = None if known is None else known.find(video)
    for frame_idx, people in sorted(file.iter_frames(index), key=lambda frame: frame[0]):
        image = None
        if names:
            image = ImageEntry(inside(names[frame_idx], f"file_name in {file.path.name}"))
        elif known is not None and video_id is not None:
            image = known.entry(video_id, frame_idx)
        if image is None:
            image = ImageEntry(frame_file_name(video, frame_idx), video=video, frame_idx=frame_idx)
        dataset.instances += [(len(dataset.images), person) for person in people]
        dataset.images.append(image)


def write(path: str | os.PathLike[str], dataset: Dataset) -> None:
    """Write a data set as a prediction file, whole or not at all; `source` and `extra` of people are not
    kept.

    Raises:
        PoseError: The file cannot be written.
    """
    people = dataset.by_image()
    with replace_atomic(path) as draft, h5py.File(draft, "w", libver=layout.LIBVER) as file:
        info = dataset.info
        layout.create_root(file, dataset.skeleton, str(info.get("net", "")), info.get("attrs", {}))
        for index, (video, images) in enumerate(group_by_video(dataset).items()):
            group = layout.create_video(file, index, video or "", dataset.skeleton.num_keypoints)
            numbers = [dataset.images[i].frame_idx if video is not None else None for i in images]
            frames = [place if number is None else number for place, number in enumerate(numbers)]
            layout.append_frames(group, [(f, people[i]) for f, i in zip(frames, images, strict=True)])
            if video is None:
                names = [dataset.images[i].file_name for i in images]
                group.create_dataset("file_name", data=names, dtype=h5py.string_dtype())
