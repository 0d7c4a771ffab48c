"""Whether the folders that settings name hold what is to be drawn from them, before anything is drawn."""

from pathlib import Path

import numpy as np

from poseapp.errors import FormatError, SynthError
from poseapp.synth.settings import SynthSettings


def check_folders(
    settings: SynthSettings, background: str | None = None, kinds: tuple[str, ...] = ()
) -> None:
    """Look whether photographs and motion files are there, at least one that can be read, where any are used.

    Args:
        settings: What is to be drawn.
        background: What a clip asks for besides, see `truth.clips.Clip`.
        kinds: Motion that a clip asks for.

    Raises:
        SynthError: There is no such folder, or nothing in it that can be used.
    """
    photos = background == "photo" or (background is None and settings.photo_share > 0)
    if photos and settings.backgrounds_folder is not None:
        from poseapp.synth.scene.photos import photo_crop

        photo_crop(settings.backgrounds_folder, np.random.default_rng(0), 32, 32)
    shares = {kind for kind, share in settings.poses.items() if share > 0}
    if "bvh" in kinds or shares == {"bvh"} or ("bvh" in shares and settings.bvh_folder is not None):
        _check_motion(settings.bvh_folder)


def _check_motion(folder: str | None) -> None:
    from poseapp.synth.motion.bvh import read_bvh

    if folder is None:
        raise SynthError("poses from BVH files need a folder of them: set bvh_folder")
    root = Path(folder)
    if not root.is_dir():
        raise SynthError(f"there is no such folder of BVH files: {root}")
    last = ""
    for path in sorted(p for p in root.rglob("*") if p.suffix.lower() == ".bvh" and p.is_file()):
        try:
            read_bvh(path)
        except FormatError as error:
            last = str(error)
        else:
            return
    raise SynthError(
        f"none of the BVH files can be used, the last: {last}"
        if last
        else f"no BVH files in the folder: {root}"
    )
