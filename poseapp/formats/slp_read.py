"""From what `sleap-io` reads to a data set."""

import json
import warnings
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from poseapp.errors import FormatError, SkeletonError
from poseapp.formats.dataset import Dataset, ImageEntry, frame_file_name
from poseapp.formats.slp_frames import extract_frames
from poseapp.labels.instance import HIDDEN, VISIBLE, Instance
from poseapp.labels.sides import guess_pairs
from poseapp.labels.skeleton import Pair, Skeleton, shipped_skeleton
from poseapp.paths import list_pictures

# What SLEAP's files can have beside poses and this program does not read.
_UNREAD = ("sessions", "identities", "events", "rois")
_UNREAD_IN_FRAMES = ("centroids", "bboxes", "masks", "label_images", "rois")


class SlpReader:
    """Reads one file."""

    def __init__(self, path: Path, frames_to: Path | None) -> None:
        import sleap_io

        self._path, self._frames_to = path, frames_to
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Videos stay closed: their names may be addresses of other machines.
            self._labels = sleap_io.load_slp(str(path), open_videos=False)
        self._predicted = sleap_io.PredictedInstance

    def read(self) -> Dataset:
        """Return all of the file."""
        labels = self._labels
        if not labels.skeletons:
            raise FormatError(f"{self._path.name} has no skeleton.")
        counts = Counter(id(i.skeleton) for frame in labels.labeled_frames for i in frame.instances)
        chosen = max(labels.skeletons, key=lambda skeleton: counts[id(skeleton)])
        dataset = Dataset(self._skeleton(chosen), root=self._path.resolve().parent)
        tracks = {id(track): index for index, track in enumerate(labels.tracks)}
        places = self._places(dataset)
        other = 0
        for frame in labels.labeled_frames:
            image = len(dataset.images)
            dataset.images.append(places[id(frame.video)](int(frame.frame_idx)))
            known = [instance for instance in frame.instances if instance.skeleton is chosen]
            other += len(frame.instances) - len(known)
            people = [self._person(instance, tracks) for instance in known]
            _note_origins(known, people)
            dataset.instances += [(image, person) for person in people]
        self._tell(dataset, places, other)
        return dataset

    def _skeleton(self, found: Any) -> Skeleton:
        names = [str(name) for name in found.node_names]
        edges: list[Pair] = [(int(a), int(b)) for a, b in found.edge_inds]
        guessed = guess_pairs(names)
        # SLEAP does not say which of two is the left one; names often do.
        pairs = [(b, a) if (b, a) in guessed else (a, b) for a, b in map(tuple, found.symmetry_inds)]
        try:
            shipped = shipped_skeleton(names)
            sides = not pairs or (shipped is not None and sorted(shipped.swap_pairs) == sorted(pairs))
            if shipped is not None and list(shipped.edges) == edges and sides:
                return shipped
            if not pairs:
                return Skeleton.from_names(found.name or self._path.stem, names, edges)
            return Skeleton(found.name or self._path.stem, tuple(names), tuple(edges), tuple(sorted(pairs)))
        except SkeletonError as error:
            raise FormatError(f"{self._path.name}: {error}") from error

    def _places(self, dataset: Dataset) -> dict[int, Any]:
        """For each video of the file a function from frame number to image entry."""
        places = {}
        taken: set[str] = set()
        for number, video in enumerate(self._labels.videos):
            name = _video_name(video, number)
            source = getattr(video, "source_video", None)
            embedded = _embedded_dataset(video)
            if embedded is None:
                places[id(video)] = self._place_of(video, number)
            elif source is not None and self._is_there(source):
                places[id(video)] = self._place_of(source, number)
            else:
                stem = PurePosixPath(name).stem
                unique = next(
                    s for k in range(len(taken) + 1) if (s := f"{stem}-{k}" if k else stem) not in taken
                )
                taken.add(unique)
                places[id(video)] = self._embedded(dataset, name, unique, embedded)
        return places

    def _is_there(self, video: Any) -> bool:
        """Whether a video, or all pictures of a list, are found."""
        files = video.filename
        if not isinstance(files, list):
            return self._find(str(files)) is not None
        names = [str(file).replace("\\", "/") for file in files]
        return bool(names) and all(self._find(name, PurePosixPath(name).parent.name) for name in names)

    def _embedded(self, dataset: Dataset, name: str, stem: str, group: str) -> Any:
        if self._frames_to is None:
            return lambda k: ImageEntry(frame_file_name(name, k), video=name, frame_idx=k)
        folder = self._frames_to / stem
        names = extract_frames(self._path, group, folder)
        order = {path.name: index for index, path in enumerate(list_pictures(folder))}
        dataset.warnings.append(
            f"{name} is not there; its {len(names)} pictures in the file were put into {folder}."
        )

        def entry(k: int) -> ImageEntry:
            if k not in names:
                return ImageEntry(frame_file_name(name, k), video=name, frame_idx=k)
            return ImageEntry(f"{folder}/{names[k]}", video=str(folder), frame_idx=order[names[k]])

        return entry

    def _place_of(self, video: Any, number: int) -> Any:
        files = video.filename
        if isinstance(files, list):
            return lambda k: self._picture(files, k, number)
        name = _file_name(video)
        found = self._find(name)
        text = name.replace("\\", "/") if found is None else str(found)
        return lambda k: ImageEntry(frame_file_name(text, k), video=text, frame_idx=k)

    def _picture(self, files: list[Any], k: int, number: int) -> ImageEntry:
        if not 0 <= k < len(files):
            raise FormatError(f"{self._path.name} labels picture {k} of {len(files)}.")
        name = str(files[k]).replace("\\", "/")
        found = self._find(name, str(PurePosixPath(name).parent.name))
        if found is None:
            folder = PurePosixPath(name).parent.name or f"pictures{number}"
            return ImageEntry(f"{folder}/{PurePosixPath(name).name}", video=folder, frame_idx=k)
        order = [path.name for path in list_pictures(found.parent)]
        frame_idx = order.index(found.name) if found.name in order else None
        return ImageEntry(str(found), video=str(found.parent), frame_idx=frame_idx)

    def _find(self, name: str, folder: str = "") -> Path | None:
        """Where a file is that the labels name: there, or beside them when they come from another machine."""
        if not name or "://" in name or "\0" in name:
            return None
        clean = name.replace("\\", "/")
        base, beside = PurePosixPath(clean).name, self._path.resolve().parent
        for path in (
            beside / clean,
            Path(name),
            beside / base,
            beside / folder / base,
            beside / "videos" / base,
        ):
            try:
                if path.is_file():
                    return path.resolve()
            except (OSError, ValueError):
                continue
        return None

    def _person(self, found: Any, tracks: dict[int, int]) -> Instance:
        points = np.array(found.points["xy"], dtype=np.float64)
        visibility = np.where(np.array(found.points["visible"], dtype=bool), VISIBLE, HIDDEN)
        person = Instance(points, visibility, source=f"import:{self._path.name}")
        person.track_id = tracks.get(id(found.track)) if found.track is not None else None
        own: dict[str, Any] = {}
        if isinstance(found, self._predicted):
            person.scores = np.array(found.points["score"], dtype=np.float32)
            person.score = float(found.score)
            person.extra["predicted"] = True
        complete = np.array(found.points["complete"], dtype=bool)
        if complete.any():
            own["complete"] = complete.tolist()
        if found.tracking_score is not None and np.isfinite(found.tracking_score) and found.tracking_score:
            own["tracking_score"] = float(found.tracking_score)
        if own:
            person.extra["slp"] = own
        return person

    def _tell(self, dataset: Dataset, places: dict[int, Any], other: int) -> None:
        """Put beside the labels what else the file says, and what was left out."""
        labels = self._labels
        if labels.tracks:
            dataset.info["track_names"] = {str(index): str(t.name) for index, t in enumerate(labels.tracks)}

        def named(frame: Any) -> list[Any]:
            entry = places[id(frame.video)](int(frame.frame_idx))
            return [entry.video, entry.frame_idx]

        own: dict[str, Any] = {
            "suggestions": [[*named(s), _plain(s.metadata)] for s in labels.suggestions],
            "negatives": [named(frame) for frame in labels.labeled_frames if frame.is_negative],
            "provenance": {k: v for k, v in (_plain(labels.provenance) or {}).items() if k != "filename"},
            "symmetries": bool(labels.skeletons and any(s.symmetries for s in labels.skeletons)),
        }
        dataset.info["slp"] = {key: value for key, value in own.items() if value or key == "symmetries"}
        if other:
            dataset.warnings.append(
                f"{other} people of another skeleton than '{dataset.skeleton.name}' were left out."
            )
        unread = {kind: len(getattr(labels, kind, None) or []) for kind in _UNREAD}
        for kind in _UNREAD_IN_FRAMES:
            count = sum(len(getattr(frame, kind, None) or []) for frame in labels.labeled_frames)
            unread[kind] = unread.get(kind, 0) + count
        left = [f"{count} {kind.replace('_', ' ')}" for kind, count in unread.items() if count]
        if left:
            dataset.warnings.append(f"What is beside the poses was left out: {', '.join(left)}.")


def _note_origins(found: list[Any], people: list[Instance]) -> None:
    """Keep which predicted person a user's one was made from, where both are in the frame."""
    numbers = {id(instance): index for index, instance in enumerate(found)}
    for instance, person in zip(found, people, strict=True):
        origin = numbers.get(id(getattr(instance, "from_predicted", None)))
        if origin is not None and "predicted" not in person.extra:
            person.extra.setdefault("slp", {})["from"] = origin
            people[origin].extra.setdefault("slp", {})["number"] = origin


def _plain(value: Any) -> Any:
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        return None


def _file_name(video: Any) -> str:
    return "" if isinstance(video.filename, list) else str(video.filename)


def _embedded_dataset(video: Any) -> str | None:
    """The group of the file that holds a video's pictures, or None where it is a file of its own."""
    metadata = getattr(video, "backend_metadata", None) or {}
    name = metadata.get("dataset")
    if not isinstance(name, str) or not name.endswith("/video"):
        return None
    return name.removesuffix("/video").strip("/")


def _video_name(video: Any, number: int) -> str:
    """What a video is called: its own file's name, for pictures in the file that of the video they are of."""
    if _embedded_dataset(video) is not None:
        video = getattr(video, "source_video", None)
        if video is None:
            return f"video{number}"
    files = video.filename
    if isinstance(files, list):
        name = str(files[0]) if files else ""
        return PurePosixPath(name.replace("\\", "/")).parent.name or f"pictures{number}"
    return PurePosixPath(str(files).replace("\\", "/")).name or f"video{number}"
