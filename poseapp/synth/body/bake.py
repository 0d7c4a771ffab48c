"""Building the body file once from the `anny` package; runs as a process of its own.

`anny` (Brégier et al., 2025; NAVER, Apache-2.0, MakeHuman data CC0) assembles its model from some thousand
files, which takes a minute or more, some gigabytes of memory and of temporary files. What pose and shape need
of it is 25 MB of arrays: they are written once to the user's cache, turned to our axes (Y up, facing +Z), and
from then on neither `anny` nor torch is loaded.
"""

import contextlib
import json
import logging
import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from poseapp.paths import replace_atomic
from poseapp.synth.body.parts import part_of_bones

ANNY_VERSION = "0.6.2"
MASK_SIZE = 512
SHAPE_SAMPLES = 20_000
EXPECTED_S = 60.0  # of the slow step, for the progress bar only
# From Z up, facing -Y (anny) to Y up, facing +Z.
TO_Y_UP = np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]], np.float64)
# Regions that MakeHuman's texture coordinates come with, as grey pictures.
TEXTURE_MASKS = {
    "lips": "mpfb_lips.jpg",
    "eyelids": "mpfb_eyelids.jpg",
    "ears": "mpfb_ears.jpg",
    "face": "mpfb_face.jpg",
    "fingernails": "mpfb_fingernails.jpg",
    "toenails": "mpfb_toenails.jpg",
}
Arrays = dict[str, NDArray[Any]]


def bake(out: Path) -> None:
    """Build the body and write it to ``out`` (npz); prints one JSON line of progress at a time.

    Raises:
        ImportError: `anny` is not installed.
        OSError: The file cannot be written, or the disk is full.
    """
    with tempfile.TemporaryDirectory(prefix="poseapp-body-") as folder, _telling_progress(out.parent):
        os.environ["ANNY_CACHE_DIR"] = folder
        with contextlib.redirect_stdout(sys.stderr):
            arrays = _arrays()
    with replace_atomic(out) as temporary, open(temporary, "wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]
    _tell(1.0, "the body is ready")


def _arrays() -> Arrays:
    import anny
    import torch
    from anny.shape_distribution import SimpleShapeDistribution

    logging.getLogger("anny").setLevel(logging.ERROR)
    model = anny.Anny(skinning_method="lbs").to(dtype=torch.float32)
    torch.manual_seed(0)
    _, sampled = SimpleShapeDistribution(model).sample(SHAPE_SAMPLES)
    phenotypes = np.stack([sampled[k].numpy() for k in model.phenotype_labels], 1)
    turn = TO_Y_UP
    weights = model.dense_vertex_bone_weights.numpy()
    labels = list(model.bone_labels)
    arrays: Arrays = {
        "template": model.template_vertices.numpy() @ turn.T,
        "blendshapes": model.blendshapes.numpy() @ turn.T,
        "joint_template": model.template_bone_heads.numpy() @ turn.T,
        "joint_blendshapes": model.bone_heads_blendshapes.numpy() @ turn.T,
        "orientation_template": turn @ model.bone_template_orientation_matrices.numpy(),
        "orientation_blendshapes": turn @ model.bone_orientation_blendshapes.numpy(),
        "reference_orientations": turn @ model.reference_bone_orientations.numpy(),
        "weights": weights,
        "phenotype_mask": model.stacked_phenotype_blend_shapes_mask.numpy(),
        "phenotype_projection": model.phenotype_blendshape_projection.numpy(),
        "coco_regressor": anny.KeypointsRegressor.coco(model).regression_weights.numpy(),
        "phenotype_samples": phenotypes,
    }
    arrays = {name: np.ascontiguousarray(value, np.float32) for name, value in arrays.items()}
    arrays |= {
        "faces": model.faces.numpy().astype(np.int32),
        "uv": model.texture_coordinates.numpy().astype(np.float32),
        "face_uv": model.face_texture_coordinate_indices.numpy().astype(np.int32),
        "vertex_part": part_of_bones(labels)[weights.argmax(1)],
        "parents": np.asarray(model.bone_parents, np.int32),
        "bone_names": np.asarray(labels),
        "phenotype_names": np.asarray(model.phenotype_labels),
        "coco_names": np.asarray(anny.KeypointsRegressor.coco(model).labels),
        "anny_version": np.asarray(ANNY_VERSION),
    }
    return arrays | _regions(model) | _check(model, phenotypes)


def _check(model: Any, phenotypes: NDArray[Any]) -> Arrays:
    """Two people in random poses as the package itself makes them, to test our own arithmetic against."""
    import torch

    skew = 0.4 * torch.randn(2, model.bone_count, 3, 3)
    rotations = torch.linalg.matrix_exp(skew - skew.transpose(-1, -2))
    deltas = torch.eye(4).repeat(2, model.bone_count, 1, 1)
    deltas[:, :, :3, :3] = rotations
    deltas[:, 0, :3, 3] = torch.tensor([[0.3, 0.2, 1.0], [0.0, -2.0, 0.5]])
    shapes = {name: torch.as_tensor(phenotypes[:2, i]) for i, name in enumerate(model.phenotype_labels)}
    out = model(pose_parameters=deltas, phenotype_kwargs=shapes)
    return {
        "check_rotations": TO_Y_UP @ rotations.numpy() @ TO_Y_UP.T,
        "check_translations": deltas[:, 0, :3, 3].numpy() @ TO_Y_UP.T,
        "check_vertices": (out["vertices"].numpy() @ TO_Y_UP.T).astype(np.float32),
        "check_joints": (out["bone_poses"][:, :, :3, 3].numpy() @ TO_Y_UP.T).astype(np.float32),
    }


def _regions(model: Any) -> Arrays:
    """Which face belongs to eyes, mouth, head …, and grey masks of finer regions in texture space."""
    import yaml
    from anny.face_segmentation import get_face_segmentation_mask
    from anny.paths import get_anny_root_dir

    data = Path(get_anny_root_dir()) / "data"
    described = yaml.safe_load((data / "segmentation/body_parts_segmentation.yaml").read_text())
    names = list(described["colors"])
    face_region = np.zeros(len(model.faces), np.uint8)
    for number, name in enumerate(names):
        face_region[get_face_segmentation_mask(model, [name]).numpy()] = number
    arrays: Arrays = {"face_region": face_region, "region_names": np.asarray(names)}
    for name, file in TEXTURE_MASKS.items():
        grey = cv2.imread(str(data / "mpfb2/textures" / file), cv2.IMREAD_GRAYSCALE)
        if grey is None:
            raise OSError(f"{file} is missing in the installed anny package")
        arrays[f"mask_{name}"] = cv2.resize(grey, (MASK_SIZE, MASK_SIZE), interpolation=cv2.INTER_AREA)
    return arrays


@contextlib.contextmanager
def _telling_progress(folder: Path) -> Any:
    """anny says nothing while it works: tell the time instead, as a share that nears but never reaches 1."""
    folder.mkdir(parents=True, exist_ok=True)
    done = threading.Event()

    def tell() -> None:
        start = time.monotonic()
        while not done.wait(0.5):
            share = 1 - np.exp(-(time.monotonic() - start) / EXPECTED_S)
            _tell(float(share), "building the body model (once)")

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _tell(share: float, text: str) -> None:
    print(json.dumps({"share": round(share, 3), "text": text}), file=sys.__stdout__, flush=True)


if __name__ == "__main__":
    bake(Path(sys.argv[1]))
