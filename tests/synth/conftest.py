"""The body model for tests: built once a checkout, since building takes a minute."""

import os
from pathlib import Path

import pytest

from poseapp.synth.body.model import BodyModel, load_body


@pytest.fixture(scope="session")
def body(built_body: Path) -> BodyModel:
    """The body model."""
    os.environ.setdefault("POSEAPP_BODY_DIR", str(built_body))
    return load_body()
