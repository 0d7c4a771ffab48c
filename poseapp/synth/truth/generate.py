"""Data sets of synthetic people: pictures or a clip, labels in COCO's form, dense truth in HDF5."""

import contextlib
import json
import os
import shutil
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import tomli_w

from poseapp.errors import PoseError, SynthError
from poseapp.labels.lock import FileLock
from poseapp.paths import write_atomic
from poseapp.synth.body.model import load_body
from poseapp.synth.folders import check_folders
from poseapp.synth.settings import SynthSettings
from poseapp.synth.truth.clips import Clip
from poseapp.synth.truth.coco_files import (
    LOG_NAME,
    append_log,
    cut_log,
    entries,
    read_log,
    write_coco,
    write_sheet,
)
from poseapp.synth.truth.crew import Crew
from poseapp.synth.truth.interrupts import interrupts_wait
from poseapp.synth.truth.landmarks import Landmarks
from poseapp.synth.truth.records import PictureRecord
from poseapp.synth.truth.truth_file import TruthWriter, keep_pictures, pictures_in
from poseapp.video import VideoWriter

OnDone = Callable[[int, int, str], None]
SETTINGS_NAME, TRUTH_NAME, CLIP_NAME = "settings.toml", "truth.h5", "clip.mp4"
_FRAMES, _OLD_FRAMES = ".frames", ".frames-old"
_LITTER = {"thumbs.db", "desktop.ini"}  # what file managers leave; other such files are hidden ones
_BATCH = 8  # moments written together; what a kill can lose
_LOOK_AGAIN_S = 30.0  # COCO files and sheet are brought up to date at most so often ...
_LOOK_SHARE = 20  # ... and take at most a twentieth of the time


@dataclass(frozen=True)
class Generated:
    """What a call of `generate` came to.

    Attributes:
        images: Pictures in the folder, of all cameras.
        people: People labelled in them.
        new_images: Pictures that this call drew.
        seconds: That it took.
        complete: Whether all that was asked for is there.
    """

    images: int
    people: int
    new_images: int
    seconds: float
    complete: bool


class _Cancelled(Exception):
    """Raised where the body is built, to leave it."""


def generate(
    out: str | Path,
    settings: SynthSettings,
    count: int,
    seed: int,
    workers: int | None = None,
    on_progress: OnDone | None = None,
    cancelled: Callable[[], bool] | None = None,
    clip: Clip | None = None,
    png: bool = False,
) -> Generated:
    """Draw a data set into a folder, or go on with one that was interrupted.

    What is written: docs/files.md. At every moment all files are whole; those made from others (COCO files,
    sheet) may lag behind until the end.

    Args:
        out: Folder; new, empty, or one that the same words began.
        settings: What is drawn.
        count: How many moments; each gives a picture a camera. Not followed with ``clip``.
        seed: 0 or more. A picture depends on settings, seed and its own number alone.
        workers: Processes that draw; None: one a core.
        on_progress: Called with moments done, moments wanted and a text.
        cancelled: Asked about five times a second; when it says yes, what is there is put in order and kept;
            while the body is still to be built, nothing is looked at and all figures are 0.
        clip: Draw a video instead; with it ``settings.cameras`` must be 1.
        png: Keep pictures without loss.

    Raises:
        SynthError: The folder holds something else, or pictures cannot be drawn or written.
    """
    if clip is not None and settings.cameras > 1:
        raise SynthError("a clip has one camera: leave out the cameras or the clip")
    wanted = clip.frames if clip is not None else count
    if wanted < 1 or seed < 0:
        raise SynthError(f"there must be 1 picture or more and a seed of 0 or more, not {wanted} and {seed}")
    check_folders(settings, *(() if clip is None else (clip.background, clip.kinds or ())))
    started = time.monotonic()
    tell = on_progress or (lambda done, total, text: None)
    cancelled = cancelled or (lambda: False)

    def building(share: float, text: str) -> None:
        tell(0, wanted, f"building the body, once: {text} {share:.0%}")
        if cancelled():
            raise _Cancelled

    try:
        model = load_body(building)
    except _Cancelled:
        return Generated(0, 0, 0, time.monotonic() - started, False)
    folder = Path(out)
    lock = _begin(folder, settings, seed, clip, png)
    try:
        work = _Work(folder, settings, seed, wanted, clip, png, tell, Landmarks(model), model.bone_names)
        return work.do(workers or _cores(), cancelled, started)
    except OSError as error:
        raise SynthError(_cannot_write(folder, error)) from error
    finally:
        lock.release(remove=True)


class _Work:
    """One call of `generate`."""

    def __init__(
        self,
        folder: Path,
        settings: SynthSettings,
        seed: int,
        wanted: int,
        clip: Clip | None,
        png: bool,
        tell: OnDone,
        landmarks: Landmarks,
        bones: list[str],
    ) -> None:
        self._folder, self._settings, self._seed, self._wanted = folder, settings, seed, wanted
        self._clip, self._png, self._tell = clip, png, tell
        self._log = folder / LOG_NAME
        self._frames = folder / _FRAMES if clip is not None else None
        self._before = self._done = self._put_in_order()
        self._writer = TruthWriter(folder / TRUTH_NAME, settings, seed, landmarks, bones)
        self._waiting: list[list[PictureRecord]] = []
        self._torn = False
        self._looked, self._look_s = time.monotonic(), 0.0

    def do(self, workers: int, cancelled: Callable[[], bool], started: float) -> Generated:
        """Draw what is missing."""
        try:
            if self._done < self._wanted:
                self._draw(workers, cancelled)
        finally:
            # Also after Ctrl+C and errors: what is drawn is kept and can be used.
            try:
                self._commit()
            finally:
                self._end()
        people = sum(len(entry["annotations"]["halpe26"]) for entry in entries(self._log))
        cameras = self._settings.cameras
        return Generated(
            self._done * cameras, people, (self._done - self._before) * cameras,
            time.monotonic() - started, self._done >= self._wanted,
        )  # fmt: skip

    def _end(self) -> None:
        with interrupts_wait():
            self._writer.close()
        if self._torn:
            cut_log(self._log, read_log(self._log, self._settings.cameras, self._done)[1])
            with contextlib.suppress(PoseError):  # the disk may be full; the next call does it then
                self._put_in_order()
        if self._done:
            self._assemble(final=True)

    def _draw(self, workers: int, cancelled: Callable[[], bool]) -> None:
        numbers = range(self._done, self._wanted)
        order = {
            "settings": self._settings.to_dict(),
            "seed": self._seed,
            "png": self._png or self._clip is not None,
            "clip": None if self._clip is None else self._clip.to_dict(),
        }
        began = time.monotonic()
        self._tell(self._done, self._wanted, "")
        block = self._settings.pictures_per_look if self._clip is None else 1
        with Crew(order, min(workers, len(numbers)), block) as crew:
            for drawn in crew.draw(numbers):
                if drawn is not None:
                    self._keep(drawn[1])
                    done = self._done + len(self._waiting)
                    rate = (done - self._before) / max(time.monotonic() - began, 1e-9)
                    self._tell(done, self._wanted, f"{rate * self._settings.cameras:.1f} pictures a second")
                if cancelled():
                    return

    def _keep(self, records: list[PictureRecord]) -> None:
        """Write the pictures of one moment; labels follow by the batch."""
        for record in records:
            place = self._folder / record.file_name
            if self._clip is not None and self._frames is not None:
                number = record.rows["index"]
                place = self._frames / f"{number:06d}.png"
                record.file_name = record.image["file_name"] = (
                    f"{Path(CLIP_NAME).stem}/frame_{number:06d}.png"
                )
                record.rows["name"] = f"{CLIP_NAME}#{number}".encode()
                record.image.update(
                    video=CLIP_NAME, frame_idx=number, time_s=round(number / self._clip.fps, 6)
                )
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(record.picture)
        self._waiting.append(records)
        if len(self._waiting) >= _BATCH:
            self._commit()
            # A clip's labels are of use with its video alone, which is made at the end.
            quiet = time.monotonic() - self._looked
            if self._clip is None and quiet > max(_LOOK_AGAIN_S, _LOOK_SHARE * self._look_s):
                self._assemble(final=False)

    def _commit(self) -> None:
        """Labels of the pictures written since: the dense ones first, so that the log never knows more.

        Never done twice for the same pictures: where it fails half way, `_put_in_order` throws away what it
        has written.
        """
        with interrupts_wait():
            waiting, self._waiting = self._waiting, []
            if not waiting:
                return
            self._torn = True
            self._writer.append([record for records in waiting for record in records])
            append_log(self._log, waiting)
            self._done += len(waiting)
            self._torn = False

    def _assemble(self, final: bool) -> None:
        """What is made from the log: COCO files, the sheet, a clip's video."""
        start = time.monotonic()
        info = {"description": "Synthetic people drawn by PoseApp", "seed": self._seed}
        info["settings"] = self._settings.to_dict()  # type: ignore[assignment]
        if final and self._frames is not None and self._frames.is_dir():
            self._write_video(self._frames)
        write_coco(self._folder, info)
        if final:
            write_sheet(self._folder, self._frames)
        if final and self._frames is not None and self._done >= self._wanted:
            self._throw_frames_away(self._frames)
        self._looked = time.monotonic()
        self._look_s = self._looked - start

    def _throw_frames_away(self, frames: Path) -> None:
        """Under another name first: frames that lie where they belong are all there, also after a kill."""
        old = self._folder / _OLD_FRAMES
        shutil.rmtree(old, ignore_errors=True)
        if frames.is_dir():
            frames.replace(old)
            shutil.rmtree(old, ignore_errors=True)

    def _write_video(self, frames: Path) -> None:
        assert self._clip is not None
        size = self._settings.width, self._settings.height
        self._tell(self._done, self._wanted, "writing the video")
        with VideoWriter(self._folder / CLIP_NAME, self._clip.fps, *size) as video:
            for number in range(self._done):
                bgr = cv2.imread(str(frames / f"{number:06d}.png"))
                if bgr is None:
                    raise SynthError(
                        f"a frame is gone: {frames / f'{number:06d}.png'}; begin in a new folder"
                    )
                video.write(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB).astype("uint8"))

    def _put_in_order(self) -> int:
        """Cut log and dense truth to the moments that both hold whole and in order; returns their number."""
        truth, cameras = self._folder / TRUTH_NAME, self._settings.cameras
        done, end = read_log(self._log, cameras)
        held = pictures_in(truth, cameras) // cameras if truth.exists() else 0
        if held < done:
            done, end = read_log(self._log, cameras, held)
        cut_log(self._log, end)
        if truth.exists():
            keep_pictures(truth, done * cameras)
        return done


def _begin(folder: Path, settings: SynthSettings, seed: int, clip: Clip | None, png: bool) -> FileLock:
    """Make the folder, or make sure that the same words began it; nobody else may write in it meanwhile."""
    said: dict[str, Any] = {"seed": seed, "png": png}
    if clip is not None:
        said["clip"] = json.loads(json.dumps(clip.to_dict()))
    said["settings"] = json.loads(json.dumps(settings.to_dict()))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        names = {entry.name for entry in folder.iterdir()}
    except OSError as error:
        raise SynthError(_cannot_write(folder, error)) from error
    lock = FileLock(folder / ".lock")
    reason = lock.acquire()
    if reason:
        raise SynthError(f"cannot write {folder}: {reason}")
    try:
        if SETTINGS_NAME in names:
            _compare(folder, said)
        elif any(not name.startswith(".") and name.lower() not in _LITTER for name in names):
            raise SynthError(f"{folder} holds other files: choose a new or an empty folder")
        else:
            write_atomic(folder / SETTINGS_NAME, tomli_w.dumps(said))
    except BaseException:
        lock.release(remove=True)
        raise
    return lock


def _compare(folder: Path, said: dict[str, Any]) -> None:
    """Refuse to go on with other words than a folder was begun with."""
    path = folder / SETTINGS_NAME
    try:
        before = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SynthError(f"{path} cannot be read ({error}): choose another folder") from error
    different = differences(before, said)
    if different:
        raise SynthError(
            f"{folder} was begun with another {different[0]}: say the same to go on, or choose a new folder"
        )


def differences(one: dict[str, Any], two: dict[str, Any]) -> list[str]:
    """Names of values that two nested tables do not share."""
    found = []
    for key in sorted(set(one) | set(two)):
        first, second = one.get(key), two.get(key)
        if isinstance(first, dict) and isinstance(second, dict):
            found += differences(first, second)
        elif first != second:
            found.append(key)
    return found


def _cores() -> int:
    with contextlib.suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _cannot_write(folder: Path, error: OSError) -> str:
    where = error.filename or folder
    return f"cannot write {where}: {error.strerror or error}; free some space or choose another folder"
