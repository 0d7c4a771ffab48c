"""How much of a run is done, by epochs or by time, whichever comes first."""

import time

SHORTEST_GAP_S = 3.0
LONGEST_GAP_S = 60.0


class Clock:
    """Keeps the limits of a run.

    Attributes:
        seconds_before: Time used by earlier attempts at the same run.
        validation_s: What the last validation took.
    """

    def __init__(self, minutes: float | None, seconds_before: float = 0.0) -> None:
        self._start = time.monotonic()
        self._limit_s = minutes * 60 if minutes is not None else None
        self.seconds_before = seconds_before
        self.validation_s = 0.0

    def elapsed(self) -> float:
        """Seconds of training, all attempts together."""
        return self.seconds_before + time.monotonic() - self._start

    def share(self, epoch: float, epochs: int | None) -> float:
        """Part of the run that is done; 1 and above is the end."""
        by_epoch = epoch / epochs if epochs else 0.0
        if self._limit_s is None:
            return by_epoch
        # The last validation and the files need their part of the time that was given.
        reserve = min(0.2 * self._limit_s, 2.0 + 1.5 * self.validation_s)
        return max(by_epoch, self.elapsed() / max(self._limit_s - reserve, 1.0))

    def eta(self, share: float) -> float:
        """Seconds left, as far as one can tell."""
        return self.elapsed() * (1 - share) / max(share, 1e-3)

    def validation_gap(self) -> float:
        """Seconds until the next validation: validating takes a tenth of the time, short runs still see a
        few."""
        return max(SHORTEST_GAP_S, 9 * self.validation_s, min((self._limit_s or 0) / 12, LONGEST_GAP_S))
