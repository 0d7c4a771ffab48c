"""What reads files of others: how a whole file is made, and what is done with a spoilt one.

`targets()` is a table. Every format of `FORMATS` that reads is in it by itself: its whole files are what its
own writer makes of some people, and those that `SEEDS` names; a format that cannot write needs a row there.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from bench.mutating import spoiler_for
from poseapp.errors import PoseError
from poseapp.formats import FORMATS, read_dataset, write_dataset
from poseapp.formats.dataset import Dataset, ImageEntry
from poseapp.labels.edits import AddInstance, AddVideo, DeleteInstances, MoveKeypoint, SwapSides
from poseapp.labels.instance import Instance
from poseapp.labels.project import Project, VideoRecord
from poseapp.labels.skeleton import Skeleton, load_skeleton

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data" / "formats"
# Files of other programs, spoilt beside what our own writers make.
SEEDS: dict[str, tuple[str, ...]] = {
    "coco": ("skijump_roboflow_coco.json",),
    "dlc_csv": ("dlc/labeled-data/video/CollectedData_LM.csv", "dlc/labeled-data/video/madlc_testdata.csv"),
    "slp": ("minimal_instance.slp", "small_robot_minimal.slp", "clip.predictions.slp"),
}  # fmt: skip
MAX_SEED_BYTES = 3_000_000


@dataclass(frozen=True)
class Target:
    """One kind of file.

    Attributes:
        name: In the table of results.
        make: Makes whole material in an empty folder; returns the files to spoil, any one a time.
        use: Reads it, given the folder; returns, or raises what a reader may: a PoseError.
        limit_mb: By how much reading may raise the memory of the process.
    """

    name: str
    make: Callable[[Path], list[Path]]
    use: Callable[[Path], object]
    limit_mb: int = 600


def some_people(name: str = "clip.mp4", skeleton: Skeleton | None = None, frames: int = 12) -> Dataset:
    """Two people a frame in some frames of a video, with hidden and missing keypoints."""
    skeleton = skeleton or load_skeleton("coco17")
    rng, count = np.random.default_rng(3), skeleton.num_keypoints
    data = Dataset(skeleton)
    for k in range(frames):
        data.images.append(ImageEntry(f"clip/frame_{k:06d}.png", 160, 120, name, k, k + 1))
        for person in range(2):
            visibility = rng.choice((0, 1, 2), count, p=(0.1, 0.2, 0.7)).astype(np.uint8)
            one = Instance(
                rng.uniform(0, 120, (count, 2)), visibility, rng.uniform(0, 1, count), 0.5, "prediction:x"
            )
            one.track_id, one.box = person, np.array([1.0, 2.0, 50.0, 60.0])
            data.instances.append((k, one))
    return data


# -- label files


def _made_label_files(name: str, folder: Path) -> list[Path]:
    kind, found = FORMATS[name], []
    if kind.write is not None:
        path = folder / f"own{kind.extensions[0] if kind.extensions else ''}"
        data = some_people()
        data.root = folder
        if kind.is_folder:  # with pictures of the labelled frames
            _make_video(*_VIDEOS["mp4"], folder)
        with suppress(PoseError):
            write_dataset(path, data, format=name)
        found += [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    for seed in SEEDS.get(name, ()):
        source = SHARED / seed
        if source.is_file() and source.stat().st_size <= MAX_SEED_BYTES:
            # A folder of its own: what lies beside a label file may be read too.
            target = folder / f"seed{len(found)}" / source.parent.name / source.name
            target.parent.mkdir(parents=True)
            shutil.copyfile(source, target)
            found.append(target)
    if not found:
        raise SystemExit(f"the format '{name}' writes nothing: give it a file in SEEDS of {__file__}")
    return found


def _read_labels(name: str, path: Path) -> None:
    """Read a label file, then what reading is for: write it anew, and take it into a project."""
    data = read_dataset(path, format=name)
    for index, person in data.instances:
        assert 0 <= index < len(data.images) and len(person.points) == data.skeleton.num_keypoints
    with tempfile.TemporaryDirectory(dir=path.parent) as out:
        for kind in ("coco", "csv", "h5"):
            with suppress(PoseError):
                write_dataset(Path(out) / f"again{FORMATS[kind].extensions[0]}", data, format=kind)
    if path.stat().st_size % 4 == 0:  # some of them: making a project takes longer than reading
        _take_in(name, path, data.skeleton)


def _take_in(name: str, path: Path, skeleton: Skeleton) -> None:
    from poseapp.api import import_labels

    with (
        tempfile.TemporaryDirectory(dir=path.parent) as out,
        Project.create(Path(out) / "p.pose", skeleton) as project,
    ):
        project.push(AddVideo(VideoRecord(0, "clip.mp4", "", f"{out}/clip.mp4", 100, 160, 120, 25.0)))
        with suppress(PoseError):  # files of others name videos that are not here
            import_labels(project, path, format=name)
        people = project.counts()["instances"]
        project.undo()
        project.redo()
        assert project.counts()["instances"] == people


# -- projects


def make_project(folder: Path) -> Path:
    """A project with two videos, labels, and edits of which one is undone."""
    skeleton = load_skeleton("coco17")
    path = folder / "p.pose"
    with Project.create(path, skeleton) as project:
        for name in ("clip.mp4", "other.mp4"):
            project.push(AddVideo(VideoRecord(0, name, f"../{name}", str(folder / name), 40, 160, 120, 25.0)))
        for k in range(6):
            (number,) = project.push(AddInstance(1, k, Instance(np.arange(34.0).reshape(17, 2) + k)))
            project.push(MoveKeypoint(number, 3, 10.0, 20.0 + k))
        project.push(SwapSides(number))
        project.push(DeleteInstances(ids=[number]))
        project.undo()
        project.set_setting("last_video", 1)
        project.set_setting("frame/1", 3)
    return path


def _make_database(folder: Path) -> list[Path]:
    return [make_project(folder) / "project.db"]


def use_project(folder: Path) -> None:
    """Open a project as the window does, look at all of it, edit, undo, redo, copy."""
    from poseapp.app.recent import RecentFiles
    from poseapp.app.session import Session
    from poseapp.app.settings import Settings
    from poseapp.formats.dataset import dataset_from_project

    session = Session(Settings(), RecentFiles())
    first: PoseError | None = None
    try:
        session.open(folder / "p.pose")
        project = session.project
        assert project is not None
        # One refused step does not keep a user from the next: each must end well or in a PoseError.
        for step in _steps(session, project, folder, dataset_from_project):
            try:
                step()
            except PoseError as error:
                first = first or error
    finally:
        with suppress(PoseError):
            session.close()
    if first is not None:
        raise first


def _steps(
    session: Any, project: Project, folder: Path, whole: Callable[..., Any]
) -> list[Callable[[], object]]:
    def edit() -> None:
        (number,) = session.push(AddInstance(1, 9, Instance(np.ones((17, 2)))))
        before = len(project.instances(1, 9))
        session.push(MoveKeypoint(number, 0, 5.0, 6.0))
        session.undo()
        session.undo()
        assert len(project.instances(1, 9)) == before - 1
        session.redo()
        session.redo()

    looks = [
        lambda k=k: (session.go_to(k), session.instances_on_screen(), session.labels_at(k)) for k in range(6)
    ]
    return [
        *looks, lambda: [session.show_video(v.id) for v in project.videos], lambda: list(project.iter_frames()),
        project.counts, lambda: project.history(50), session.score_curve, lambda: session.labelled_frames(), edit,
        lambda: whole(project), lambda: project.snapshot(folder / "copy.db"),
        lambda: [session.undo() for _ in range(30)], lambda: [session.redo() for _ in range(30)],
        lambda: project.check_video(1), session.poll_runs,
    ]  # fmt: skip


def _make_folder(folder: Path) -> list[Path]:
    """Predictions and runs in a project."""
    from poseapp.formats.predictions_h5 import PredictionWriter
    from poseapp.jobs import RunFolder

    path = make_project(folder)
    with PredictionWriter(
        path / "predictions" / "one.h5", load_skeleton("coco17"), ["../clip.mp4"], net="n"
    ) as writer:
        for index, person in some_people().instances:
            if person.track_id == 0:
                writer.append(0, index, [person])
    files = [path / "predictions" / "one.h5"]
    for number, kind in enumerate(("train", "predict", "synth")):
        run = RunFolder.create(
            path / "runs" / f"{kind}-20260101-0{number}0203", {"kind": kind, "net": "x", "out": "out"}
        )
        run.set_status("done" if number else "running")
        run.emit("started", resumed_step=3)
        run.emit("progress", done=3, total=9, unit="frames", eta_s=4.5, text="at it")
        for epoch in range(3):
            values = {
                "epoch": epoch,
                "step": epoch * 4,
                "loss": 0.5,
                "val_loss": 0.4,
                "lr": 1e-3,
                "images_per_second": 9.0,
            }
            run.emit("epoch", epochs=9, val={"pck@0.2": 0.8, "mean_px": 3.0}, **values)
            run.append_metrics(values)
        run.emit("samples", file="samples/a.jpg")
        run.emit("warning", text="hm")
        measured = {"pck@0.2": 0.7, "mean_px": 4.0, "quality": 0.5}
        run.emit(
            "result", accepted=True, before=measured, val=measured, held_out=True, frames=9, fps=3.0, images=4
        )
        run.emit("failed", error="why")
        run.close()
        files += [run.path / name for name in ("spec.json", "status.json", "events.jsonl", "metrics.csv")]
        files += [run.path / "events.jsonl"] * 3
    return files


def use_folder(folder: Path) -> None:
    """What the window and the commands do with runs and predictions."""
    from poseapp.api import info
    from poseapp.app.run_states import RunWatcher, verdict

    watcher = RunWatcher(folder / "p.pose" / "runs")
    watcher.poll()
    watcher.poll()
    for run in watcher.runs:
        assert "\n" not in run.title + run.doing
        run.closing_text(), run.data_set, run.pictures, run.can_resume, run.starts_anew
        if run.result and "accepted" in run.result:
            verdict(run.result)
        with suppress(PoseError):
            info(run.folder.path)
    use_project(folder)


def use_window(folder: Path) -> None:
    """The same in the real window, off screen; whatever a slot raises counts."""
    import os
    import sys

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from poseapp.app.recent import RecentFiles
    from poseapp.app.session import Session
    from poseapp.app.settings import Settings
    from poseapp.qt import ask, theme
    from poseapp.qt.window import Window

    app = QApplication.instance() or QApplication(["mutations"])
    theme.apply(app, "dark")
    raised: list[BaseException] = []
    sys.excepthook = lambda kind, error, trace: raised.append(error.with_traceback(trace))
    told: list[str] = []
    ask.message = lambda *words, **more: told.append(str(words))  # type: ignore[attr-defined]
    session = Session(Settings(), RecentFiles())
    window = Window(session, QSettings(str(folder / "w.ini"), QSettings.Format.IniFormat))
    session.failed.connect(told.append)
    window.resize(1200, 800)
    window.show()
    opened = window.open_path(folder / "p.pose")
    for k in range(8):
        app.processEvents()
        if session.video is not None:
            session.go_to(k)
            window.video.canvas.repaint()
    if opened:
        window.show_pane("runs")
        for action in ("edit.undo", "edit.redo"):
            window.trigger(action)
        for run in session.runs:
            window.panes["runs"].show_run(run.name) if hasattr(window.panes["runs"], "show_run") else None
        session.poll_runs()
        window.grab()
    app.processEvents()
    window.close()
    window.deleteLater()
    app.processEvents()
    if raised:
        raise raised[0]
    if told:
        raise PoseError(told[0].replace("\\n", " "))


# -- single files


def _one_file(name: str, content: Callable[[Path], object]) -> Callable[[Path], list[Path]]:
    def make(folder: Path) -> list[Path]:
        content(folder / name)
        return [folder / name]

    return make


def _copied(source: Path, name: str) -> Callable[[Path], list[Path]]:
    return _one_file(name, lambda path: shutil.copyfile(source, path))


def _make_checkpoint(folder: Path) -> list[Path]:
    from poseapp.nets.card import read_card, write_card
    from poseapp.paths import models_dir

    source = min(models_dir().glob("*.safetensors"), key=lambda p: p.stat().st_size)
    card = read_card(source)
    card.sha256 = ""  # else every other byte is noticed by that alone
    shutil.copyfile(source, folder / "net.safetensors")
    write_card(card, folder / "net.safetensors")
    return [folder / "net.safetensors", folder / "net.toml"]


def _use_checkpoint(folder: Path) -> None:
    from poseapp.nets.checkpoint import load_checkpoint

    load_checkpoint(folder / "net.safetensors")


def _use_card(folder: Path) -> None:
    from poseapp.api import nets_show
    from poseapp.nets.card import list_checkpoints

    list_checkpoints(folder)
    nets_show(folder / "net.safetensors")


def _use_settings(folder: Path) -> None:
    from poseapp.app.recent import RecentFiles
    from poseapp.app.settings import SETTINGS, Settings

    settings = Settings.load(folder / "settings.toml")
    for row in SETTINGS:
        assert type(settings[row.key]) is type(row.default)
    (folder / "recent.json").write_bytes((folder / "settings.toml").read_bytes())
    assert RecentFiles.load(folder / "recent.json").entries is not None
    if settings.problem:
        raise PoseError(settings.problem)


def _use_spec(folder: Path) -> None:
    from poseapp.jobs import RunFolder
    from poseapp.training.spec import TrainSpec

    TrainSpec.from_dict(RunFolder(folder).spec)


def _make_spec(folder: Path) -> list[Path]:
    from poseapp.training.spec import TrainSpec

    spec = TrainSpec(["a.json"], epochs=3, minutes=2.0, input_size=(96, 96), learning_rate=1e-3, batch=4)
    (folder / "spec.json").write_text(json.dumps(spec.to_dict()))
    return [folder / "spec.json"]


def _use_bvh(folder: Path) -> None:
    from poseapp.synth.motion.bvh import read_bvh

    read_bvh(folder / "walk.bvh").rest()


def _bvh(folder: Path) -> list[Path]:
    channels = "CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation"
    text = (
        f"HIERARCHY\nROOT Hips\n{{\n OFFSET 0 0 0\n {channels}\n JOINT Chest\n {{\n  OFFSET 0 10 0\n"
        "  CHANNELS 3 Zrotation Xrotation Yrotation\n  End Site\n  {\n   OFFSET 0 5 0\n  }\n }\n}\n"
        "MOTION\nFrames: 4\nFrame Time: 0.033333\n" + "0 90 0 1 2 3 4 5 6\n" * 4
    )
    (folder / "walk.bvh").write_text(text)
    return [folder / "walk.bvh"]


# -- videos

_VIDEOS = {
    "mp4": ("clip.mp4", "libx264", {"g": "6", "bf": "2"}), "mpegts": ("clip.ts", "libx264", {"g": "6"}),
    "webm": ("clip.webm", "libvpx", {"g": "6"}), "avi": ("clip.avi", "mpeg4", {"g": "6"}),
}  # fmt: skip


def _make_video(name: str, codec: str, options: dict[str, str], folder: Path) -> list[Path]:
    import av

    rng = np.random.default_rng(1)
    with av.open(str(folder / name), "w") as out:
        stream = out.add_stream(codec, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for k in range(24):
            image = np.full((64, 96, 3), 8 * k, np.uint8)
            image[:, 4 * k : 4 * k + 8] = rng.integers(0, 255, 3, np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
        out.mux(stream.encode())
    return [folder / name]


def _use_video(path: Path) -> None:
    from poseapp.app.opening import glance
    from poseapp.video import fingerprint, open_video

    errors: list[PoseError] = []

    def attempt(step: Callable[[], object]) -> None:
        try:
            step()
        except PoseError as error:
            errors.append(error)

    attempt(lambda: glance(path))
    attempt(lambda: fingerprint(path))
    with open_video(path) as video:
        count = len(video)
        assert count == len(video.timestamps)
        for k in {0, count // 2, count - 1} & set(range(count)):
            attempt(lambda k=k: video[k].shape == (video.height, video.width, 3))
        attempt(lambda: [k for k, _ in video.frames(0, min(count, 200))])
    if errors:
        raise errors[0]


def _make_pictures(folder: Path) -> list[Path]:
    import cv2

    (folder / "pictures").mkdir()
    files = []
    for k in range(6):
        name = f"p{k}.{('png', 'jpg', 'bmp', 'tiff', 'webp', 'png')[k]}"
        image = np.full((48, 64, 3), 40 * k, np.uint8)
        assert cv2.imwrite(str(folder / "pictures" / name), image)
        files.append(folder / "pictures" / name)
    return files


def targets() -> dict[str, Target]:
    """Every kind of file by its name."""
    from functools import partial

    skeletons, found = ROOT / "resources" / "skeletons", []
    for name, kind in FORMATS.items():
        if kind.read is not None:
            found.append(
                Target(f"format {name}", partial(_made_label_files, name), partial(_read_labels, name))
            )
    found += [
        Target("project.db", _make_database, use_project), Target("runs and predictions", _make_folder, use_folder),
        Target("project in the window", lambda f: [*_make_folder(f), *[f / "p.pose" / "project.db"] * 6], use_window, 900),
        Target("skeleton.toml", _copied(skeletons / "coco17.toml", "s.toml"), lambda f: Skeleton.from_toml(f / "s.toml")),
        Target("settings.toml", _one_file("settings.toml", lambda p: p.write_text(_SETTINGS)), _use_settings),
        Target("spec.json of a training", _make_spec, _use_spec),
        Target("card.toml", lambda f: _make_checkpoint(f)[1:], _use_card),
        Target("checkpoint.safetensors", _make_checkpoint, _use_checkpoint, 1500),
        Target("motion.bvh", _bvh, _use_bvh),
        Target("folder of pictures", _make_pictures, lambda f: _use_video(f / "pictures")),
    ]  # fmt: skip
    for kind, (name, codec, options) in _VIDEOS.items():
        make = partial(_make_video, name, codec, options)
        found.append(Target(f"video {kind}", make, lambda f, name=name: _use_video(f / name)))
    return {target.name: target for target in found}


_SETTINGS = (
    """theme = "dark"\nskeleton = "coco17"\ndoubtful_score = 0.3\nframe_cache_mb = 128\ndevice = "cpu"\n"""
)


def spoilt(target: Target, whole: Path, folder: Path, number: int) -> Path:
    """Put a copy of whole material into `folder` and spoil one of its files; returns that file."""
    rng = Random(f"{target.name}/{number}")
    files = (whole / "files.txt").read_text("utf-8").splitlines()
    shutil.copytree(whole / "material", folder, dirs_exist_ok=True)
    path = folder / rng.choice(files)
    spoiler_for(path)(path, rng)
    return path


def prepare(target: Target, whole: Path) -> None:
    """Make a target's whole material once, with a list of the files to spoil."""
    material = whole / "material"
    material.mkdir(parents=True)
    files = [path.relative_to(material).as_posix() for path in target.make(material)]
    (whole / "files.txt").write_text("\n".join(files), "utf-8")
