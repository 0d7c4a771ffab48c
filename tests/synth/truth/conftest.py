"""A body before a camera, and a small data set."""

import os
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from poseapp.geometry.cameras import Camera
from poseapp.synth.body.model import BodyModel, Pose, PosedBody
from poseapp.synth.body.phenotypes import Phenotype
from poseapp.synth.draw.mesh import Light, Mesh
from poseapp.synth.draw.renderer import Renderer
from poseapp.synth.settings import SynthSettings
from poseapp.synth.truth.generate import generate
from poseapp.synth.truth.landmarks import Landmarks
from poseapp.synth.truth.person import PersonTruth, person_truth

SETTINGS = SynthSettings(width=96, height=80)
Photograph = Callable[..., tuple[PersonTruth, list[Mesh]]]


@pytest.fixture(scope="session")
def landmarks(body: BodyModel) -> Landmarks:
    return Landmarks(body)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer()


def posed(body: BodyModel, turns: dict[str, tuple[float, float, float]] | None = None) -> PosedBody:
    """A woman in the reference pose with some bones turned (rotation vectors)."""
    rotations = np.tile(np.eye(3, dtype=np.float32), (body.num_joints, 1, 1))
    for bone, turn in (turns or {}).items():
        rotations[body.bone[bone]] = cv2.Rodrigues(np.array(turn, float))[0]
    return body.pose(body.shape(Phenotype(gender=0.9)), Pose(rotations, np.zeros(3, np.float32)))


@pytest.fixture
def photographed(body: BodyModel, landmarks: Landmarks, renderer: Renderer) -> Photograph:
    """Truth of a body seen from a direction around it, 0 from the front, and all meshes."""

    def take(
        stands: PosedBody, degrees: float, others: tuple[Mesh, ...] = (), size: int = 400
    ) -> tuple[PersonTruth, list[Mesh]]:
        angle = np.radians(degrees)
        eye = np.array([3 * np.sin(angle), 0.3, 3 * np.cos(angle)])
        camera = Camera.looking_at(eye, np.array([0, -0.05, 0]), size, size, 1.2 * size)
        skin = Mesh(stands.vertices.astype(np.float32), body.faces, part=body.vertex_part, instance=1)
        meshes = [skin, *others]
        buffers = renderer.render(meshes, camera, Light(shadow=0.0))
        return person_truth(1, stands, [skin], camera, buffers, landmarks), meshes

    return take


@pytest.fixture(scope="session")
def data_set(tmp_path_factory: pytest.TempPathFactory, body: BodyModel) -> Path:
    """Ten small pictures with everything that is written of them, by two workers."""
    os.environ.setdefault("POSEAPP_BODY_DIR", str(Path(__file__).resolve().parents[3] / ".body"))
    folder = tmp_path_factory.mktemp("synthetic") / "set"
    made = generate(folder, SETTINGS, 10, 3, workers=2)
    assert made.images == 10 and made.complete
    return folder
