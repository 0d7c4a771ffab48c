"""Values of a project's file, checked as they are read: any program can write there, and disks go bad."""

import json
from typing import Any

from poseapp.errors import ProjectError

# Longer values are refused by SQLite itself; nothing of ours comes near.
MAX_VALUE_BYTES = 128 << 20


def damaged(what: str, error: object) -> ProjectError:
    """Return the error to raise for a value that cannot be what the program wrote.

    Args:
        what: The value, as the beginning of a sentence.
        error: What is wrong with it.
    """
    return ProjectError(f"{what} is damaged in the project's file ({error}): restore it from a copy.")


def stored_json(text: object, what: str, kind: type = dict) -> Any:
    """Read a JSON value.

    Args:
        text: As stored.
        what: As in `damaged`.
        kind: What the value has to be.

    Raises:
        ProjectError: It is no JSON, or of another kind.
    """
    if not isinstance(text, str):
        raise damaged(what, "no text")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise damaged(what, error) from error
    if not isinstance(value, kind):
        raise damaged(what, f"no {kind.__name__}")
    return value
