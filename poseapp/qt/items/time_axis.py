"""Which frames a timeline shows and where: pure numbers, drawn fast by binning to pixel columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MIN_SPAN = 8.0  # frames; the closest one can look
CLOCK_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)


@dataclass
class TimeAxis:
    """A range of frames laid over a range of pixels.

    Attributes:
        num_frames: frames of the video.
        left: pixel of the first shown frame.
        right: pixel of the last shown frame.
        first: first shown frame (fractional while zooming).
        span: from the first to the last shown frame, in frames.
    """

    num_frames: int = 0
    left: float = 0.0
    right: float = 1.0
    first: float = 0.0
    span: float = 1.0

    @property
    def full_span(self) -> float:
        """The span of the whole video."""
        return float(max(self.num_frames - 1, 1))

    @property
    def is_zoomed(self) -> bool:
        """Whether less than the whole video is shown."""
        return self.span < self.full_span - 1e-9

    def show_all(self, num_frames: int) -> None:
        """Show the whole of a video."""
        self.num_frames = num_frames
        self.first, self.span = 0.0, self.full_span

    def x(self, frames: np.ndarray | float) -> np.ndarray:
        """Pixels of frames."""
        return self.left + (np.asarray(frames, np.float64) - self.first) * (
            (self.right - self.left) / self.span
        )

    def frame(self, x: float) -> int:
        """The frame nearest to a pixel, within the video."""
        at = self.first + (x - self.left) / max(self.right - self.left, 1.0) * self.span
        return int(min(max(round(at), 0), max(self.num_frames - 1, 0)))

    def zoom(self, factor: float, x: float) -> None:
        """Show `1 / factor` as many frames; what is under pixel `x` stays there."""
        share = min(max((x - self.left) / max(self.right - self.left, 1.0), 0.0), 1.0)
        anchor = self.first + share * self.span
        self.span = min(max(self.span / factor, min(MIN_SPAN, self.full_span)), self.full_span)
        self.start_at(anchor - share * self.span)

    def show(self, first: float, last: float) -> None:
        """Show these frames and what is between them."""
        self.span = min(max(last - first, MIN_SPAN), self.full_span)
        self.start_at((first + last - self.span) / 2)

    def pan(self, frames: float) -> None:
        """Show later (positive) or earlier frames."""
        self.start_at(self.first + frames)

    def reveal(self, frame: int) -> bool:
        """Pan so that a frame is shown; True if that changed anything."""
        if self.first <= frame <= self.first + self.span:
            return False
        ahead = 0.1 if frame > self.first else 0.9
        self.start_at(frame - ahead * self.span)
        return True

    def start_at(self, first: float) -> None:
        """Make this the first shown frame, as far as the video goes."""
        self.first = min(max(first, 0.0), self.full_span - self.span)

    def shown(self, frames: np.ndarray) -> slice:
        """The part of ascending frames that is in view, one more on each side for lines that leave it."""
        low = int(np.searchsorted(frames, self.first, side="left"))
        high = int(np.searchsorted(frames, self.first + self.span, side="right"))
        return slice(max(low - 1, 0), min(high + 1, len(frames)))

    def columns(self, frames: np.ndarray) -> np.ndarray:
        """Pixel columns `(M,)` of ascending frames in view, each once, ascending."""
        low = int(np.searchsorted(frames, self.first - 0.5, side="left"))
        high = int(np.searchsorted(frames, self.first + self.span + 0.5, side="right"))
        x = np.round(self.x(frames[low:high])).astype(np.int64)
        return x[np.diff(x, prepend=-(1 << 30)) > 0]

    def ticks(self, min_gap_px: float) -> np.ndarray:
        """Frames `(M,)` for axis numbers, 1, 2 or 5 times a power of ten apart, at least `min_gap_px`."""
        per_px = self.span / max(self.right - self.left, 1.0)
        wanted = max(per_px * min_gap_px, 1.0)
        power = 10.0 ** np.floor(np.log10(wanted))
        step = next(m * power for m in (1, 2, 5, 10) if m * power >= wanted - 1e-9)
        start = np.ceil(self.first / step - 1e-9) * step
        return np.arange(start, self.first + self.span + 1e-9, step).astype(np.int64)

    def time_ticks(self, min_gap_px: float, fps: float) -> np.ndarray:
        """Seconds `(M,)` for axis numbers, as clocks divide time, at least `min_gap_px` apart.

        Args:
            min_gap_px: least distance of two numbers.
            fps: frames a second.
        """
        wanted = self.span / max(self.right - self.left, 1.0) * min_gap_px / fps
        step = next((s for s in CLOCK_STEPS if s >= wanted - 1e-9), CLOCK_STEPS[-1])
        start = np.ceil(self.first / fps / step - 1e-9) * step
        return np.arange(start, (self.first + self.span) / fps + 1e-9, step)


def binned_curve(
    axis: TimeAxis, frames: np.ndarray, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """A curve as one mean, least and greatest value a pixel column.

    Args:
        axis: what is in view.
        frames: `(N,)` ascending.
        values: `(N,)`, NaN left out.

    Returns:
        `x, mean, low, high`, each `(M,)` with M at most the number of pixels (or of frames in view).
    """
    part = axis.shown(frames)
    frames, values = frames[part], values[part]
    known = np.isfinite(values)
    if not known.all():
        frames, values = frames[known], values[known]
    nothing = np.zeros(0)
    if len(frames) == 0:
        return nothing, nothing, nothing, nothing
    if len(frames) <= axis.right - axis.left:
        values = values.astype(np.float64)
        return axis.x(frames), values, values, values
    # Where the columns begin among the frames: some thousand look-ups instead of a pixel for every frame.
    columns = np.arange(int(np.ceil(axis.right - axis.left)) + 2)
    cuts = np.searchsorted(frames, axis.first + columns * (axis.span / (axis.right - axis.left)))
    count = np.diff(cuts)
    filled = count > 0
    if not filled.any():
        return nothing, nothing, nothing, nothing
    starts, values = cuts[:-1][filled], values[: cuts[-1]].astype(np.float64)
    return (
        axis.left + columns[:-1][filled],
        np.add.reduceat(values, starts) / count[filled],
        np.minimum.reduceat(values, starts),
        np.maximum.reduceat(values, starts),
    )


def segments(frames: np.ndarray, max_gap: int = 1) -> list[tuple[int, int]]:
    """Runs of ascending frames without a gap: `(first, last)` of each.

    Args:
        frames: `(N,)` ascending.
        max_gap: steps up to this count as no gap.
    """
    if len(frames) == 0:
        return []
    cuts = np.flatnonzero(np.diff(frames) > max_gap)
    starts = frames[np.concatenate([[0], cuts + 1])]
    ends = frames[np.concatenate([cuts, [len(frames) - 1]])]
    return [(int(a), int(b)) for a, b in zip(starts, ends, strict=True)]


def clock(seconds: float, step: float) -> str:
    """A time for an axis: as short as the distance of its numbers allows, as "1:05" or "0:05.20"."""
    decimals = 0 if step >= 1 else 1 if step >= 0.1 else 2
    whole = round(max(seconds, 0.0) * 10**decimals)
    minutes, rest = divmod(whole, 60 * 10**decimals)
    hours, minutes = divmod(minutes, 60)
    text = f"{rest / 10**decimals:0{3 + decimals if decimals else 2}.{decimals}f}"
    return f"{hours}:{minutes:02d}:{text}" if hours else f"{minutes}:{text}"


def time_code(seconds: float) -> str:
    """`mm:ss.mmm`, from one hour on `h:mm:ss.mmm`."""
    milli = round(max(seconds, 0.0) * 1000)
    minutes, rest = divmod(milli, 60_000)
    hours, minutes = divmod(minutes, 60)
    text = f"{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
    return f"{hours}:{text}" if hours else text
