"""Label 20 frames of one person in the real window with real mouse and key events, three ways; count seconds.

    xvfb-run -a -s "-screen 0 1440x900x24" python bench/labelling.py [--pace none] [--out FILE.md]

Needs xdotool and the clip `people_one_by_one.mp4` of the shared data. Where each keypoint is was decided
beforehand, by eye, frame by frame (`labelling_points.json`); the hand moves there as people do: the time of a
movement follows Fitts' law (0.10 s + 0.15 s x log2(distance / 8 px + 1)), and 0.30 s are spent on looking for
each keypoint and 0.25 s on each key. `--pace none` leaves both out: what remains is what the program itself
takes. Ways:

    clicks       no predictions: A, then all keypoints in order (Shift where hidden)
    copies       no predictions: the first frame by clicks, then C and dragging what is off by more than 4 px
    predictions  from the shipped network's predictions: T where sides are swapped, dragging what is off by
                 more than 4 px, V where hidden, Enter where nothing is off
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

POINTS = Path(__file__).with_name("labelling_points.json")
CLIP = ROOT.parent / "shared" / "data" / "video" / "people_one_by_one.mp4"
TOLERANCE_PX = 4.0
FITTS_S, FITTS_BIT_S, TARGET_PX = 0.10, 0.15, 8.0
LOOK_S, KEY_S = 0.30, 0.25
PATIENCE_S = 10.0
WAYS = ("clicks", "copies", "predictions")


class Hand:
    """A mouse and a keyboard at the X server; counts what it does."""

    def __init__(self, pace: bool) -> None:
        self.pace = pace
        self.clicks = self.drags = self.keys = 0
        self._at = np.array([720.0, 450.0])

    def _run(self, *words: object) -> None:
        subprocess.run(["xdotool", *map(str, words)], check=True)

    def _go(self, x: float, y: float, look: float) -> None:
        target = np.array([x, y])
        distance = float(np.hypot(*(target - self._at)))
        if self.pace:
            time.sleep(look + FITTS_S + FITTS_BIT_S * math.log2(distance / TARGET_PX + 1))
        self._run("mousemove", round(x), round(y))
        self._at = target

    def click(self, x: float, y: float, shift: bool) -> None:
        """Look, move, click."""
        self._go(x, y, LOOK_S)
        self._run(*(("keydown", "shift", "click", 1, "keyup", "shift") if shift else ("click", 1)))
        self.clicks += 1

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Look, take, move there, let go."""
        self._go(*start, LOOK_S)
        self._run("mousedown", 1)
        middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
        self._run("mousemove", round(middle[0]), round(middle[1]))
        self._go(*end, 0.0)
        self._run("mouseup", 1)
        self.drags += 1

    def key(self, name: str) -> None:
        """Press a key."""
        if self.pace:
            time.sleep(KEY_S)
        self._run("key", name)
        self.keys += 1


class Labeller:
    """Labels frames in a window, from a thread beside it."""

    def __init__(self, window, hand: Hand, way: str) -> None:
        self.window, self.session, self.hand, self.way = window, window.session, hand, way
        self.points = json.loads(POINTS.read_text("utf-8"))
        self.seconds: list[float] = []
        self.wrong = 0
        self.failed: Exception | None = None

    def run(self) -> None:
        """All frames; then the window closes."""
        try:
            for number, (frame, points) in enumerate(self.points["frames"].items()):
                self._show(int(frame))
                begun = time.perf_counter()
                self._label(number, np.array(points))
                self.seconds.append(time.perf_counter() - begun)
                self._check(np.array(points))
        except Exception as error:  # noqa: BLE001 - told in the main thread
            self.failed = error
        finally:
            self.session.posted.emit(self.window.close)

    def _show(self, frame: int) -> None:
        self.session.posted.emit(lambda: self.session.select(None))
        self.session.posted.emit(lambda: self.session.go_to(frame))
        canvas = self.window.video.canvas
        self._until(lambda: canvas.frame.frame_idx == frame and not canvas.frame.is_proxy, "the frame")
        time.sleep(0.1)

    def _until(self, done, what: str) -> None:
        end = time.perf_counter() + PATIENCE_S
        while not done():
            if time.perf_counter() > end:
                raise TimeoutError(f"waited for {what}")
            time.sleep(0.002)

    def _edit(self, act) -> None:
        """Do something and wait until it is on the disk."""
        project = self.session.project

        def newest() -> list[tuple[int, str, bool]]:
            return [(e.id, e.text, e.undone) for e in project.history(1)]

        before = newest()
        act()
        self._until(lambda: newest() != before, "an edit")
        time.sleep(0.02)  # the window's thread is still following it

    def _spot(self, xy) -> tuple[float, float]:
        canvas = self.window.video.canvas
        x, y = canvas.view.to_canvas(np.asarray(xy, float))
        origin = canvas.mapToGlobal(canvas.rect().topLeft())
        return origin.x() + float(x), origin.y() + float(y)

    def _label(self, number: int, points: np.ndarray) -> None:
        if self.way == "clicks" or (self.way == "copies" and number == 0):
            self.hand.key("a")
            for x, y, visibility in points:
                self._place(*self._spot((x, y)), visibility == 1)
            return
        if self.way == "copies":
            self._edit(lambda: self.hand.key("c"))
        person = self.session.instances_on_screen()[0]
        skeleton = self.session.skeleton
        here = person.instance.points
        swapped = here[skeleton.swap_index]
        if np.nansum(np.hypot(*(swapped - points[:, :2]).T)) < np.nansum(np.hypot(*(here - points[:, :2]).T)):
            self._edit(lambda: self.hand.key("t"))
        self._correct(points)

    def _place(self, x: float, y: float, hidden: bool) -> None:
        person = self.session.selected_instance
        before = (person.ref, person.instance.num_labelled) if person else None

        def placed() -> bool:
            now = self.session.selected_instance
            return now is not None and (now.ref, now.instance.num_labelled) != before

        self.hand.click(x, y, hidden)
        self._until(placed, "a keypoint")

    def _correct(self, points: np.ndarray) -> None:
        for k, (x, y, visibility) in enumerate(points):
            person = self.session.instances_on_screen()[0]
            if np.hypot(*(person.instance.points[k] - (x, y))) > TOLERANCE_PX:
                self._drag(k, x, y)
                if self.session.selected_keypoint != k:
                    # Two keypoints lie on each other and the hand took the other one.
                    self._edit(lambda: self.hand.key("ctrl+z"))
                    self._tab_to(k)
                    self._drag(k, x, y)
            person = self.session.instances_on_screen()[0]
            if person.instance.visibility[k] != visibility:
                self._tab_to(k)
                self._edit(lambda: self.hand.key("v"))
        if not self.session.instances_on_screen()[0].ref.is_label:
            self._edit(lambda: self.hand.key("Return"))

    def _drag(self, k: int, x: float, y: float) -> None:
        at = self._spot(self.session.instances_on_screen()[0].instance.points[k])
        self._edit(lambda: self.hand.drag(at, self._spot((x, y))))

    def _tab_to(self, k: int) -> None:
        while self.session.selected_keypoint != k:
            now = self.session.selected_keypoint
            if now is None or self.session.selection is None or abs(now - k) > 3:
                at = self._spot(self.session.instances_on_screen()[0].instance.points[k])
                self.hand.click(*at, False)
                self._until(lambda: self.session.selected_keypoint is not None, "a selection")
                if self.session.selected_keypoint == k:
                    return
                now = self.session.selected_keypoint
            self.hand.key("Tab" if now < k else "shift+Tab")
            self._until(lambda now=now: self.session.selected_keypoint != now, "the next keypoint")

    def _check(self, points: np.ndarray) -> None:
        people = self.session.labels_at(self.session.frame_idx)
        off = np.hypot(*(people[0].instance.points - points[:, :2]).T)
        self.wrong += int((off > TOLERANCE_PX + 1).sum())


def label(way: str, project: Path, pace: bool) -> dict[str, float]:
    """Label in one way, in a window of this process."""
    from PySide6.QtCore import QSettings, QTimer
    from PySide6.QtWidgets import QApplication

    from poseapp.app.recent import RecentFiles
    from poseapp.app.session import Session
    from poseapp.app.settings import Settings
    from poseapp.qt import theme
    from poseapp.qt.window import Window

    app = QApplication.instance() or QApplication(sys.argv[:1])
    theme.apply(app, "dark")
    session = Session(Settings(), RecentFiles())
    window = Window(session, QSettings(str(project.parent / "window.ini"), QSettings.Format.IniFormat))
    window.setGeometry(0, 0, 1440, 900)
    window.show()
    session.open(project)
    if way != "predictions":
        for layer in session.prediction_layers:
            session.set_layer_visible(layer.name, False)
    hand = Hand(pace)
    labeller = Labeller(window, hand, way)
    thread = threading.Thread(target=labeller.run, daemon=True)

    def begin() -> None:
        window.activateWindow()
        window.raise_()
        subprocess.run(["xdotool", "windowfocus", str(int(window.winId()))], check=False)
        window.video.canvas.setFocus()
        thread.start()

    QTimer.singleShot(2500, begin)
    app.exec()
    thread.join(5)
    if labeller.failed is not None:
        raise labeller.failed
    seconds = np.array(labeller.seconds)
    return {
        "frames": len(seconds), "mean_s": float(seconds.mean()), "median_s": float(np.median(seconds)),
        "clicks": hand.clicks, "drags": hand.drags, "keys": hand.keys, "off": labeller.wrong,
    }  # fmt: skip


def prepare(folder: Path) -> Path:
    """A project on the clip with predictions of the frames to label."""
    from poseapp import api

    project = folder / "clip.pose"
    api.new(project, [CLIP])
    frames = [int(k) for k in json.loads(POINTS.read_text("utf-8"))["frames"]]
    api.predict([project], frames=f"{min(frames)}:{max(frames) + 1}")
    return project


def main() -> None:
    """Measure all ways, each in a process of its own, and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pace", choices=("human", "none"), default="human")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--project", type=Path, help=argparse.SUPPRESS)
    words = parser.parse_args()
    if words.way:
        print(json.dumps(label(words.way, words.project, words.pace == "human")))
        return
    rows = []
    with tempfile.TemporaryDirectory() as place:
        made = prepare(Path(place))
        for way in WAYS:
            project = Path(place) / way / "clip.pose"
            shutil.copytree(made, project)
            command = [sys.executable, __file__, "--way", way, "--project", project, "--pace", words.pace]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise SystemExit(f"{way}: {done.stderr[-2000:]}")
            rows.append((way, json.loads(done.stdout.splitlines()[-1])))
    lines = [
        f"20 frames of one person, 14 keypoints, pace: {words.pace}", "",
        "| way | seconds a frame (mean) | median | clicks | drags | keys | keypoints off |",
        "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for way, row in rows:
        lines.append(
            f"| {way} | {row['mean_s']:.1f} | {row['median_s']:.1f} | {row['clicks']} | {row['drags']} | "
            f"{row['keys']} | {row['off']} |"
        )
    text = "\n".join(lines) + "\n"
    print(text)
    if words.out:
        words.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
