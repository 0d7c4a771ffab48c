"""Clips made once for all video tests."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.video.clips import CLIPS, Clip


@pytest.fixture(scope="session")
def clip_path(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return the path of a clip by name, made when first asked for."""
    folder = tmp_path_factory.mktemp("clips")
    by_name = {clip.name: clip for clip in CLIPS}

    def path_of(name: str) -> Path:
        path = folder / name
        if not path.exists():
            by_name[name].make(path)
        return path

    return path_of


@pytest.fixture(params=CLIPS, ids=lambda clip: clip.name)
def clip(request: pytest.FixtureRequest) -> Clip:
    """Every clip in turn."""
    return request.param
