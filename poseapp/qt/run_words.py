"""What a job is called and how it stands, in words and numbers for the panes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from poseapp.app.run_states import STAMP, RunState

STATE_WORDS = {
    "pending": "waiting",
    "running": "running",
    "done": "done",
    "failed": "failed",
    "stopped": "stopped, kept",
    "cancelled": "cancelled",
    "lost": "lost",
}
STATE_ROLES = {
    "running": "accent",
    "pending": "muted",
    "done": "good",
    "failed": "bad",
    "stopped": "good",
    "cancelled": "muted",
    "lost": "bad",
}
STATE_ICONS = {
    "running": "spinner",
    "pending": "hourglass",
    "done": "check-circle",
    "failed": "warning-circle",
    "stopped": "check-circle",
    "cancelled": "minus-circle",
    "lost": "warning-circle",
}
PCK_KEYS = ("pck@0.2", "pck@0.1", "pck@0.05")


def number(value: object) -> float:
    """A float, NaN for what is none."""
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else math.nan


def title(run: RunState) -> str:
    """ "Training 14:05": the kind, and when it began or else the folder's name."""
    return run.title


def source_words(name: str, with_seconds: bool = False) -> str:
    """A run's name as people say it: ``prediction 14:05``; other names as they are."""
    stamp = STAMP.search(name)
    kind = {"train": "training", "predict": "prediction"}.get(name.partition("-")[0])
    if not stamp or not kind:
        return name
    return f"{kind} {stamp[1]}:{stamp[2]}" + (f":{stamp[3]}" if with_seconds else "")


def duration(seconds: float) -> str:
    """``1:12``, ``48 s`` or ``2 h 05``."""
    if not math.isfinite(seconds):
        return ""
    total = max(0, round(seconds))
    if total < 60:
        return f"{total} s"
    if total < 3600:
        return f"{total // 60}:{total % 60:02d}"
    return f"{total // 3600} h {total % 3600 // 60:02d}"


def share(run: RunState) -> float | None:
    """How much is done, 0 to 1; None while nobody can tell."""
    if run.progress is None:
        return None
    done, total = number(run.progress.get("done")), number(run.progress.get("total"))
    return min(max(done / total, 0.0), 1.0) if total > 0 and math.isfinite(done) else None


def time_left(run: RunState) -> str:
    """``1:12 left``, or nothing while that is unknown."""
    text = duration(number((run.progress or {}).get("eta_s")))
    return f"{text} left" if text else ""


def val_score(event: Mapping[str, Any], metric: str = PCK_KEYS[0]) -> float | None:
    """A validation metric (0 to 1) of an ``epoch`` or ``result`` event, or None where it was not measured."""
    val = event.get("val")
    score = number(val.get(metric)) if isinstance(val, Mapping) else math.nan
    return score if math.isfinite(score) else None


def live_metric(run: RunState) -> str:
    """The PCK worth watching: PCK@0.2, or the next stricter one while that is all right from the start."""
    for key in PCK_KEYS:
        scores = [s for event in run.epochs if (s := val_score(event, key)) is not None]
        if scores and min(scores) < 0.995:
            return key
    return PCK_KEYS[0]


def images_per_second(run: RunState) -> float | None:
    """As told last, or None."""
    for event in (run.progress or {}, run.epochs[-1] if run.epochs else {}):
        speed = number(event.get("images_per_second"))
        if math.isfinite(speed):
            return speed
    return None


def short(value: float) -> str:
    """A share as ``.912``."""
    return f"{value:.3f}".replace("0.", ".", 1) if 0 <= value < 1 else f"{value:.3f}"


def num_epochs(run: RunState) -> str:
    """How often the training has seen its pictures, as it said last."""
    epoch = number(run.epochs[-1].get("epoch")) if run.epochs else 0.0
    return f"{epoch:.4g}" if math.isfinite(epoch) else str(len(run.epochs))


def now(run: RunState) -> str:
    """What it does at this moment: ``epoch 14`` or ``120 / 230 frames``."""
    progress = run.progress or {}
    if run.kind == "train" and run.epochs:
        return f"epoch {num_epochs(run)}"
    total = number(progress.get("total"))
    if run.kind == "synth" and not number(progress.get("done")) > 0:
        return str(progress.get("text") or "starting")  # the body model may have to be built
    if total > 0 and run.kind != "train":
        return f"{number(progress.get('done')):.0f} / {total:.0f} {progress.get('unit', '')}".strip()
    return str(progress.get("text") or "starting")


def pictures_title(run: RunState, number_shown: int) -> str:
    """What a run's picture shows."""
    if run.kind == "synth":
        return "Pictures of it, with their keypoints"
    return f"Sample predictions · {number_shown + 1} of {len(run.pictures)}"


def outcome(run: RunState) -> str:
    """One line on how the run stands."""
    if run.active:
        parts = [now(run), time_left(run)]
        speed = images_per_second(run)
        if speed is not None:
            parts.append(f"{speed:.0f} images/s")
        return " · ".join(p for p in parts if p)
    if run.state in ("failed", "lost"):
        return run.error or "It ended without a word."
    words = STATE_WORDS.get(run.state, run.state)
    if run.kind == "synth" and run.state == "cancelled":
        return "what was drawn is kept; resume goes on with it"
    images = number((run.result or {}).get("images"))
    if run.kind == "synth" and math.isfinite(images):
        speed = number((run.result or {}).get("images_per_second"))
        return f"{images:.0f} pictures · {speed:.2g} a second"
    frames, fps = number((run.result or {}).get("frames")), number((run.result or {}).get("fps"))
    if math.isfinite(frames) and math.isfinite(fps):
        return f"{frames:.0f} frames · {fps:.0f} a second"
    return f"{words} · {num_epochs(run)} epochs" if run.kind == "train" and run.epochs else words


@dataclass(frozen=True)
class Comparison:
    """A metric on held-out labels before and after a training, each 0 to 1."""

    metric: str
    before: float
    after: float

    @property
    def title(self) -> str:
        """The metric as people write it: ``PCK@0.1``."""
        return self.metric.upper()


def comparison(run: RunState) -> Comparison | None:
    """How the held-out labels fared; None where that was not measured.

    PCK@0.2, unless both sides have all of it right: then the next stricter one that tells them apart.
    """
    result = run.result or {}
    before, after = result.get("before"), result.get("val")
    if not isinstance(before, Mapping) or not isinstance(after, Mapping) or not result.get("held_out", True):
        return None
    found = [
        Comparison(key, number(before.get(key)), number(after.get(key)))
        for key in PCK_KEYS
        if math.isfinite(number(before.get(key))) and math.isfinite(number(after.get(key)))
    ]
    telling = [c for c in found if min(c.before, c.after) < 0.995] or found
    return telling[0] if telling else None


def held_out_score(run: RunState) -> float | None:
    """PCK on held-out labels after the training, also where there was nothing to compare with."""
    result = run.result or {}
    return val_score({"val": result.get("val")}) if result.get("held_out", True) else None


def is_accepted(run: RunState) -> bool:
    """Whether the training ended with something better than it started from."""
    return run.result is not None and run.result.get("accepted") is True


def without_measure(run: RunState) -> str:
    """Why nothing tells how good a finished training is, and which network stays; "" where something does."""
    if run.result is None or run.result.get("held_out", True):
        return ""
    return "too few labels to hold any out" + ("" if is_accepted(run) else " · old network kept")


def pixel_words(run: RunState) -> str:
    """``mean error 3.1 → 2.8 px`` where the PCK on both sides reads the same, so that something tells.

    Nothing where the PCK tells enough or the errors were not measured.
    """
    compared = comparison(run)
    if compared is None or short(compared.before) != short(compared.after):
        return ""
    result = run.result or {}
    before, after = (number(result[key].get("mean_px")) for key in ("before", "val"))
    if not (math.isfinite(before) and math.isfinite(after)):
        return ""
    digits = 1 if f"{before:.1f}" != f"{after:.1f}" else 2
    return f"mean error {before:.{digits}f} → {after:.{digits}f} px"


def before_after(run: RunState) -> str:
    """``held out: .840 → .910``, ``held out: .910`` without a before; why where it was not measured.

    Where both sides read the same, the mean error follows.
    """
    compared = comparison(run)
    if compared is None:
        after = held_out_score(run)
        return without_measure(run) if after is None else f"held out: {short(after)}"
    kept = "" if is_accepted(run) else " · old network kept"
    metric = "" if compared.metric == PCK_KEYS[0] else f" {compared.title}"
    pixels = pixel_words(run)
    pixels = f" · {pixels}" if pixels else ""
    return f"held out{metric}: {short(compared.before)} → {short(compared.after)}{pixels}{kept}"
