"""Measure the timeline and the plots on a long video: painting, zooming, previews, following a person.

    xvfb-run -a -s "-screen 0 1600x1000x24" python bench/timeline.py [--out bench/results/timeline.md]

The project says that it has a video of two hours; the file is a short clip, as decoding is measured by
bench/video.py. Labels and predictions are written into it in bulk. Prints Markdown with the budgets beside.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

ROUNDS = 15
SIZE = (1440, 900)
FPS = 25.0


def make(folder: Path, frames: int, labelled: int) -> Path:
    """A project on a video of so many frames, with labels in some and predictions in all."""
    import h5py

    from poseapp.formats import predictions_layout as layout
    from poseapp.labels.edits import AddVideo, ImportInstances
    from poseapp.labels.instance import Instance
    from poseapp.labels.project import Project, VideoRecord
    from poseapp.labels.skeleton import load_skeleton

    skeleton, rng = load_skeleton("coco17"), np.random.default_rng(6)
    path = folder / "long.pose"
    project = Project.create(path, skeleton)
    record = VideoRecord(0, "long.mp4", "../long.mp4", str(folder / "long.mp4"), frames, 640, 480, FPS)
    (video,) = project.push(AddVideo(record))
    shape, t = rng.uniform(-60, 60, (17, 2)), np.arange(frames) / FPS
    middle = np.stack([320 + 150 * np.sin(t / 3), 240 + 60 * np.sin(t)], axis=1)
    points = (middle[:, None] + shape + 8 * np.sin(t[:, None, None] * 7 + shape)).astype(np.float32)
    chosen = np.sort(rng.choice(frames, labelled, replace=False)).tolist()
    project.push(ImportInstances((video, k, Instance(points[k], source="import:bench.json")) for k in chosen))
    project.close()
    scores = np.clip(0.8 + 0.15 * np.sin(t / 20)[:, None] + rng.normal(0, 0.08, (frames, 17)), 0, 1)
    (path / "predictions").mkdir(exist_ok=True)
    with h5py.File(path / "predictions" / "long.h5", "w", libver=layout.LIBVER) as file:
        layout.create_root(file, skeleton, "default", {})
        group = layout.create_video(file, 0, "../long.mp4", 17)
        rows = np.arange(frames)
        columns = {
            "points": points, "visibility": np.full((frames, 17), 2), "scores": scores,
            "score": scores.mean(axis=1), "track_id": np.full(frames, -1),
            "box": np.full((frames, 4), np.nan), "frame_score": scores.mean(axis=1),
            "frames": np.stack([rows, rows, np.ones(frames, int)], axis=1),
        }  # fmt: skip
        for name, values in columns.items():
            group[name].resize(frames, axis=0)
            group[name][:] = values
    return path


def milliseconds(act: Callable[[], object], rounds: int = ROUNDS) -> tuple[float, float]:
    """Median and 95th percentile."""
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        act()
        taken.append((time.perf_counter() - begun) * 1e3)
    return float(np.median(taken)), float(np.percentile(taken, 95))


def measure(path: Path) -> list[tuple[str, str, str, bool | None]]:
    """Rows of the table: what, budget, measured, whether it was met."""
    from PySide6.QtCore import QSettings
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from poseapp.app.recent import RecentFiles
    from poseapp.app.session import Session
    from poseapp.app.settings import Settings
    from poseapp.labels.edits import MoveKeypoint
    from poseapp.labels.trajectories import Quantity
    from poseapp.qt import theme
    from poseapp.qt.window import Window

    app = QApplication.instance() or QApplication(["bench"])
    theme.apply(app, "dark")
    geometry = QSettings(str(path.parent / "window.ini"), QSettings.Format.IniFormat)
    window = Window(Session(Settings(), RecentFiles()), geometry)
    window.resize(*SIZE)
    window.show()
    begun = time.perf_counter()
    assert window.open_path(path)
    opened = time.perf_counter() - begun
    session, tracks, axis = window.session, window.timeline.tracks, window.timeline.tracks.axis
    while not tracks.data.lines:
        app.processEvents()
        time.sleep(0.002)
    followed = time.perf_counter() - begun
    while session.review.busy:  # another thread's share of the interpreter would be measured, too
        app.processEvents()
        time.sleep(0.01)
    rows: list[tuple[str, str, str, bool | None]] = [
        ("open the project", "under 1 s", f"{opened:.2f} s", opened < 1),
        ("until the motion curves are there, beside the window", "", f"{followed:.2f} s", None),
    ]

    def timed(what: str, budget: float, act: Callable[[], object]) -> None:
        median, high = milliseconds(act)
        rows.append((what, f"under {budget:g} ms", f"{median:.1f} ms (p95 {high:.1f})", median < budget))

    def painted() -> None:
        tracks.redraw()
        tracks.repaint()

    for what, factor in (("whole video", 1.0), ("a tenth of it", 10.0), ("200 frames", 90.0)):
        axis.zoom(factor, axis.left + 400)
        timed(f"paint every track, {what}", 8, painted)
    tracks.show_all()
    timed("paint with the playhead elsewhere", 4, tracks.repaint)
    timed("read marks again after an edit", 16, tracks.reload)
    timed("hover: picture and people", 8,
          lambda: (tracks.preview.show_frame(int(np.random.randint(9000)), 500.0, tracks.data),
                   tracks.preview.repaint()))  # fmt: skip
    label = session.project.instances(session.video.id, int(session.labelled_frames()[50]))[0]
    begun = time.perf_counter()
    session.push(MoveKeypoint(int(label.id), 9, 5.0, 5.0))
    session.motion.wait()
    rows.append(("an edit reaches the curves", "", f"{time.perf_counter() - begun:.2f} s", None))
    window.show_pane("plots")
    QTest.qWait(500)
    shown = (Quantity("speed", (9,)), Quantity("y", (9,)), Quantity("length", (11, 13)))
    begun = time.perf_counter()
    session.motion.show(shown)
    session.motion.wait()
    took = time.perf_counter() - begun
    rows.append(("measure three curves, beside the window", "under 1 s", f"{took:.2f} s", took < 1))
    QTest.qWait(200)
    area = window.panes["plots"].area

    def zoomed() -> None:
        first, last = area.rows[0].view.viewRange()[0]
        area.rows[0].view.setXRange(first + 0.01 * (last - first), last, padding=0)
        area.viewport().repaint()

    area.show_all()
    timed("zoom and paint three plots", 50, zoomed)
    window.close()
    return rows


def main() -> None:
    """Run what the command line says."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--frames", type=int, default=180_000, help="frames of the video")
    parser.add_argument("--labelled", type=int, default=100_000, help="frames with labels")
    parser.add_argument("--out", type=Path, help="also write the table here")
    words = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="poseapp-bench-") as name:
        os.environ["POSEAPP_CONFIG_DIR"] = str(Path(name) / "config")
        rows = measure(make(Path(name), words.frames, words.labelled))
    lines = [
        "# The timeline and the plots", "",
        f"`python bench/timeline.py`: {words.frames:,} frames, all predicted, {words.labelled:,} labelled; "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end.", "",
        "| what | budget | measured | |", "|---|---|---|---|",
    ]  # fmt: skip
    words_of = {True: "met", False: "missed", None: ""}
    lines += [f"| {what} | {asked} | {got} | {words_of[met]} |" for what, asked, got, met in rows]
    if os.getloadavg()[0] > (os.cpu_count() or 1):
        lines += ["", "Other work kept the machine busy during this run: repeat it on a quiet one."]
    text = "\n".join(lines) + "\n"
    print(text)
    if words.out:
        words.out.write_text(text)
    sys.stdout.flush()
    os._exit(0)  # the decoders' threads are not waited for


if __name__ == "__main__":
    main()
