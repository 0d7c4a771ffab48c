"""COCO keypoints JSON: one category with keypoints, boxes xywh, visibility 0/1/2.

What the program does not use is kept and written back: fields of images in `ImageEntry.extra`, of annotations
(`area`, `iscrowd`, `segmentation`, ...) in `Instance.extra`, and in `Dataset.info` the top-level fields under
their own names, `category` (the fields of the category read), `other_categories` and `other_annotations`.

Of our own: images of video frames carry `video` and `frame_idx`; annotations carry `score`,
`keypoint_scores`, `track_id` and `source` where there is something to say; the category carries `swap_pairs`
and `sigmas` (1-based pairs, like `skeleton`) where the skeleton is not one of the shipped ones.
"""

import itertools
import json
import math
import os
from collections.abc import Set
from pathlib import Path
from typing import Any

import numpy as np

from poseapp.errors import FormatError, SkeletonError
from poseapp.formats.dataset import (
    Dataset,
    ImageEntry,
    first_duplicate,
    frame_file_name,
    inside,
    read_text,
    video_names,
)
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton, shipped_skeleton
from poseapp.paths import write_atomic

_IMAGE_FIELDS = {"id", "file_name", "width", "height", "video", "frame_idx"}
_ANNOTATION_FIELDS = {
    "id", "image_id", "category_id", "keypoints", "num_keypoints", "bbox", "score", "keypoint_scores",
    "track_id", "source",
}  # fmt: skip


def read(
    path: str | os.PathLike[str],
    *,
    root: str | os.PathLike[str] | None = None,
    videos_anywhere: bool = False,
) -> Dataset:
    """Read a COCO keypoints file.

    Args:
        path: The file.
        root: The folder its `file_name` and `video` are relative to; None: the folder of the file.
        videos_anywhere: Whether a `video` may lead out of that folder: only for files this program made for
            itself.

    Raises:
        FormatError: The file is not COCO keypoints, or one of its entries is unusable; the message names it.
    """
    where = os.path.basename(os.fspath(path))
    document = _load(path, where)
    category, others = _choose_category(document, where)
    try:
        skeleton = _skeleton_of(category)
    except SkeletonError as error:
        raise FormatError(f"{where}: {error}") from error
    images = [_read_image(entry, where, videos_anywhere) for entry in document["images"]]
    twice = first_duplicate(image.id for image in images)
    if twice is not None:
        raise FormatError(f"{where}: the image id {twice!r} occurs twice.")
    ours: list[dict[str, Any]] = []
    other_annotations: list[dict[str, Any]] = []
    for entry in document["annotations"]:
        if not isinstance(entry, dict):
            raise FormatError(f"{where}: `annotations` holds {str(entry)[:40]!r} where an object is needed.")
        (ours if entry.get("category_id") == category["id"] else other_annotations).append(entry)
    info = {k: v for k, v in document.items() if k not in ("images", "annotations", "categories")}
    info["category"] = {k: v for k, v in category.items() if k not in ("keypoints", "skeleton")}
    if others:
        info["other_categories"], info["other_annotations"] = others, other_annotations
    places = {image.id: index for index, image in enumerate(images)}
    instances = _read_annotations(ours, places, skeleton.num_keypoints, where)
    folder = Path(path).parent if root is None else Path(root)
    return Dataset(skeleton, images, instances, folder.resolve(), info)


def _load(path: str | os.PathLike[str], where: str) -> dict[str, Any]:
    try:
        # NaN is no JSON; as null it is refused where a number is needed and harmless elsewhere.
        document = json.loads(read_text(path), parse_constant=lambda name: None)
    except (json.JSONDecodeError, RecursionError) as error:
        raise FormatError(f"{where} is not a JSON file: {error}.") from error
    if isinstance(document, list):
        raise FormatError(
            f"{where} is a bare list of results; COCO keypoints need images, annotations, categories."
        )
    for key in ("images", "annotations", "categories"):
        if not isinstance(document, dict) or not isinstance(document.get(key), list):
            raise FormatError(f"{where} is not a COCO keypoints file: it has no list `{key}`.")
    return document


def _choose_category(document: dict[str, Any], where: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    categories = document["categories"]
    if any(not isinstance(c, dict) or not isinstance(c.get("id"), int) for c in categories):
        raise FormatError(f"{where}: every category needs a whole number as `id`.")
    twice = first_duplicate(c["id"] for c in categories)
    if twice is not None:
        raise FormatError(f"{where}: the category id {twice} occurs twice.")
    candidates = [c for c in categories if c.get("keypoints")]
    if not candidates:
        raise FormatError(f"{where} has no category with keypoints; it is a COCO file of another kind.")
    uses = [a.get("category_id") for a in document["annotations"] if isinstance(a, dict)]
    person = next((c for c in candidates if c.get("name") == "person"), None)
    chosen = person or max(candidates, key=lambda c: uses.count(c["id"]))
    return chosen, [c for c in categories if c is not chosen]


def _skeleton_of(category: dict[str, Any]) -> Skeleton:
    keypoints = category["keypoints"]
    if not isinstance(keypoints, list):
        raise SkeletonError("the category's `keypoints` is not a list of names.")
    names = [str(name) if isinstance(name, int) else name for name in keypoints]
    if all(isinstance(name, str) for name in names) and "swap_pairs" not in category:
        shipped = shipped_skeleton(names)
        if shipped is not None:
            return shipped
    edges = _zero_based(category.get("skeleton"))
    name = str(category.get("name") or "skeleton")
    guessed = Skeleton.from_names(name, names, edges)
    if "swap_pairs" not in category:
        return guessed
    sigmas = tuple(category.get("sigmas") or ())
    if any(not isinstance(sigma, int | float) for sigma in sigmas):
        raise SkeletonError("the category's `sigmas` is not a list of numbers.")
    return Skeleton(name, guessed.keypoints, guessed.edges, _zero_based(category["swap_pairs"]), sigmas)


def _zero_based(pairs: Any) -> tuple[tuple[int, int], ...]:
    if pairs is None:
        return ()
    if not isinstance(pairs, list) or any(
        not isinstance(p, list) or len(p) != 2 or any(not isinstance(i, int) for i in p) for p in pairs
    ):
        raise SkeletonError("the category's `skeleton` is not a list of pairs of whole numbers.")
    return tuple((a - 1, b - 1) for a, b in pairs)


def _read_image(entry: Any, where: str, videos_anywhere: bool) -> ImageEntry:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), int | str):
        raise FormatError(f"{where}: every image needs an `id`.")
    number = entry["id"]
    width, height = entry.get("width", 0), entry.get("height", 0)
    if any(not isinstance(size, int | float) or not 0 <= size < 1e6 for size in (width, height)):
        raise FormatError(f"{where}: image {number!r} has the size {width!r} x {height!r}.")
    video, frame_idx = entry.get("video"), entry.get("frame_idx")
    if frame_idx is not None and (not isinstance(frame_idx, int) or frame_idx < 0):
        raise FormatError(f"{where}: image {number!r} has the frame_idx {frame_idx!r}; it counts from 0.")
    if not isinstance(entry.get("file_name"), str) or not isinstance(video, str | None):
        raise FormatError(f"{where}: image {number!r} has no `file_name`.")
    if video is not None and not videos_anywhere:
        video = inside(video, f"video of image {number!r} in {where}")
    extra = {k: v for k, v in entry.items() if k not in _IMAGE_FIELDS}
    name = inside(entry["file_name"], f"file_name of image {number!r} in {where}")
    return ImageEntry(name, int(width), int(height), video, frame_idx, number, extra)


def _read_annotations(
    entries: list[dict[str, Any]], places: dict[Any, int], num_keypoints: int, where: str
) -> list[tuple[int, Instance]]:
    numbers = np.zeros((len(entries), num_keypoints * 3))
    names = [f"{where}: annotation {entry.get('id', f'number {row}')!r}" for row, entry in enumerate(entries)]
    twice = first_duplicate(entry["id"] for entry in entries if isinstance(entry.get("id"), int | str))
    if twice is not None:
        raise FormatError(f"{where}: the annotation id {twice!r} occurs twice.")
    for row, entry in enumerate(entries):
        if not isinstance(entry.get("image_id"), int | str) or entry["image_id"] not in places:
            raise FormatError(f"{names[row]} belongs to image {entry.get('image_id')!r}, which is not there.")
        # A box without keypoints is legal: a person nobody has labelled yet.
        keypoints = entry.get("keypoints", [0] * (num_keypoints * 3))
        if not isinstance(keypoints, list) or len(keypoints) != num_keypoints * 3:
            size = len(keypoints) if isinstance(keypoints, list) else "no"
            raise FormatError(f"{names[row]} has {size} keypoint numbers; {num_keypoints} x 3 are needed.")
        try:
            numbers[row] = keypoints
        except (TypeError, ValueError, OverflowError) as error:
            raise FormatError(f"{names[row]} has a keypoint that is not a number.") from error
    triples = numbers.reshape(len(entries), num_keypoints, 3)
    visibility = triples[:, :, 2]
    bad = ~np.isfinite(triples).all(axis=(1, 2)) | ~np.isin(visibility, (0, 1, 2)).all(axis=1)
    if bad.any():
        raise FormatError(
            f"{names[int(bad.argmax())]} has a keypoint that is NaN, infinite, or not of visibility 0-2."
        )
    source = f"import:{where}"
    return [
        (places[entry["image_id"]], _read_annotation(entry, triple, names[row], source))
        for row, (entry, triple) in enumerate(zip(entries, triples, strict=True))
    ]


def _read_annotation(entry: dict[str, Any], triple: np.ndarray, name: str, source: str) -> Instance:
    box = entry.get("bbox")
    if box is not None:
        if not isinstance(box, list) or len(box) != 4 or any(not _is_number(v) for v in box):
            raise FormatError(f"{name} has a `bbox` that is not four numbers.")
        box = np.array([box[0], box[1], box[0] + box[2], box[1] + box[3]], dtype=np.float64)
    scores = entry.get("keypoint_scores")
    if scores is not None:
        if not isinstance(scores, list) or len(scores) != len(triple):
            raise FormatError(f"{name} has `keypoint_scores` that do not fit its keypoints.")
        if any(v is not None and not _is_number(v) for v in scores):
            raise FormatError(f"{name} has a keypoint score that is not a number.")
        scores = np.array([np.nan if v is None else v for v in scores], dtype=np.float32)
    score, track_id, number = entry.get("score"), entry.get("track_id"), entry.get("id")
    if score is not None and not _is_number(score):
        raise FormatError(f"{name} has the score {score!r}.")
    extra = {k: v for k, v in entry.items() if k not in _ANNOTATION_FIELDS}
    if isinstance(number, str):
        extra["id"] = number
    if track_id is not None and not isinstance(track_id, int):
        extra["track_id"], track_id = track_id, None
    told = entry.get("source")
    return Instance(
        triple[:, :2], triple[:, 2], scores, None if score is None else float(score),
        told if isinstance(told, str) else source, track_id, box,
        number if isinstance(number, int) else None, extra,
    )  # fmt: skip


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def write(
    path: str | os.PathLike[str],
    dataset: Dataset,
    *,
    indent: int | None = None,
    videos_anywhere: bool = False,
) -> None:
    """Write a COCO keypoints file, whole or not at all.

    Args:
        path: The file; its folder exists.
        dataset: What to write. Ids are kept where they are unique; others are numbered behind them.
        indent: As for `json.dump`; None writes one line.
        videos_anywhere: Write `video` as it stands in the data set instead of as seen from the file (see
            `video_names`): only for files this program makes for itself.

    Raises:
        PoseError: The file cannot be written.
    """
    info = dataset.info
    category = _write_category(dataset)
    image_ids = _ids([image.id for image in dataset.images])
    others = info.get("other_annotations", [])
    taken = {entry.get("id") for entry in others}
    # Ids of a file come before those that the project gave.
    given = {i.extra["id"] for _, i in dataset.instances if "id" in i.extra}
    own = [i.extra.get("id", None if i.id in given else i.id) for _, i in dataset.instances]
    ids = _ids(own, taken)
    videos = {} if videos_anywhere else video_names(dataset, Path(path).absolute().parent)
    top = ("category", "other_categories", "other_annotations")
    document: dict[str, Any] = {k: v for k, v in info.items() if k not in top}
    document["images"] = [
        _write_image(image, number, videos) for image, number in zip(dataset.images, image_ids, strict=True)
    ]
    document["annotations"] = [
        _write_annotation(instance, number, image_ids[index], category["id"])
        for (index, instance), number in zip(dataset.instances, ids, strict=True)
    ] + others
    document["categories"] = [category, *info.get("other_categories", [])]
    try:
        text = json.dumps(document, indent=indent, allow_nan=False)
    except ValueError as error:
        raise FormatError(f"Cannot write {path}: a field of the labels holds an infinite number.") from error
    write_atomic(path, text)


def _write_category(dataset: Dataset) -> dict[str, Any]:
    skeleton = dataset.skeleton
    category = {
        "id": 1,
        "name": "person" if skeleton.torso else skeleton.name,
        **dataset.info.get("category", {}),
    }
    for ours in ("swap_pairs", "sigmas"):
        category.pop(ours, None)
    category["keypoints"] = list(skeleton.keypoints)
    category["skeleton"] = [[a + 1, b + 1] for a, b in skeleton.edges]
    if shipped_skeleton(skeleton.keypoints) != skeleton:
        category["name"] = skeleton.name
        category["swap_pairs"] = [[a + 1, b + 1] for a, b in skeleton.swap_pairs]
        category["sigmas"] = list(skeleton.sigmas)
    return category


def _ids(numbers: list[Any], taken: Set[Any] = frozenset()) -> list[Any]:
    used, kept = set(taken), []
    for number in numbers:
        kept.append(None if number in used else number)
        used.add(number)
    fresh = itertools.count(max((number for number in used if isinstance(number, int)), default=0) + 1)
    return [next(fresh) if number is None else number for number in kept]


def _write_image(image: ImageEntry, number: Any, videos: dict[str, str]) -> dict[str, Any]:
    name = image.file_name
    if not name and image.video is not None and image.frame_idx is not None:
        name = frame_file_name(image.video, image.frame_idx)
    entry: dict[str, Any] = {"id": number, "file_name": name, "width": image.width, "height": image.height}
    if image.video is not None:
        entry["video"] = videos.get(image.video, image.video)
    if image.frame_idx is not None:
        entry["frame_idx"] = image.frame_idx
    return {**entry, **image.extra}


def _write_annotation(instance: Instance, number: Any, image_id: Any, category_id: int) -> dict[str, Any]:
    triples = np.column_stack([np.nan_to_num(instance.points), instance.visibility])
    keypoints: list[float] = triples.ravel().tolist()
    keypoints[2::3] = instance.visibility.tolist()
    bounds = instance.box if instance.box is not None else instance.bounds()
    x0, y0, x1, y1 = (bounds if bounds is not None else np.zeros(4)).tolist()
    entry: dict[str, Any] = {
        "id": number,
        "image_id": image_id,
        "category_id": category_id,
        "keypoints": keypoints,
        "num_keypoints": instance.num_labelled,
        "bbox": [x0, y0, x1 - x0, y1 - y0],
        "area": (x1 - x0) * (y1 - y0),
        "iscrowd": 0,
    }
    if instance.score is not None:
        entry["score"] = float(instance.score)
    if instance.scores is not None:
        entry["keypoint_scores"] = [None if math.isnan(v) else v for v in instance.scores.tolist()]
    if instance.track_id is not None:
        entry["track_id"] = int(instance.track_id)
    if not instance.source.startswith("import:"):
        entry["source"] = instance.source
    return {**entry, **{k: v for k, v in instance.extra.items() if k != "id"}}
