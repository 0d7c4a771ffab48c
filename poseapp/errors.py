"""Errors a user can cause. Each message is one line that says what, where and what to do."""


class PoseError(ValueError):
    """Base of every error that input, files or the machine can cause; shown to the user as one line."""


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
