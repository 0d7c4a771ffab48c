"""`curves`: what is measured of one person over time, as a table for other programs."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from poseapp.api.exchange import read_source
from poseapp.api.frames import Frames, frame_range
from poseapp.api.projects import is_project, open_project
from poseapp.api.results import Result
from poseapp.api.same_video import base_name, pair_videos, video_paths
from poseapp.errors import FormatError, PoseError, VideoError
from poseapp.formats import FORMATS
from poseapp.formats.dataset import Dataset
from poseapp.formats.predictions_h5 import PredictionFile
from poseapp.formats.predictions_hidden import hide_deleted, hide_rejected
from poseapp.labels.project import Project, VideoRecord
from poseapp.labels.quantities import parse, word
from poseapp.labels.skeleton import Skeleton
from poseapp.labels.trajectories import (
    UNITS,
    PeopleTable,
    Quantity,
    first_person,
    follow,
    joined,
    measure,
    one_a_frame,
    without_frames,
)
from poseapp.paths import write_atomic
from poseapp.video import open_video

DECIMALS = 4


@dataclass(frozen=True)
class CurvesResult(Result):
    """What was measured.

    Attributes:
        source: Project, predictions or labels.
        out: The table written.
        videos: Names of the videos in it.
        frames: Its rows.
        curves: One dict a curve: `name`, `unit`, `known` (frames with a value), `mean`, `min`, `max`.
    """

    source: Path
    out: Path
    videos: list[str]
    frames: int
    curves: list[dict[str, object]]


@dataclass(frozen=True, eq=False)
class CurveTable:
    """Curves of one person in one video.

    Attributes:
        video: Its name.
        frames: (N,) int64, ascending.
        times: (N,) seconds, NaN where unknown.
        labelled: (N,) bool: from a label.
        values: (N, C), one column a curve, NaN where unknown.
    """

    video: str
    frames: np.ndarray
    times: np.ndarray
    labelled: np.ndarray
    values: np.ndarray


@dataclass(frozen=True, eq=False)
class _Film:
    """One video of a source: its people and what tells its times."""

    name: str
    path: Path | None
    fps: float
    people: PeopleTable


def curves(
    source: str | Path,
    what: Sequence[str],
    out: str | Path,
    *,
    video: str | None = None,
    person: int = 1,
    track: int | None = None,
    frames: Frames = None,
    fps: float | None = None,
) -> CurvesResult:
    """Write positions, speeds, scores and lengths of one person over time as CSV.

    The person is followed from frame to frame, by track where there is one. Of a project labels go before
    predictions, and newer predictions before older ones, as on screen.

    Args:
        source: Project, predictions (`.h5`) or labels (COCO JSON, CSV).
        what: Such as "left wrist:speed", "nose:x", "left hip-left knee:length", "person:speed".
        out: The `.csv`.
        video: Name of the only video to measure; None: all.
        person: Which person: 1 is the left-most of the first frame, 2 the next of the first frame with two.
        track: Follow this track instead.
        frames: Which frames, see `frame_range`.
        fps: Frames a second of videos that are not there themselves.

    Raises:
        PoseError: something cannot be read or written, is not in the source, or times are not known.
    """
    source, out = Path(source), Path(out)
    if out.suffix.lower() != ".csv":
        raise PoseError(f"curves are written as .csv, not {out.suffix or 'without an ending'}: {out}")
    if not what:
        raise PoseError("say what to measure, such as 'left wrist:speed'")
    if person < 1:
        raise PoseError(f"person must be 1 or more, not {person}")
    skeleton, films = _films(source)
    wanted = [parse(text, skeleton) for text in what]
    chosen = [film for film in films if video is None or video in (film.name, base_name(film.name))]
    if not chosen:
        names = ", ".join(film.name for film in films) or "none"
        raise PoseError(f"{source.name} has no video {video}; it has {names}")
    tables = [_measured(film, wanted, person, track, frames, fps) for film in chosen]
    tables = [table for table in tables if len(table.frames)]
    if not tables:
        whom = f"track {track}" if track is not None else f"person {person}"
        raise PoseError(f"{source.name} has no {whom}" + (f" in {video}" if video else ""))
    write_curves(out, tables, wanted, skeleton)
    rows = np.concatenate([table.values for table in tables])
    named = zip(wanted, rows.T, strict=True)
    summary = [_summary(quantity, column, skeleton) for quantity, column in named]
    return CurvesResult(source, out, [table.video for table in tables], len(rows), summary)


def write_curves(
    out: Path, tables: Sequence[CurveTable], quantities: Sequence[Quantity], skeleton: Skeleton
) -> None:
    """Write curves as CSV: video, frame_idx, time_s, labelled, a column a curve; unknown values are empty.

    Raises:
        PoseError: The file cannot be written.
    """
    text = io.StringIO()
    sheet = csv.writer(text, lineterminator="\n")
    names = [word(quantity, skeleton) for quantity in quantities]
    sheet.writerow(["video", "frame_idx", "time_s", "labelled", *names])
    for table in tables:
        columns = zip(
            table.frames.tolist(),
            table.times.tolist(),
            table.labelled.tolist(),
            table.values.tolist(),
            strict=True,
        )
        for frame_idx, seconds, labelled, values in columns:
            numbers = [_number(value, DECIMALS) for value in values]
            sheet.writerow([table.video, frame_idx, _number(seconds, 6), int(labelled), *numbers])
    write_atomic(out, text.getvalue())


def _number(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}" if math.isfinite(value) else ""


def _summary(quantity: Quantity, values: np.ndarray, skeleton: Skeleton) -> dict[str, object]:
    known = values[np.isfinite(values)]
    figures = (known.mean(), known.min(), known.max()) if len(known) else (np.nan,) * 3
    mean, low, high = (round(float(figure), DECIMALS) for figure in figures)
    name, unit = word(quantity, skeleton), UNITS[quantity.kind]
    return {"name": name, "unit": unit, "known": len(known), "mean": mean, "min": low, "max": high}


def _measured(
    film: _Film, wanted: Sequence[Quantity], number: int, track: int | None, frames: Frames, fps: float | None
) -> CurveTable:
    table = film.people
    if track is not None:
        rows = one_a_frame(table, np.flatnonzero(table.tracks == track))
    else:
        row = first_person(table, number)
        rows = np.zeros(0, np.int64) if row is None else follow(table, row)
    person = table.take(rows)
    times = _times(film, person.frames, any(q.kind == "speed" for q in wanted), fps)
    columns = [measure(person, quantity, times) for quantity in wanted]
    values = np.stack(columns, axis=1) if columns else np.zeros((len(person), 0))
    keep = np.ones(len(person), bool)
    if frames is not None and len(person):
        chosen = frame_range(frames, int(person.frames[-1]) + 1)
        keep = np.isin(person.frames, np.arange(chosen.start, chosen.stop, chosen.step))
    return CurveTable(film.name, person.frames[keep], times[keep], person.labelled[keep], values[keep])


def _times(film: _Film, frames: np.ndarray, needed: bool, fps: float | None) -> np.ndarray:
    """Seconds of frames: those of the video itself, else by a rate."""
    if film.path is not None and film.path.exists() and len(frames):
        try:
            with open_video(film.path, on_warning=lambda _text: None) as opened:
                if opened.fps > 0 and frames[-1] < len(opened):
                    return np.asarray(opened.timestamps, np.float64)[frames] - float(opened.timestamps[0])
        except VideoError:
            pass  # a rate will do
    rate = fps or film.fps
    if rate > 0:
        return frames / rate
    if needed and len(frames):
        raise PoseError(f"{film.name} is not there, so its times are unknown: give its rate with --fps")
    return np.full(len(frames), np.nan)


def _films(source: Path) -> tuple[Skeleton, list[_Film]]:
    if is_project(source):
        project = open_project(source, read_only=True)
        try:
            return project.skeleton, [_project_film(project, record) for record in project.videos]
        finally:
            project.close()
    if source.suffix.lower() in FORMATS["h5"].extensions:
        with PredictionFile(source) as file:
            hide_deleted(file)
            names = [str(name) for name in file.videos]
            paths = video_paths(source, names, source.absolute().parent)
            return file.skeleton, [
                _Film(name, paths[name], 0.0, file.people_table(index)) for index, name in enumerate(names)
            ]
    dataset = read_source(source)
    return dataset.skeleton, list(_dataset_films(dataset))


def _project_film(project: Project, record: VideoRecord) -> _Film:
    path = project.resolve(record) or Path(record.abs_path)
    tables, taken = [project.people_table(record.id)], np.zeros(0, np.int64)
    files = sorted(project.predictions_dir.glob("*.h5"), key=lambda p: p.stat().st_mtime_ns, reverse=True)
    for file_path in files:
        try:
            with PredictionFile(file_path) as file:
                hide_rejected(file, project)
                table = _own_people(file, file_path, path, project.skeleton)
        except FormatError:
            continue  # as in the window: what is damaged is left out
        table = without_frames(table, taken)
        tables.append(table)
        taken = np.union1d(taken, table.frames)
    return _Film(record.name, path, record.fps, joined(tables))


def _own_people(file: PredictionFile, place: Path, video: Path, skeleton: Skeleton) -> PeopleTable:
    names = [str(name) for name in file.videos]
    paths = video_paths(place, names, place.absolute().parent)
    found = pair_videos([video], [paths[name] for name in names], place.name).get(0)
    if found is None:
        return PeopleTable.empty(skeleton.num_keypoints)
    return file.people_table(found).columns(skeleton.columns_from(file.skeleton))


def _dataset_films(dataset: Dataset) -> Iterator[_Film]:
    count = dataset.skeleton.num_keypoints
    people = dataset.by_image()
    for name in sorted({image.video for image in dataset.images if image.video is not None}):
        rows = [
            (image.frame_idx, person)
            for image, persons in zip(dataset.images, people, strict=True)
            if image.video == name and image.frame_idx is not None
            for person in persons
        ]
        rows.sort(key=lambda row: row[0])
        if not rows:
            yield _Film(name, None, 0.0, PeopleTable.empty(count))
            continue
        blank = np.full(count, np.nan, np.float32)
        yield _Film(
            name,
            dataset.root / name.replace("\\", "/"),
            0.0,
            PeopleTable(
                np.array([frame for frame, _ in rows], np.int64),
                np.stack([person.points for _, person in rows]).astype(np.float32),
                np.stack([blank if person.scores is None else person.scores for _, person in rows]),
                np.array([-1 if p.track_id is None else p.track_id for _, p in rows], np.int64),
                np.array([not p.source.startswith("prediction:") for _, p in rows], bool),
            ),
        )
