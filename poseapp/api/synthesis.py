"""`synth`: drawn people, with everything about them known; here and now, or as a run of its own."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poseapp.api.progress import OnProgress, Progress
from poseapp.api.results import Result
from poseapp.api.runs import begin
from poseapp.errors import SynthError
from poseapp.jobs import JobCancelled, RunFolder, new_run, supervised
from poseapp.synth.settings import SynthSettings

if TYPE_CHECKING:
    from poseapp.synth.truth.generate import Generated

EVENT_PERIOD_S = 0.5
Settings = SynthSettings | Mapping[str, Any] | None


@dataclass(frozen=True)
class SynthResult(Result):
    """What a call came to.

    Attributes:
        images: Pictures, or frames of a clip, in the folder.
        people: People labelled in them.
        new_images: Pictures that this call drew; fewer where it went on with an earlier one.
        seconds: That it took.
        images_per_second: Of this call.
        out: The folder.
        seed: Of everything.
        complete: Whether all that was asked for is there.
    """

    images: int
    people: int
    new_images: int
    seconds: float
    images_per_second: float
    out: Path
    seed: int
    complete: bool = True


@dataclass
class SynthSpec:
    """What a run is told: its `spec.json`.

    Attributes:
        out: Folder of the data set; one that the same words began is gone on with.
        count: Moments; each gives a picture a camera.
        seed: Of everything.
        settings: Of `SynthSettings`; those left out have their defaults.
        workers: Processes that draw, or None for one a core.
        clip: Fields of `poseapp.synth.truth.clips.Clip` for a video instead, or None.
        png: Whether pictures are kept without loss.
        kind: Always "synth".
    """

    out: str
    count: int
    seed: int = 0
    settings: dict[str, Any] = field(default_factory=dict)
    workers: int | None = None
    clip: dict[str, Any] | None = None
    png: bool = False
    kind: str = "synth"

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "SynthSpec":
        """Build from JSON values.

        Raises:
            SynthError: A field is missing or unknown.
        """
        unknown = sorted(set(values) - {f.name for f in fields(cls)})
        if unknown or not {"out", "count"} <= set(values):
            raise SynthError(
                f"the run's spec.json does not fit: {', '.join(unknown) or 'no out or no count'}"
            )
        return cls(**values)


def synth(
    out: str | Path,
    count: int = 1,
    seed: int = 0,
    *,
    settings: Settings = None,
    workers: int | None = None,
    clip: float | Mapping[str, Any] | None = None,
    png: bool = False,
    on_progress: OnProgress | None = None,
) -> SynthResult:
    """Draw a data set of people into a folder, in this process and workers of its own.

    Args:
        out: Folder: new, empty, or begun by the same words, which is then gone on with.
        count: Moments; each gives a picture a camera. Not followed with ``clip``.
        seed: 0 or more; with the settings it decides every picture.
        settings: What is drawn; those left out have their defaults.
        workers: Processes that draw; None: one a core.
        clip: Seconds of a video to draw instead of single pictures, or fields of
            `poseapp.synth.truth.clips.Clip`.
        png: Keep pictures without loss.
        on_progress: Told of every picture.

    Raises:
        SynthError: `poseapp[synth]` is not installed, the folder holds something else, a setting makes no
            sense, or pictures cannot be drawn or written.
    """
    spec = _spec(out, count, seed, settings, workers, clip, png)
    return _run(spec, on_progress, lambda: False)


def start_synthesis(
    out: str | Path,
    count: int = 1,
    seed: int = 0,
    *,
    runs_dir: str | Path,
    settings: Settings = None,
    workers: int | None = None,
    clip: float | Mapping[str, Any] | None = None,
    png: bool = False,
) -> RunFolder:
    """Begin drawing a data set in a process of its own; words as for `synth`.

    Args:
        out: Folder of the data set.
        count: Moments.
        seed: 0 or more.
        runs_dir: Where the run's own folder is made.
        settings: What is drawn.
        workers: Processes that draw.
        clip: Seconds, or fields of a clip.
        png: Keep pictures without loss.

    Returns:
        The run's folder. Asked to stop or to cancel, the run puts in order what it has drawn and ends.

    Raises:
        PoseError: A setting makes no sense, or the process cannot be started.
    """
    spec = _spec(Path(os.path.abspath(out)), count, seed, settings, workers, clip, png)
    return begin(new_run(runs_dir, "synth", asdict(spec)))


def synth_run(path: str | Path, on_progress: OnProgress | None = None) -> SynthResult:
    """Do, or go on with, what the `spec.json` of a run says, in this process.

    Raises:
        PoseError: Pictures cannot be drawn or written.
        JobCancelled: The run was cancelled; what it had drawn is kept.
    """
    run = RunFolder(path)
    spec = SynthSpec.from_dict(run.spec)
    with supervised(run):
        run.emit("started", out=spec.out)
        tell = _Teller(run, on_progress)
        result = _run(spec, tell, lambda: run.stop_requested() or run.cancel_requested())
        if not result.complete and run.cancel_requested():
            raise JobCancelled(run.name)
        run.emit("result", **result.to_json())
    return result


class _Teller:
    """Passes progress on to a run's events, not too often, with the time that is left."""

    def __init__(self, run: RunFolder, on_progress: OnProgress | None) -> None:
        self._run, self._on_progress = run, on_progress
        self._first: tuple[float, int] | None = None
        self._told = 0.0

    def __call__(self, progress: Progress) -> None:
        if self._on_progress is not None:
            self._on_progress(progress)
        now = time.monotonic()
        if self._first is None:
            self._first = now, progress.done
        if progress.done < progress.total and now - self._told < EVENT_PERIOD_S:
            return
        self._told = now
        began, done = self._first
        rate = (progress.done - done) / max(now - began, 1e-9)
        eta_s = round((progress.total - progress.done) / rate, 1) if rate > 0 else None
        self._run.emit(
            "progress",
            done=progress.done,
            total=progress.total,
            unit=progress.unit,
            eta_s=eta_s,
            text=progress.text,
        )


def _spec(
    out: str | Path,
    count: int,
    seed: int,
    settings: Settings,
    workers: int | None,
    clip: float | Mapping[str, Any] | None,
    png: bool,
) -> SynthSpec:
    """The words as a checked spec."""
    if settings is None or isinstance(settings, Mapping):
        settings = SynthSettings.from_dict(dict(settings or {}))
    if isinstance(clip, int | float):
        clip = {"seconds": float(clip)}
    if clip is not None and not isinstance(clip, Mapping):
        raise SynthError(f"a clip is a number of seconds or its fields by name, not {clip!r}")
    told = None if clip is None else dict(clip)
    if (count < 1 and told is None) or seed < 0 or (workers is not None and workers < 1):
        raise SynthError("there must be 1 picture or more, 1 process or more, and a seed of 0 or more")
    return SynthSpec(str(out), int(count), int(seed), settings.to_dict(), workers, told, png)


def _run(spec: SynthSpec, on_progress: OnProgress | None, cancelled: Callable[[], bool]) -> SynthResult:
    unit = "images" if spec.clip is None else "frames"

    def tell(done: int, total: int, text: str) -> None:
        if on_progress is not None:
            on_progress(Progress(done, total, unit, text))

    found = _generate(spec, tell, cancelled)
    rate = found.new_images / max(found.seconds, 1e-9)
    return SynthResult(
        found.images, found.people, found.new_images, round(found.seconds, 3), round(rate, 2),
        Path(spec.out), spec.seed, found.complete,
    )  # fmt: skip


def _generate(
    spec: SynthSpec, tell: Callable[[int, int, str], None], cancelled: Callable[[], bool]
) -> "Generated":
    try:
        from poseapp.synth.truth.clips import Clip
        from poseapp.synth.truth.generate import generate
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("poseapp"):
            raise
        raise SynthError(
            f'drawing people needs {error.name}; install it with: pip install "poseapp[synth]"'
        ) from error
    clip = None if spec.clip is None else Clip.from_dict(spec.clip)
    settings = SynthSettings.from_dict(spec.settings)
    return generate(
        spec.out, settings, spec.count, spec.seed, spec.workers, tell, cancelled, clip=clip, png=spec.png
    )
