"""A project as one file that can be sent: with its labelled pictures, or with its whole videos; and back."""

import json
import os
import re
import secrets
import shutil
import sqlite3
import stat
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import cv2

from poseapp.api.progress import OnProgress, Progress
from poseapp.api.projects import open_project
from poseapp.api.results import Result
from poseapp.errors import PoseError, ProjectError
from poseapp.labels.packed import PackedVideo, write_packed
from poseapp.labels.project import Project, VideoRecord
from poseapp.paths import list_pictures, replace_atomic
from poseapp.video import fingerprint, open_video

PACK_SUFFIX = ".posepack"
CONTENTS = ("labelled", "videos")
_MANIFEST = "pack.json"
_PROGRAM, _VERSION = "poseapp", 1
# What a pack may hold: nothing else is ever written to the disk.
_ALLOWED = re.compile(r"(project\.db|pictures/[^/]+/[^/]+|videos/.+|predictions/[^/]+\.h5)\Z")
# PNG, JPEG and video do not shrink; a database may by a lot, but not by this much.
_MAX_RATIO = 1000
_BLOCK = 1 << 20


@dataclass(frozen=True)
class PackResult(Result):
    """A pack just written.

    Attributes:
        project: The project.
        out: The pack.
        content: "labelled" or "videos".
        videos: Videos in it.
        frames: Labelled frames in it.
        bytes: Its size.
        left_out: Names of videos that are not in it: they are missing or, for "labelled", nobody is labelled
            in them.
        warnings: One line each for what the user should know.
    """

    project: Path
    out: Path
    content: str
    videos: int
    frames: int
    bytes: int
    left_out: list[str]
    warnings: list[str]


@dataclass(frozen=True)
class UnpackResult(Result):
    """A project just unpacked.

    Attributes:
        pack: The pack.
        project: The project's folder.
        videos: Videos or folders of pictures in it.
        frames: Labelled frames in it.
    """

    pack: Path
    project: Path
    videos: int
    frames: int


def pack(
    project: str | Path,
    out: str | Path,
    *,
    content: str = "labelled",
    on_progress: OnProgress = lambda _progress: None,
) -> PackResult:
    """Write a project into one file.

    Args:
        project: The project's folder.
        out: The file; `.posepack` is added where the name lacks it. One that is there is replaced.
        content: "labelled": the labels with the pictures they lie on, lossless PNG (pictures of image folders
            as they are). "videos": the whole project with its history, predictions and videos.
        on_progress: Told of each picture or video.

    Raises:
        PoseError: The project or a picture cannot be read, there is nothing to pack, or the file cannot be
            written.
    """
    if content not in CONTENTS:
        raise PoseError(f"A pack holds 'labelled' pictures or whole 'videos', not '{content}'.")
    out = Path(out)
    if out.suffix != PACK_SUFFIX:
        out = out.with_name(out.name + PACK_SUFFIX)
    opened = open_project(project, read_only=True)
    try:
        with _staging(out) as stage:
            missing = _stage_frames if content == "labelled" else _stage_videos
            left_out, warnings = missing(opened, stage, on_progress)
            manifest = {
                "program": _PROGRAM,
                "version": _VERSION,
                "name": opened.path.stem,
                "content": content,
            }
            (stage / _MANIFEST).write_text(json.dumps(manifest), "utf-8")
            _zip(stage, out)
            videos, frames = _counts(stage / "project.db")
    finally:
        opened.close()
    return PackResult(Path(project), out, content, videos, frames, out.stat().st_size, left_out, warnings)


def unpack(pack: str | Path, project: str | Path | None = None) -> UnpackResult:
    """Make a project of a pack.

    Args:
        pack: The pack.
        project: The folder to make; beside the pack, under its name, when None.

    Raises:
        ProjectError: It is no pack or a damaged one, or the folder is there already; nothing is left behind
            then.
    """
    pack = Path(pack)
    folder = Path(project) if project is not None else pack.with_suffix(".pose")
    if folder.suffix != ".pose":
        folder = folder.with_name(folder.name + ".pose")
    if folder.exists():
        raise ProjectError(f"{folder} exists already: choose another name to unpack {pack.name} to.")
    try:
        with zipfile.ZipFile(pack) as archive, _staging(folder) as stage:
            _check(archive, pack, folder.parent)
            for member in archive.infolist():
                if member.filename != _MANIFEST:
                    _extract(archive, member, stage)
            for name in ("predictions", "runs", "cache"):
                (stage / name).mkdir(exist_ok=True)
            with open_project(stage) as made:
                counts = made.counts()
            os.replace(stage, folder)
    except (OSError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, PoseError):
            raise
        reason = getattr(error, "strerror", None) or " ".join(str(error).split()) or type(error).__name__
        raise ProjectError(f"Cannot unpack {pack}: {reason}.") from error
    return UnpackResult(pack, folder, counts["videos"], counts["labelled_frames"])


@contextmanager
def _staging(out: Path) -> Iterator[Path]:
    """A folder beside `out` that is gone afterwards, unless it was moved away."""
    stage = out.absolute().with_name(f".{out.name[:60]}.{secrets.token_hex(6)}.tmp")
    try:
        stage.mkdir()
    except OSError as error:
        raise ProjectError(f"Cannot write beside {out}: {error.strerror or error}.") from error
    try:
        yield stage
    except OSError as error:
        raise ProjectError(f"Cannot write {out}: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)


# -- what goes in


def _stage_frames(project: Project, stage: Path, on_progress: OnProgress) -> tuple[list[str], list[str]]:
    packed, left_out, warnings, done = [], [], [], 0
    total = project.counts()["labelled_frames"]
    for record in project.videos:
        frames = [int(frame) for frame in project.labelled_frames(record.id)]
        path = project.resolve(record)
        if not frames or path is None:
            left_out.append(record.name)
            if frames:
                warnings.append(
                    f"{record.name} is missing, so its {len(frames)} labelled frames are not in the pack"
                )
            continue
        folder = stage / "pictures" / f"{record.id:03d}-{_safe(record.name)}"
        folder.mkdir(parents=True)
        names = []
        with open_video(path) as video:
            for frame in frames:
                names.append(_write_picture(video, record, path, frame, folder))
                done += 1
                on_progress(Progress(done, total, "frames", f"packing {record.name}"))
        # Pictures of a folder come in the order of their names; those of an image folder are so already.
        listed = [picture.name for picture in list_pictures(folder)]
        order = dict(zip(names, frames, strict=True))
        packed.append(
            PackedVideo(
                record.id,
                folder.relative_to(stage).as_posix(),
                listed,
                [order[name] for name in listed],
                fingerprint(folder),
            )
        )
    if not packed:
        raise ProjectError(
            f"{project.path.name} has no labelled frame whose video is there: nothing to pack."
        )
    write_packed(project, packed, stage / "project.db")
    return left_out, warnings


def _write_picture(video: Any, record: VideoRecord, path: Path, frame: int, folder: Path) -> str:
    if record.is_images:
        name: str = video.frame_name(frame)
        shutil.copyfile(path / name, folder / name)
        return name
    name = f"{frame:08d}.png"
    ok, data = cv2.imencode(".png", cv2.cvtColor(video[frame], cv2.COLOR_RGB2BGR))
    if not ok:
        raise ProjectError(f"Frame {frame} of {record.name} cannot be written as PNG.")
    (folder / name).write_bytes(data.tobytes())
    return name


def _stage_videos(project: Project, stage: Path, on_progress: OnProgress) -> tuple[list[str], list[str]]:
    left_out, warnings, places = [], [], {}
    records = project.videos
    if not records:
        raise ProjectError(f"{project.path.name} has no video: nothing to pack.")
    (stage / "videos").mkdir()
    for number, record in enumerate(records):
        path = project.resolve(record)
        if path is None:
            left_out.append(record.name)
            warnings.append(f"{record.name} is missing; the pack has its labels without it")
            continue
        name = f"videos/{record.id:03d}-{_safe(record.name)}{'' if path.is_dir() else path.suffix}"
        copy = shutil.copytree if path.is_dir() else shutil.copyfile
        copy(path, stage / name)
        places[record.id] = name
        on_progress(Progress(number + 1, len(records), "videos", f"packing {record.name}"))
    for file in project.predictions_dir.glob("*.h5"):
        (stage / "predictions").mkdir(exist_ok=True)
        shutil.copyfile(file, stage / "predictions" / file.name)
    project.copy_to(stage / "project.db")
    with closing(sqlite3.connect(stage / "project.db", isolation_level=None)) as db:
        for video_id, name in places.items():
            db.execute("UPDATE video SET rel_path = ? WHERE id = ?", (name, video_id))
    return left_out, warnings


def _safe(name: str) -> str:
    """A name that is a file name everywhere."""
    return re.sub(r"[^\w.-]+", "_", Path(name).stem).strip("._")[:60] or "video"


def _counts(database: Path) -> tuple[int, int]:
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as db:
        videos = db.execute("SELECT COUNT(*) FROM video").fetchone()[0]
        frames = db.execute("SELECT COUNT(*) FROM (SELECT DISTINCT video_id, frame_idx FROM instance)")
        return int(videos), int(frames.fetchone()[0])


def _zip(stage: Path, out: Path) -> None:
    with replace_atomic(out) as draft, zipfile.ZipFile(draft, "w", allowZip64=True) as archive:
        archive.write(stage / _MANIFEST, _MANIFEST)
        for file in sorted(stage.rglob("*")):
            name = file.relative_to(stage).as_posix()
            if file.is_file() and _ALLOWED.match(name):
                squeeze = file.suffix in (".db", ".h5")
                archive.write(file, name, zipfile.ZIP_DEFLATED if squeeze else zipfile.ZIP_STORED)


# -- what comes out


def _check(archive: zipfile.ZipFile, pack: Path, parent: Path) -> None:
    try:
        manifest = json.loads(archive.read(_MANIFEST)[:10_000])
    except (KeyError, ValueError) as error:
        raise ProjectError(f"{pack} is no pack of this program.") from error
    if not isinstance(manifest, dict) or manifest.get("program") != _PROGRAM:
        raise ProjectError(f"{pack} is no pack of this program.")
    if not isinstance(manifest.get("version"), int) or manifest["version"] > _VERSION:
        raise ProjectError(
            f"{pack} was made by a newer version of the program; update the program to open it."
        )
    members = [member for member in archive.infolist() if member.filename != _MANIFEST]
    names = [member.filename for member in members]
    if "project.db" not in names or len(set(names)) != len(names):
        raise ProjectError(f"{pack} is damaged: it holds no project, or a file twice.")
    for member in members:
        parts = PurePosixPath(member.filename).parts
        link = stat.S_ISLNK(member.external_attr >> 16)
        if not _ALLOWED.match(member.filename) or ".." in parts or "\\" in member.filename or link:
            raise ProjectError(f"{pack} holds '{member.filename}', which does not belong into a pack.")
        if member.file_size > max(member.compress_size, 1) * _MAX_RATIO:
            raise ProjectError(f"{pack} holds '{member.filename}', which would grow without measure.")
    size, free = sum(member.file_size for member in members), shutil.disk_usage(parent).free
    if size > free:
        raise ProjectError(f"{pack} needs {size >> 20:,} MB, {parent} has {free >> 20:,} MB free.")


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, stage: Path) -> None:
    target = stage.joinpath(*PurePosixPath(member.filename).parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    left = member.file_size
    with archive.open(member) as source, target.open("xb") as file:
        while block := source.read(_BLOCK):
            left -= len(block)
            if left < 0:
                raise ProjectError(
                    f"{archive.filename} is damaged: '{member.filename}' is larger than it says."
                )
            file.write(block)
