"""The body model for tests: built once a checkout, since building takes a minute."""

import os
from pathlib import Path

import pytest

from poseapp.synth.body.model import BodyModel, load_body

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def body() -> BodyModel:
    """The body model."""
    os.environ.setdefault("POSEAPP_BODY_DIR", str(ROOT / ".body"))
    return load_body()
