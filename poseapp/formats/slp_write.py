"""From a data set to what `sleap-io` writes."""

import json
import os
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from poseapp.errors import FormatError, PoseError
from poseapp.formats.dataset import Dataset, ImageEntry
from poseapp.formats.picture_size import picture_size
from poseapp.labels.instance import VISIBLE, Instance
from poseapp.labels.sides import guess_pairs
from poseapp.paths import list_pictures, replace_atomic
from poseapp.video import Video, open_video


def is_predicted(person: Instance, dataset: Dataset) -> bool:
    """Whether a person is a network's alone: of its file or marked so, each keypoint with its score."""
    if person.scores is None or not (person.extra.get("predicted") or dataset.info.get("net")):
        return False
    return bool(np.isfinite(person.scores[person.labelled]).all())


def write_labels(path: Path, dataset: Dataset, embed: bool) -> None:
    """Write a SLEAP file.

    Raises:
        PoseError: See `slp.write`.
    """
    import sleap_io

    writer = SlpWriter(dataset)
    labels = writer.labels()
    with ExitStack() as stack, replace_atomic(path) as temporary:
        chosen: Any = False
        if embed:
            for video, source in writer.sources.items():
                stack.enter_context(_opened(video, source))
            chosen = [(frame.video, frame.frame_idx) for frame in labels.labeled_frames]
            if not chosen:
                raise FormatError(f"There is nothing to put into {path.name}: no frame is labelled.")
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        # The library tells by the ending what to do with pictures in a file.
        ending = temporary.with_name(temporary.name + ".slp")
        stack.callback(ending.unlink, missing_ok=True)
        sleap_io.save_slp(labels, str(ending), embed=chosen, embed_inplace=True, verbose=False)
        if embed:
            _complete_videos(ending, path)
        os.replace(ending, temporary)


def _complete_videos(path: Path, final: Path) -> None:
    """Say of each video whose frames are in the file what it is: the library knows its own readers only.

    Args:
        path: The file as the library has just written it.
        final: Where it is going to be.
    """
    with h5py.File(path, "r+") as file:
        rows = [json.loads(row) for row in file["videos_json"][:]]
        for row in rows:
            if row["filename"] == str(path):
                row["filename"] = str(final.absolute())
        file["videos_json"][:] = [json.dumps(row) for row in rows]
        for name in [name for name in file if name.startswith("video")]:
            source = file[name].get("source_video") if isinstance(file[name], h5py.Group) else None
            if source is None:
                continue
            fields = json.loads(source.attrs["json"])
            if "backend" not in fields:
                kind = {
                    "type": "MediaVideo",
                    "bgr": True,
                    "dataset": "",
                    "input_format": "",
                    "grayscale": False,
                }
                fields["backend"] = kind | {"filename": fields["filename"]}
                source.attrs["json"] = json.dumps(fields)


class SlpWriter:
    """Turns one data set into SLEAP's labels.

    Attributes:
        sources: SLEAP's videos and the file or folder each is of.
    """

    def __init__(self, dataset: Dataset) -> None:
        import sleap_io

        self._sio, self._dataset = sleap_io, dataset
        kept = dataset.info.get("slp")
        self._own: dict[str, Any] = kept if isinstance(kept, dict) else {}
        self._skeleton = self._make_skeleton()
        self._names = {
            int(k): str(v) for k, v in dict(dataset.info.get("track_names") or {}).items() if k.isdecimal()
        }
        self._tracks: dict[int, Any] = {}
        self._videos: dict[str, Any] = {}
        self._orders: dict[str, dict[str, int]] = {}
        self.sources: dict[Any, Path] = {}

    def labels(self) -> Any:
        """Return SLEAP's labels."""
        sio, dataset = self._sio, self._dataset
        self._make_tracks()
        frames: dict[tuple[int, int], Any] = {}
        for image, persons in zip(dataset.images, dataset.by_image(), strict=True):
            video, frame_idx = self._place(image)
            frame = frames.setdefault((id(video), frame_idx), sio.LabeledFrame(video, frame_idx, []))
            frame.instances.extend(self._instances(persons))
        for video, frame_idx in self._marked("negatives"):
            frames.setdefault(
                (id(video), frame_idx), sio.LabeledFrame(video, frame_idx, [])
            ).is_negative = True
        for video in self._videos.values():
            self._describe_pictures(video)
        suggestions = []
        for video, frame_idx, *rest in self._marked("suggestions"):
            metadata = rest[0] if rest and isinstance(rest[0], dict) else {}
            suggestions.append(sio.SuggestionFrame(video, frame_idx, metadata))
        return sio.Labels(
            list(frames.values()), videos=list(self._videos.values()), skeletons=[self._skeleton],
            tracks=list(self._tracks.values()), suggestions=suggestions,
            provenance=dict(self._own.get("provenance") or {}),
        )  # fmt: skip

    def _make_skeleton(self) -> Any:
        found = self._dataset.skeleton
        pairs = found.swap_pairs
        if self._own.get("symmetries") is False and pairs == guess_pairs(found.keypoints):
            # The file this came from named none; ours were guessed.
            pairs = ()
        names = found.keypoints
        return self._sio.Skeleton(
            list(names),
            edges=[(names[a], names[b]) for a, b in found.edges],
            symmetries=[(names[a], names[b]) for a, b in pairs],
            name=found.name,
        )

    def _make_tracks(self) -> None:
        used = {p.track_id for _, p in self._dataset.instances if p.track_id is not None}
        for number in sorted(used | set(self._names)):
            self._tracks[number] = self._sio.Track(self._names.get(number, f"track_{number}"))

    def _marked(self, key: str) -> Iterator[tuple[Any, ...]]:
        """What stands for frames without people under a key of `info`, of the videos that are written."""
        for row in self._own.get(key) or []:
            if isinstance(row, list) and len(row) >= 2 and isinstance(row[1], int) and row[0] is not None:
                base = str(row[0]).replace("\\", "/").rsplit("/", 1)[-1]
                known = [
                    v
                    for name, v in self._videos.items()
                    if name.replace("\\", "/").rsplit("/", 1)[-1] == base
                ]
                video = known[0] if known else self._video(str(row[0]))
                yield (video, *row[1:])

    def _place(self, image: ImageEntry) -> tuple[Any, int]:
        if image.video is not None and image.frame_idx is not None:
            return self._video(image.video), image.frame_idx
        path = self._dataset.root / image.file_name
        folder = str(path.parent)
        video = self._video(folder, path)
        order = self._orders[folder]
        if path.name not in order:
            order[path.name] = len(order)
            video.filename.append(str(path))
        return video, order[path.name]

    def _video(self, name: str, picture: Path | None = None) -> Any:
        if name in self._videos:
            return self._videos[name]
        sio, path = self._sio, self._dataset.root / name
        if path.is_dir() or picture is not None:
            files = list_pictures(path) if path.is_dir() else []
            self._orders[name] = {file.name: index for index, file in enumerate(files)}
            made = sio.Video([str(file.resolve()) for file in files], open_backend=False)
        elif path.is_file():
            images = [image for image in self._dataset.images if image.video == name]
            size = next(((i.height, i.width) for i in images if i.width and i.height), None)
            metadata = (
                {} if size is None else {"shape": (max(i.frame_idx or 0 for i in images) + 1, *size, 3)}
            )
            made = sio.Video(str(path.resolve()), open_backend=False, backend_metadata=metadata)
        else:
            made = sio.Video(name, open_backend=False)
        self._videos[name], self.sources[made] = made, path
        return made

    def _describe_pictures(self, video: Any) -> None:
        """Say of a list of pictures what it is; the library asks an open reader, and there is none."""
        files = video.filename
        if isinstance(files, list) and files:
            video.backend_metadata = {
                "type": "ImageVideo", "filename": files[0], "filenames": list(files), "grayscale": False,
            }  # fmt: skip
            size = picture_size(Path(files[0]))
            if size is not None:
                video.backend_metadata["shape"] = (len(files), size[1], size[0], 3)

    def _instances(self, persons: list[Instance]) -> list[Any]:
        made, origins, numbered = [], [], {}
        for person in persons:
            own = person.extra.get("slp")
            kept: dict[str, Any] = own if isinstance(own, dict) else {}
            made.append(self._instance(person, kept))
            if "number" in kept:
                numbered[kept["number"]] = made[-1]
            if "from" in kept:
                origins.append((made[-1], kept["from"]))
        for instance, number in origins:
            if isinstance(numbered.get(number), self._sio.PredictedInstance):
                instance.from_predicted = numbered[number]
        return made

    def _instance(self, person: Instance, kept: dict[str, Any]) -> Any:
        track = None if person.track_id is None else self._tracks[person.track_id]
        tracking_score = kept.get("tracking_score")
        if is_predicted(person, self._dataset):
            made = self._sio.PredictedInstance.from_numpy(
                person.points, skeleton=self._skeleton, point_scores=person.scores,
                score=0.0 if person.score is None else person.score, track=track,
            )  # fmt: skip
        else:
            made = self._sio.Instance.from_numpy(person.points, skeleton=self._skeleton, track=track)
        if tracking_score is not None:
            made.tracking_score = float(tracking_score)
        made.points["visible"] = person.visibility == VISIBLE
        complete = kept.get("complete")
        if isinstance(complete, list) and len(complete) == len(person.points):
            made.points["complete"] = complete
        return made


@contextmanager
def _opened(video: Any, source: Path) -> Iterator[None]:
    """Let SLEAP's library take frames of a video from our reader, whose frames are exact."""
    from sleap_io.io.video_reading import VideoBackend

    if isinstance(video.filename, list):
        video.open()
        yield
        return
    if not source.exists():
        raise PoseError(f"Cannot put frames of {source.name} into the file: the video is not there.")

    class Frames(VideoBackend):  # type: ignore[misc]
        """Frames of one open video."""

        def __init__(self, reader: Video) -> None:
            super().__init__(filename=str(source), grayscale=False)
            self.reader = reader

        @property
        def num_frames(self) -> int:
            """How many there are."""
            return len(self.reader)

        def _read_frame(self, frame_idx: int) -> np.ndarray:
            return self.reader[frame_idx]

    with open_video(source) as reader:
        video.backend = Frames(reader)
        video.backend_metadata = {"shape": (len(reader), reader.height, reader.width, 3)}
        yield
        video.backend = None
