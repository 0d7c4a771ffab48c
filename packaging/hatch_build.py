"""Build hook: puts resources/ and models/ inside the package of a wheel."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):
    """Adds the data folders to wheels; editable installs read them from the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Map each data folder that is there to its place inside `poseapp/`."""
        if self.target_name != "wheel" or version == "editable":
            return
        for folder in ("resources", "models"):
            if (Path(self.root) / folder).is_dir():
                build_data["force_include"][folder] = f"poseapp/{folder}"
