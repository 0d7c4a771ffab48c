"""Settings in TOML files."""

import tomllib
from pathlib import Path

from poseapp.errors import SynthError
from poseapp.synth.settings import SynthSettings


def read_settings(path: str | Path) -> SynthSettings:
    """Settings from a TOML file: those of a data set (``settings.toml``), or the values alone.

    Raises:
        SynthError: The file cannot be read, or a setting makes no sense.
    """
    try:
        values = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
        raise SynthError(f"cannot read the settings {path}: {reason}") from error
    inner = values.get("settings", values)
    if not isinstance(inner, dict):
        raise SynthError(f"{path} holds no table of settings")
    return SynthSettings.from_dict(inner)
