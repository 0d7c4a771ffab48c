"""The body in plain numpy: phenotype to rest shape, joint rotations to posed vertices.

Layout: V vertices, J joints (bones), F triangles, S blend shapes. Metres, Y up, facing +Z, left at +X.
Pose and shape follow `anny` (Brégier et al., 2025) with its pose parametrisation "local-ref".
"""

import json
import os
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseapp.errors import SynthError
from poseapp.geometry.meshes import vertex_normals
from poseapp.jobs.process import python_argv
from poseapp.paths import user_cache_dir
from poseapp.synth.body.phenotypes import Phenotype

Floats = NDArray[np.floating[Any]]
Progress = Callable[[float, str], None]
FILE_NAME = "body-anny-0.6.2-2.npz"  # the last number: layout of the file


@dataclass(frozen=True)
class ShapedBody:
    """One person's body in the model's own rest pose.

    Attributes:
        phenotype: What made it.
        vertices: ``(V, 3)`` metres.
        joints: ``(J, 3)`` metres, where each bone begins.
        orientations: ``(J, 3, 3)`` rest orientation of each bone.
        normals: ``(V, 3)`` unit.
    """

    phenotype: Phenotype
    vertices: Floats
    joints: Floats
    orientations: Floats
    normals: Floats


@dataclass(frozen=True)
class Pose:
    """How a body stands.

    Attributes:
        rotations: ``(J, 3, 3)`` rotation of each bone against the bone before it, in the axes that the world
            has when the body is in its reference pose (arms hanging half way down, facing +Z); bone 0 turns
            the whole body.
        translation: ``(3,)`` metres: where the root (middle of the pelvis) is.
    """

    rotations: Floats
    translation: Floats

    @staticmethod
    def reference(num_joints: int) -> "Pose":
        """The reference pose at the origin."""
        return Pose(np.tile(np.eye(3, dtype=np.float32), (num_joints, 1, 1)), np.zeros(3, np.float32))


@dataclass(frozen=True)
class PosedBody:
    """A body in a pose.

    Attributes:
        shaped: Its shape.
        pose: Its pose.
        vertices: ``(V, 3)`` metres in the world.
        joints: ``(J, 3)`` metres in the world.
        orientations: ``(J, 3, 3)`` orientation of each bone in the world.
        vertex_transforms: ``(V, 3, 4)``: what moved each rest vertex; moves what is worn on it alike.
    """

    shaped: ShapedBody
    pose: Pose
    vertices: Floats
    joints: Floats
    orientations: Floats
    vertex_transforms: Floats


class BodyModel:
    """The model's arrays and the two steps from a phenotype to a posed body.

    Attributes:
        faces: ``(F, 3)`` int32, counter-clockwise seen from outside.
        uv: ``(T, 2)`` texture coordinates, v up; ``face_uv`` ``(F, 3)`` says which belong to each corner.
        bone_names: J names; ``bone[name]`` is the number; ``parents`` ``(J,)``, -1 for the root.
        weights: ``(V, J)`` skinning weights.
        vertex_part: ``(V,)`` uint8, see `parts.PARTS`.
        face_region: ``(F,)`` uint8 index into ``region_names`` (head, hands, feet, eyes, mouth …).
        masks: Grey pictures in texture space ``(512, 512)`` uint8, row 0 at v = 1: lips, eyelids, face ….
        coco_regressor: ``(23, V)`` weights of COCO-17 and six foot points, named by ``coco_names``.
        phenotype_samples: ``(20000, 6)`` phenotypes of the calibrated distribution, babies to old people.
        check: The first two of them posed by the package itself: rotations, translations, vertices, joints.
    """

    def __init__(self, arrays: dict[str, NDArray[Any]]) -> None:
        self._arrays = arrays
        self.faces = arrays["faces"]
        self.uv = arrays["uv"]
        self.face_uv = arrays["face_uv"]
        self.bone_names: list[str] = arrays["bone_names"].tolist()
        self.bone = {name: number for number, name in enumerate(self.bone_names)}
        self.parents = arrays["parents"]
        self.weights = arrays["weights"]
        self.vertex_part = arrays["vertex_part"]
        self.face_region = arrays["face_region"]
        self.region_names: list[str] = arrays["region_names"].tolist()
        self.masks = {k.removeprefix("mask_"): v for k, v in arrays.items() if k.startswith("mask_")}
        self.coco_regressor = arrays["coco_regressor"]
        self.coco_names: list[str] = arrays["coco_names"].tolist()
        self.phenotype_samples = arrays["phenotype_samples"]
        self.phenotype_names: list[str] = arrays["phenotype_names"].tolist()
        self.num_joints = len(self.bone_names)
        self.num_vertices = len(arrays["template"])
        self.check = {k.removeprefix("check_"): v for k, v in arrays.items() if k.startswith("check_")}
        shapes = arrays["blendshapes"]
        self._flat_shapes = shapes.reshape(len(shapes), -1)

    @cached_property
    def _depth_order(self) -> list[tuple[int, int]]:
        """(bone, its parent), parents before children, without the root."""
        order = [0]
        for number in order:
            order += [child for child, parent in enumerate(self.parents) if parent == number]
        return [(bone, int(self.parents[bone])) for bone in order[1:]]

    def sample_phenotype(self, rng: np.random.Generator, youngest: float = 0.15) -> Phenotype:
        """A phenotype from the calibrated distribution.

        Args:
            rng: Source of chance.
            youngest: Least ``age``; babies who cannot stand lie below about 0.15.
        """
        ages = self.phenotype_samples[:, self.phenotype_names.index("age")]
        row = self.phenotype_samples[rng.choice(np.flatnonzero(ages >= youngest))]
        values = dict(zip(self.phenotype_names, np.clip(row, 0, 1).tolist(), strict=True))
        return Phenotype(**values)

    def shape(self, phenotype: Phenotype) -> ShapedBody:
        """Rest shape of a phenotype."""
        arrays = self._arrays
        weights = phenotype.weights(arrays["phenotype_mask"]) @ arrays["phenotype_projection"]
        weights = weights.astype(np.float32)
        vertices = arrays["template"] + (weights @ self._flat_shapes).reshape(-1, 3)
        joints = arrays["joint_template"] + np.tensordot(weights, arrays["joint_blendshapes"], 1)
        loose = arrays["orientation_template"] + np.tensordot(weights, arrays["orientation_blendshapes"], 1)
        orientations = _nearest_rotations(loose)
        orientations[0] = arrays["reference_orientations"][0]
        return ShapedBody(phenotype, vertices, joints, orientations, vertex_normals(vertices, self.faces))

    def pose(self, shaped: ShapedBody, pose: Pose) -> PosedBody:
        """Pose a shaped body by linear blend skinning."""
        reference = self._arrays["reference_orientations"]
        world = np.empty_like(shaped.orientations)
        places = np.empty_like(shaped.joints)
        turned = pose.rotations @ reference  # D_c U_c
        world[0] = turned[0]
        places[0] = pose.translation
        turn = reference @ shaped.orientations.transpose(0, 2, 1)  # rest to reference orientation
        turn[0] = np.eye(3)
        for bone, parent in self._depth_order:
            onto = world[parent] @ reference[parent].T
            world[bone] = onto @ turned[bone]
            offset = turn[parent] @ (shaped.joints[bone] - shaped.joints[parent])
            places[bone] = places[parent] + onto @ offset
        moves = np.empty((self.num_joints, 3, 4), np.float32)
        moves[:, :, :3] = world @ shaped.orientations.transpose(0, 2, 1)
        moves[:, :, 3] = places - np.einsum("jab,jb->ja", moves[:, :, :3], shaped.joints)
        transforms = (self.weights @ moves.reshape(-1, 12)).reshape(-1, 3, 4)
        return PosedBody(shaped, pose, move_points(transforms, shaped.vertices), places, world, transforms)


def move_points(transforms: Floats, points: Floats) -> Floats:
    """Apply one ``(N, 3, 4)`` transform to each of ``(N, 3)`` points."""
    return np.einsum("nab,nb->na", transforms[:, :, :3], points) + transforms[:, :, 3]


def _nearest_rotations(matrices: Floats) -> Floats:
    """Rotations nearest to ``(J, 3, 3)`` matrices (orthogonal Procrustes)."""
    u, _, vt = np.linalg.svd(matrices.astype(np.float64))
    u[:, :, 2] *= np.linalg.det(u @ vt)[:, None]
    return (u @ vt).astype(np.float32)


def body_path() -> Path:
    """Where the body file is kept; `POSEAPP_BODY_DIR` overrides the folder."""
    given = os.environ.get("POSEAPP_BODY_DIR")
    return (Path(given) if given else user_cache_dir() / "synth") / FILE_NAME


def body_is_built() -> bool:
    """Whether the body file is there, so that loading takes a moment only."""
    return body_path().is_file()


def load_body(on_progress: Progress | None = None) -> BodyModel:
    """The body model; the first time on a machine another process builds it, which takes a minute or two.

    Args:
        on_progress: Called with a share in 0..1 and a text while it is built.

    Raises:
        SynthError: `anny` is not installed, or building failed.
    """
    path = body_path()
    if not path.is_file():
        _build(path, on_progress)
    return _read(path)


@lru_cache(maxsize=1)
def _read(path: Path) -> BodyModel:
    try:
        with np.load(path, allow_pickle=False) as file:
            return BodyModel({name: file[name] for name in file.files})
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise SynthError(
            f"the body file is damaged ({error}); delete it to have it built again: {path}"
        ) from error


def _build(path: Path, on_progress: Progress | None) -> None:
    if find_spec("anny") is None:
        raise SynthError(
            'synthetic people need the body model; install it with: pip install "poseapp[synth]"'
        )
    argv = python_argv("-m", "poseapp.synth.body.bake", str(path))
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors,
        subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        assert process.stdout is not None
        try:
            for line in process.stdout:
                said = json.loads(line)
                if on_progress is not None:
                    on_progress(said["share"], said["text"])
        except BaseException:  # who asked wants no body any more: else leaving waits until it is built
            process.kill()
            raise
        process.wait()
        errors.seek(0)
        last = next((line.strip() for line in reversed(errors.readlines()) if line.strip()), "")
    if process.returncode != 0 or not path.is_file():
        raise SynthError(f"the body model could not be built: {last or f'exit status {process.returncode}'}")
