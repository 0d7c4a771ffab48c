"""Poses and motion out of a folder of the user's BVH files."""

import threading
from collections import OrderedDict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from poseapp.errors import FormatError, SynthError
from poseapp.synth.body.model import BodyModel, Pose, ShapedBody
from poseapp.synth.motion.bvh import Bvh, read_bvh
from poseapp.synth.motion.motion import Motion, placed_pose
from poseapp.synth.motion.retarget import retarget
from poseapp.synth.settings import SynthSettings

if TYPE_CHECKING:
    from poseapp.synth.motion.prior import SampledPose

KEPT_BYTES = 256 * 2**20  # of frames, all files together
KEPT_FILES = 256
_TRIES = 8


@lru_cache(maxsize=8)
def _files(folder: str, changed_ns: int) -> tuple[Path, ...]:
    """BVH files in and below a folder; listed anew when the folder was ``changed_ns``."""
    return tuple(sorted(p for p in Path(folder).rglob("*") if p.suffix.lower() == ".bvh" and p.is_file()))


_Stamp = tuple[int, int]
_kept: OrderedDict[Path, tuple[_Stamp, Bvh | FormatError]] = OrderedDict()
_guard = threading.Lock()


def _num_bytes(read: Bvh | FormatError) -> int:
    return read.frames.nbytes if isinstance(read, Bvh) else 0


def _read(path: Path) -> Bvh | FormatError:
    """A file, or what is wrong with it; the last used are kept until they change."""
    try:
        stat = path.stat()
    except OSError as error:
        return FormatError(f"BVH file cannot be read ({error.strerror or error}): {path}")
    stamp = stat.st_mtime_ns, stat.st_size
    with _guard:
        if path in _kept and _kept[path][0] == stamp:
            _kept.move_to_end(path)
            return _kept[path][1]
    try:
        read: Bvh | FormatError = read_bvh(path)
    except FormatError as error:
        read = error
    with _guard:
        _kept.pop(path, None)
        _kept[path] = stamp, read
        # The newest stays however large it is: it is used next.
        while len(_kept) > 1 and (
            len(_kept) > KEPT_FILES or sum(_num_bytes(kept) for _, kept in _kept.values()) > KEPT_BYTES
        ):
            _kept.popitem(last=False)
    return read


def sample_clip(
    model: BodyModel,
    shaped: ShapedBody,
    rng: np.random.Generator,
    settings: SynthSettings,
    duration_s: float | None = None,
) -> Motion:
    """A stretch of one of the user's files; of all of a shorter one. Unusable files are left out.

    Raises:
        SynthError: There is no folder, no file in it, or none of those tried can be used.
    """
    if settings.bvh_folder is None:
        raise SynthError("poses from BVH files need a folder of them: set bvh_folder")
    try:
        files = _files(settings.bvh_folder, Path(settings.bvh_folder).stat().st_mtime_ns)
    except OSError as error:
        raise SynthError(f"the folder of BVH files cannot be read: {settings.bvh_folder}") from error
    if not files:
        raise SynthError(f"no BVH files in the folder: {settings.bvh_folder}")
    last = ""
    for _ in range(_TRIES):
        bvh = _read(files[int(rng.integers(len(files)))])
        if isinstance(bvh, FormatError):
            last = str(bvh)
            continue
        wanted = 1 if duration_s is None else int(np.ceil(duration_s / bvh.frame_time_s)) + 1
        first = int(rng.integers(max(len(bvh.frames) - wanted, 0) + 1))
        first = min(first, len(bvh.frames) - 1)
        try:
            return retarget(bvh, model, shaped, first, wanted)
        except FormatError as error:
            last = str(error)
    raise SynthError(f"none of the BVH files tried can be used, the last: {last}")


def sample_frame(
    model: BodyModel, shaped: ShapedBody, rng: np.random.Generator, settings: SynthSettings
) -> "SampledPose":
    """One frame of one of the user's files, its lowest vertex on the ground.

    Raises:
        SynthError: See `sample_clip`.
    """
    from poseapp.synth.motion.prior import SampledPose

    clip = sample_clip(model, shaped, rng, settings)
    pose = clip.pose(0.0)
    heights = model.pose(shaped, pose).vertices[:, 1]
    place = pose.translation - np.array([0, heights.min(), 0], np.float32)
    turned = placed_pose(Pose(pose.rotations, place), 0.0, 0.0, float(rng.uniform(-np.pi, np.pi)))
    return SampledPose(turned, "bvh", False, None, clip.name)
