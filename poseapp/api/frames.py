"""Which frames are meant: `A:B` on the command line, ranges and pairs in scripts."""

from collections.abc import Sequence

from poseapp.errors import PoseError

Frames = str | range | Sequence[int | None] | None


def frame_range(frames: Frames, num_frames: int) -> range:
    """Resolve a choice of frames of one video.

    Args:
        frames: "A:B" (0-based, B not included, either may be left out, negative counts from the end), a
            single number as text, a range, a pair (A, B) of numbers or None, or None for all.
        num_frames: Frames of the video.

    Raises:
        PoseError: not of that form, or no frame is left.
    """
    if frames is None:
        return range(num_frames)
    if isinstance(frames, range):
        chosen = range(num_frames)[frames.start : frames.stop : frames.step]
    else:
        chosen = range(num_frames)[_slice(frames)]
    if not chosen:
        raise PoseError(f"no frame left by '{_shown(frames)}': the video has frames 0 to {num_frames - 1}")
    return chosen


def as_text(frames: Frames) -> str | None:
    """The choice as it stands in a run's `spec.json`: "A:B", or None for all."""
    if frames is None or isinstance(frames, str):
        return frames
    if isinstance(frames, range):
        if frames.step != 1:
            raise PoseError("frames of a job must follow one another: use a step of 1")
        return f"{frames.start}:{frames.stop}"
    return _shown(frames)


def _shown(frames: str | range | Sequence[int | None]) -> str:
    if isinstance(frames, str):
        return frames
    return ":".join("" if value is None else str(int(value)) for value in frames)


def _slice(frames: str | Sequence[int | None]) -> slice:
    parts = _shown(frames).split(":")
    try:
        values = [int(part) if part.strip() else None for part in parts]
    except ValueError:
        values = []
    if len(values) == 1 and values[0] is not None:
        return slice(values[0], values[0] + 1 or None)
    if len(values) != 2:
        raise PoseError(f"'{_shown(frames)}' is no range of frames: write A:B, such as 0:100")
    return slice(values[0], values[1])
