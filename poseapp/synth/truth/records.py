"""A drawn picture as what is written of it: encoded picture, COCO annotations, rows and chunks for HDF5."""

import zlib
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from poseapp.errors import SynthError
from poseapp.geometry.cameras import Camera
from poseapp.labels.instance import Instance
from poseapp.synth.truth.landmarks import SKELETONS
from poseapp.synth.truth.person import PersonTruth
from poseapp.synth.truth.sample import SynthSample, View

JPEG_QUALITY, TEXTURE_QUALITY = 92, 88
TEXTURE_SIDE = 512
# Depth is kept as steps of a tenth of a millimetre from the nearest point of the person; 0 is nothing.
DEPTH_STEP_M = 1e-4
# Texture coordinates in steps of 1/65534; 65535 is nothing.
UV_STEPS, UV_NOTHING = 65534, 65535
COMPRESSION = 1


@dataclass
class PictureRecord:
    """What is kept of one picture.

    Attributes:
        file_name: Relative to the data set's folder.
        picture: JPEG or PNG bytes.
        image: Fields of its entry in COCO files.
        annotations: Of each skeleton, without ids.
        rows: One value for each data set of ``pictures`` in the HDF5 file.
        people: For each person one value for each data set of ``people``.
        chunks: Compressed maps of the picture by name of the data set.
        people_chunks: The same for each person.
        textures: JPEG bytes of each person.
    """

    file_name: str
    picture: bytes
    image: dict[str, Any]
    annotations: dict[str, list[dict[str, Any]]]
    rows: dict[str, Any]
    people: list[dict[str, Any]]
    chunks: dict[str, bytes] = field(default_factory=dict)
    people_chunks: list[dict[str, bytes]] = field(default_factory=list)
    textures: list[bytes] = field(default_factory=list)


def picture_name(index: int, camera: int, cameras: int, png: bool) -> str:
    """Where picture ``index`` of a camera lies, relative to the data set's folder."""
    which = f"-{camera}" if cameras > 1 else ""
    return f"images/{index:06d}{which}.{'png' if png else 'jpg'}"


def records_of(sample: SynthSample, *, dense: bool, png: bool) -> list[PictureRecord]:
    """What is written of a sample, a record for each camera."""
    count = len(sample.views)
    return [
        _record(sample, number, view, picture_name(sample.index, number, count, png), dense)
        for number, view in enumerate(sample.views)
    ]


def _record(sample: SynthSample, number: int, view: View, file_name: str, dense: bool) -> PictureRecord:
    camera = view.camera
    image = {
        "file_name": file_name, "width": camera.width, "height": camera.height, "camera": _camera(camera),
        "moment": sample.index, "camera_number": number,
    }  # fmt: skip
    rows = {
        "index": sample.index, "camera": number, "intrinsics": camera.intrinsics,
        "rotation": camera.rotation, "translation": camera.translation, "name": file_name.encode(),
    }  # fmt: skip
    annotations = {
        name: [_annotation(instance) for instance in view.instances(name, outline=True)] for name in SKELETONS
    }
    record = PictureRecord(
        file_name, encode(view.image, file_name), image, annotations, rows, [_row(p) for p in view.people]
    )
    if dense:
        record.chunks = {
            "instance": pack(view.buffers.instance),
            "part": pack(view.buffers.part),
            "body_uv": pack(_uv_steps(view.buffers.body_uv)),
        }
        record.people_chunks = [
            _depths(person, row) for person, row in zip(view.people, record.people, strict=True)
        ]
        record.textures = [_texture(person) for person in view.people]
    return record


def encode(image: NDArray[np.uint8], file_name: str) -> bytes:
    """A picture as the format of its name asks.

    Raises:
        SynthError: OpenCV cannot encode it.
    """
    options = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    if file_name.endswith(".png"):
        options = [cv2.IMWRITE_PNG_COMPRESSION, 1]
    done, data = cv2.imencode(file_name[-4:], cv2.cvtColor(image, cv2.COLOR_RGB2BGR), options)
    if not done:
        raise SynthError(f"cannot encode {file_name}: OpenCV refused it")
    return data.tobytes()


def pack(array: NDArray[Any]) -> bytes:
    """One chunk as HDF5's shuffle and deflate filters make it."""
    raw = np.ascontiguousarray(array)
    size = raw.dtype.itemsize
    if size > 1:
        raw = np.ascontiguousarray(raw.view(np.uint8).reshape(-1, size).T)
    return zlib.compress(raw.tobytes(), COMPRESSION)


def _camera(camera: Camera) -> dict[str, Any]:
    return {
        "intrinsics": np.round(camera.intrinsics, 9).tolist(),
        "rotation": np.round(camera.rotation, 12).tolist(),
        "translation": np.round(camera.translation, 9).tolist(),
    }


def _annotation(instance: Instance) -> dict[str, Any]:
    triples = np.column_stack([np.nan_to_num(instance.points), instance.visibility])
    keypoints: list[float] = triples.ravel().tolist()
    keypoints[2::3] = instance.visibility.tolist()
    assert instance.box is not None
    x0, y0, x1, y1 = instance.box.tolist()
    return {
        "keypoints": keypoints, "num_keypoints": instance.num_labelled,
        "bbox": [x0, y0, round(x1 - x0, 2), round(y1 - y0, 2)], "iscrowd": 0,
        "track_id": instance.track_id, "source": instance.source, **instance.extra,
    }  # fmt: skip


def _row(person: PersonTruth) -> dict[str, Any]:
    phenotype = person.posed.shaped.phenotype
    pose = person.posed.pose
    return {
        "number": person.number,
        "phenotype": [getattr(phenotype, name) for name in PHENOTYPE],
        "rotations": pose.rotations,
        "translation": pose.translation,
        "landmarks": person.world,
        "visibility": person.visibility,
        "box": person.box,
        "seen_box": person.seen_box,
        "share_seen": person.share_seen,
    }


PHENOTYPE = ("gender", "age", "muscle", "weight", "height", "proportions")


def _uv_steps(uv: NDArray[np.float32]) -> NDArray[np.uint16]:
    steps = np.full(uv.shape, UV_NOTHING, np.uint16)
    known = np.isfinite(uv)
    steps[known] = np.round(uv[known] * UV_STEPS).astype(np.uint16)
    return steps


def _depths(person: PersonTruth, row: dict[str, Any]) -> dict[str, bytes]:
    """Both depth maps as steps; notes in the row where they begin."""
    assert person.visible_depth is not None and person.hidden_depth is not None
    covered = np.isfinite(person.visible_depth)
    start = float(person.visible_depth[covered].min()) if covered.any() else 0.0
    row["depth_from"] = start
    found = {}
    for name, depth in (("visible_depth", person.visible_depth), ("hidden_depth", person.hidden_depth)):
        steps = np.zeros(depth.shape, np.uint16)
        above = np.round((depth[covered].astype(np.float64) - start) / DEPTH_STEP_M) + 1
        steps[covered] = np.clip(above, 1, 65535).astype(np.uint16)
        found[name] = pack(steps)
    return found


def _texture(person: PersonTruth) -> bytes:
    if person.texture is None:
        return b""
    picture: NDArray[Any] = person.texture
    if max(picture.shape[:2]) > TEXTURE_SIDE:
        picture = cv2.resize(picture, (TEXTURE_SIDE, TEXTURE_SIDE), interpolation=cv2.INTER_AREA)
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, TEXTURE_QUALITY])[1].tobytes()
