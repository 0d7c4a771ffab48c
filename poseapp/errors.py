"""Errors a user can cause. Each message is one line that says what, where and what to do."""

import re

_LINE_ENDS = re.compile(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+\s*")
_MAX_CHARACTERS = 1000


class PoseError(ValueError):
    """Base of every error that input, files or the machine can cause; shown to the user as one line."""

    def __str__(self) -> str:
        # A message quotes names and libraries, and those may hold anything.
        line = _LINE_ENDS.sub(" ", super().__str__())
        return line if len(line) <= _MAX_CHARACTERS else f"{line[:_MAX_CHARACTERS]}…"


class VideoError(PoseError):
    """A video or image folder cannot be opened or decoded."""


class ProjectError(PoseError):
    """A project cannot be created, opened or changed."""


class FormatError(PoseError):
    """A label or prediction file does not have the form its format asks for."""


class SkeletonError(PoseError):
    """A skeleton definition is unusable or two skeletons do not fit each other."""


class CheckpointError(PoseError):
    """A checkpoint or its card is missing, damaged or does not fit the network."""


class TrainingError(PoseError):
    """A training run cannot start or go on."""


class DeviceError(PoseError):
    """A compute device was asked for that is not there."""


class SynthError(PoseError):
    """Synthetic people cannot be made: the body model or OpenGL is missing, or a setting makes no sense."""
