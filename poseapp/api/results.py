"""Results of verbs as plain JSON values."""

import math
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np


class Result:
    """Mixed into the result dataclasses: `to_json`."""

    def to_json(self) -> dict[str, Any]:
        """The fields as values that JSON knows: paths as text, numbers that are not finite as null."""
        return {field.name: plain(getattr(self, field.name)) for field in fields(self)}  # type: ignore[arg-type]


def plain(value: Any) -> Any:
    """Turn a value into what JSON knows."""
    if isinstance(value, Result):
        return value.to_json()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, np.generic | np.ndarray):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value
