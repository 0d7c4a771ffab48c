"""A project of 100,000 labelled frames x 5 people in the real window: opening, every kind of edit, moving about.

    xvfb-run -a -s "-screen 0 1600x1000x24" python bench/project.py [--frames 100000] [--out bench/results/project.md]

The project is made by one bulk edit, as in bench/window.py, then opened in a window in a process of its own. An
edit is timed until it is on the disk and all panes have heard of it; "shown" until the canvas is painted too;
"processor time" is that of the window's thread alone, which other work on the machine does not raise.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.window import CACHE_MB, PEOPLE, make, open_window, process_mb, settle, wait_until  # noqa: E402

EDITS = 40


def summary(values: list[float]) -> str:
    """p50, p95 and the highest."""
    return f"{np.median(values):.1f} | {np.percentile(values, 95):.1f} | {max(values):.1f}"


def measure(folder: Path) -> dict[str, object]:
    """Open the project in the window and time everything, in ms."""
    from poseapp.app import editing
    from poseapp.labels.edits import AddInstance, DeleteInstances

    window, app, opened, first = open_window(folder / "many.pose", CACHE_MB)
    session, canvas = window.session, window.video.canvas
    labelled, rng = session.labelled_frames(), np.random.default_rng(7)
    times: dict[str, list[float]] = {}

    def timed(name: str, step: Callable[[], object]) -> None:
        begun, worked = time.perf_counter(), time.thread_time()
        step()
        times.setdefault(name, []).append((time.perf_counter() - begun) * 1e3)
        times.setdefault(f"{name}, processor time", []).append((time.thread_time() - worked) * 1e3)
        canvas.repaint()
        times.setdefault(f"{name}, shown", []).append((time.perf_counter() - begun) * 1e3)

    def jump(k: int) -> None:
        session.go_to(k)
        wait_until(app, lambda: canvas.is_current)

    video = session.video.id
    for k in map(int, rng.choice(labelled, EDITS)):
        timed("jump to a frame", lambda k=k: jump(k))
        settle(app, 0.05)
        person = session.labels_at(k)[int(rng.integers(PEOPLE))]
        point = person.instance.points[9] + (3.0, 1.0)
        timed(
            "move a keypoint",
            lambda person=person, point=point: editing.move_keypoint(session, person, 9, point),
        )
        timed("undo", session.undo)
        timed("redo", session.redo)
        session.select(person.ref)
        timed("swap left and right", lambda: window.trigger("label.swap_sides"))
        copy = person.instance.copy()
        timed("add a person", lambda k=k, copy=copy: session.push(AddInstance(video, k, copy)))
        last = int(session.labels_at(k)[-1].instance.id)
        timed("delete a person", lambda last=last: session.push(DeleteInstances(ids=[last])))
        timed("next labelled frame", lambda: window.trigger("go.next_labelled"))
        timed("draw the timeline", window.timeline.repaint)
        settle(app, 0.05)
    memory = process_mb()
    frames_mb = (session.frames.stats.cached_bytes + session.frames.stats.proxy_bytes) / 2**20
    window.close()
    return {"opened": opened, "first": first, "times": times, "mb": memory, "frames_mb": frames_mb}


def report(made: dict, found: dict, count: int) -> str:
    """The tables."""
    edits = ("move a keypoint", "add a person", "delete a person", "swap left and right", "undo", "redo")
    slowest = max(float(np.percentile(found["times"][name], 95)) for name in edits)
    rows = [
        ("open", "under 1 s", f"{found['opened']:.2f} s", found["opened"] < 1),
        ("the slowest kind of edit, p95", "under 10 ms", f"{slowest:.1f} ms", slowest < 10),
        (
            f"memory, frame cache set to {CACHE_MB} MB",
            "under 500 MB",
            f"{found['mb'][0]:.0f} MB",
            found["mb"][0] < 500,
        ),
    ]
    lines = [
        f"# A project of {count:,} labelled frames x {PEOPLE} people", "",
        f"`python bench/project.py`, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end.", "",
        "| budget | asked | measured | |", "|---|---|---|---|",
    ]  # fmt: skip
    lines += [f"| {a} | {b} | {c} | {'met' if met else 'missed'} |" for a, b, c, met in rows]
    lines += ["", f"Opened to its first frame of video: {found['first']:.2f} s. The bulk edit that made it: "
              f"{made['seconds']:.0f} s, {made['size_mb']:.0f} MB on disk. Memory at its highest {found['mb'][1]:.0f} MB, "
              f"of what is there {found['frames_mb']:.0f} MB are decoded frames.", "",
              f"| {EDITS} of each, ms | p50 | p95 | max |", "|---|---|---|---|"]  # fmt: skip
    lines += [f"| {name} | {summary(values)} |" for name, values in found["times"].items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--frames", type=int, default=100_000)
    parser.add_argument("--out", type=Path, help="also write the tables here")
    parser.add_argument("--part", choices=("make", "measure"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    words = parser.parse_args()
    if words.part:
        result = make(words.folder, words.frames) if words.part == "make" else measure(words.folder)
        print(json.dumps(result), flush=True)
        os._exit(0)  # the decoders' threads are not waited for
    found = {}
    with tempfile.TemporaryDirectory(prefix="poseapp-project-") as folder:
        environment = {**os.environ, "POSEAPP_CONFIG_DIR": f"{folder}/config", "PYTHONWARNINGS": "ignore"}
        for part in ("make", "measure"):
            command = [
                sys.executable,
                __file__,
                "--part",
                part,
                "--folder",
                folder,
                "--frames",
                str(words.frames),
            ]
            done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=900)
            if done.returncode:
                raise SystemExit(f"{part} failed:\n{done.stderr}")
            found[part] = json.loads(done.stdout.splitlines()[-1])
    text = report(found["make"], found["measure"], words.frames)
    print(text)
    if words.out:
        words.out.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
