"""kill -9 what writes, again and again, and look what is left.

    xvfb-run -a python bench/kills.py [--out bench/results/kills.md] [--seed N]
        [--session 500] [--window 60] [--migrate 200] [--bulk 60] [--export 100] [--predict 100] [--train 20]

The numbers say how many kills of each kind; 0 leaves one out. A victim is forked from a process that has
imported everything already, works at random, and tells through a pipe, which a kill does not empty, what has
returned and how the labels are then. It dies at a random moment, between its steps or in the midst of one.
Then everything is opened anew and compared with what was told last.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from poseapp.app.recent import RecentFiles  # noqa: E402
from poseapp.app.session import Session  # noqa: E402
from poseapp.app.settings import Settings  # noqa: E402
from poseapp.labels import edits, schema  # noqa: E402
from poseapp.labels.instance import Instance  # noqa: E402
from poseapp.labels.project import Project, VideoRecord  # noqa: E402
from poseapp.labels.skeleton import load_skeleton  # noqa: E402

K = 17
Tell = Callable[[str], None]


@dataclass
class Found:
    """What a campaign found.

    Attributes:
        kills: Processes killed while they worked.
        within: Kills in the midst of a step that had not returned.
        kept: Of those, how often the step was there as a whole all the same.
        steps: Steps that were told to have returned before the kills.
        lost: One line for each thing that was not as it has to be.
        more: Further numbers for the table.
    """

    kills: int = 0
    within: int = 0
    kept: int = 0
    steps: int = 0
    lost: list[str] = field(default_factory=list)
    more: str = ""


def digest(project: Project) -> str:
    """One text for all labels, videos and the skeleton of a project."""
    whole = hashlib.sha1()
    for table in ("video", "skeleton", "instance"):
        for row in project._db.execute(f"SELECT * FROM {table} ORDER BY id"):
            whole.update(repr(row).encode())
    return whole.hexdigest()


def integrity(path: Path) -> str:
    """What SQLite says of a database file: "ok"."""
    with closing(sqlite3.connect(path)) as db:
        return str(db.execute("PRAGMA integrity_check").fetchone()[0])


def new_project(folder: Path) -> Path:
    """A project with one video of 1,000 frames."""
    path = folder / "p.pose"
    with Project.create(path, load_skeleton("coco17")) as project:
        project.push(edits.AddVideo(VideoRecord(0, "v.mp4", "", str(folder / "v.mp4"), 1000, 640, 480, 25.0)))
    return path


# -- killing


def kill_at_random(work: Callable[[Tell], None], rng: random.Random, lines: int, delay_s: float) -> list[str]:
    """Fork a process that does `work`, kill it some lines and moments later; return what it had told.

    Args:
        work: Runs in the fork; told lines are those whose steps have returned.
        rng: Decides when.
        lines: It is left to tell up to so many lines first.
        delay_s: And then up to so long.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            # Not to be told twice by what the parent has buffered.
            sys.stdout = open(os.devnull, "w")
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2) if "KILLS_DEBUG" not in os.environ else None
            work(lambda text: (os.write(writing, text.encode() + b"\n"), None)[1])
            os._exit(0)
        except BaseException as error:
            os.write(writing, f"raised {type(error).__name__}: {error}".replace("\n", " ").encode() + b"\n")
            os._exit(1)
    os.close(writing)
    told = b""
    wanted = rng.randrange(lines + 1)
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        while told.count(b"\n") < wanted and (more := pipe.read(65536)):
            told += more
        time.sleep(rng.random() * delay_s)
        os.kill(child, signal.SIGKILL)
        while more := pipe.read(65536):
            told += more
    os.waitpid(child, 0)
    return told.decode("utf-8", "replace").splitlines()


# -- labels, without a window and with it


def random_steps(session: Session, rng: random.Random, tell: Tell) -> None:
    """Edits of every kind, undo and redo, for ever; before each step its name is told, after it the labels."""
    project = session.project
    assert project is not None
    tell(f"is {digest(project)}")
    while True:
        frame_idx = rng.randrange(20)
        people = project.instances(1, frame_idx)
        name, step = _choose(session, rng, frame_idx, people)
        tell(f"do {name}")
        step()
        tell(f"is {digest(project)}")


def _choose(
    session: Session, rng: random.Random, frame_idx: int, people: list[Instance]
) -> tuple[str, Callable]:
    points = np.array([[rng.uniform(0, 600), rng.uniform(0, 400)] for _ in range(K)])
    kind = rng.random()
    if kind < 0.12:
        return "undo", session.undo
    if kind < 0.2:
        return "redo", session.redo
    if kind < 0.26:
        rows = [(1, k, Instance(points + k)) for k in range(20) for _ in range(3)]
        return "import", lambda: session.push(edits.ImportInstances(rows))
    if kind < 0.3:
        return "delete all", lambda: session.push(edits.DeleteInstances(video_id=1))
    if not people or kind < 0.5:
        return "add", lambda: session.push(edits.AddInstance(1, frame_idx, Instance(points)))
    number = int(rng.choice(people).id or 0)
    if kind < 0.8:
        drag = f"drag {number}" if rng.random() < 0.5 else None
        return "move", lambda: session.push(
            edits.MoveKeypoint(number, rng.randrange(K), rng.uniform(0, 600), 5.0, drag_key=drag)
        )
    if kind < 0.88:
        return "swap", lambda: session.push(edits.SwapSides(number))
    if kind < 0.95:
        return "hide", lambda: session.push(edits.SetVisibility(number, rng.randrange(K), 1))
    return "delete", lambda: session.push(edits.DeleteInstances(ids=[number]))


def check_labels(path: Path, told: list[str], found: Found, where: str) -> None:
    """Compare a project with what the victim had told last."""
    found.lost += [f"{where}: {line}" for line in told if line.startswith("raised")]
    states = [line[3:] for line in told if line.startswith("is ")]
    found.steps += max(len(states) - 1, 0)
    within = bool(told) and told[-1].startswith("do ")
    found.within += within
    if (said := integrity(path / "project.db")) != "ok":
        found.lost.append(f"{where}: integrity: {said}")
        return
    with Project.open(path) as project:
        if project.read_only:
            found.lost.append(f"{where}: still locked: {project.read_only_reason}")
            return
        now = digest(project)
        if states and now != states[-1]:
            # The step under way was there as a whole: the step back leads to where it began.
            back = project.redo if told[-1] == "do undo" else project.undo
            if not within:
                found.lost.append(f"{where}: something told is not there ({told[-1]})")
            elif not _leads_back(project, back, states[-1]):
                found.lost.append(f"{where}: half of a step is there ({told[-1]})")
            found.kept += within
        _walk_history(project, found, where)


def _leads_back(project: Project, back: Callable[[], object], state: str) -> bool:
    """Whether one step (of a drag: one edit may have been added to another) leads to a state."""
    back()
    return digest(project) == state


def _walk_history(project: Project, found: Found, where: str) -> None:
    """Undo some and redo them: the labels must be the same again."""
    before, steps = digest(project), 0
    while steps < 5 and project.undo() is not None:
        steps += 1
    for _ in range(steps):
        project.redo()
    if digest(project) != before:
        found.lost.append(f"{where}: undo and redo do not lead back")


def session_kills(count: int, rng: random.Random, folder: Path) -> Found:
    """Kill a session in the midst of edits, undo and redo."""
    found, path = Found(), new_project(folder)
    for number in range(count):

        def work(tell: Tell, seed: int = rng.randrange(2**31)) -> None:
            session = Session(Settings(), RecentFiles())
            session.open(path)
            random_steps(session, random.Random(seed), tell)

        told = kill_at_random(work, rng, 30, 0.02)
        found.kills += 1
        check_labels(path, told, found, f"session {number}")
    return found


def window_kills(count: int, rng: random.Random, folder: Path) -> Found:
    """Kill the real window while mouse and keys work in it."""
    from bench.kills_window import preload, work_in_window
    from poseapp.api import record_of_video

    preload()
    path = folder / "w.pose"
    with Project.create(path, load_skeleton("coco17")) as project:
        project.push(edits.AddVideo(record_of_video(_numbered_clip(folder / "v.mp4", 60, 640, 480))))
        project.push(edits.ImportInstances([(1, k, Instance(_standing(k))) for k in range(20)]))
    found = Found()
    for number in range(count):
        seed = rng.randrange(2**31)
        told = kill_at_random(lambda tell, seed=seed: work_in_window(path, seed, tell), rng, 40, 0.1)
        found.kills += 1
        if not any(line.startswith("is ") for line in told):
            found.more = "some died before their first step"
        check_labels(path, told, found, f"window {number}")
    return found


def _standing(k: int) -> np.ndarray:
    return np.column_stack([200 + 30 * (np.arange(K) % 5) + k, 60 + 20 * np.arange(K)]).astype(float)


# -- migration, import, export


def migration_kills(count: int, rng: random.Random, folder: Path) -> Found:
    """Kill a process that brings a project of the first version up to date."""
    found, old = Found(), folder / "old.pose"
    _make_old(old)
    rows = _instances(old)
    whole = 0
    for number in range(count):
        path = folder / "now.pose"
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(old, path)
        for _ in range(2):  # the second has what the first left

            def work(tell: Tell) -> None:
                tell("begun")
                Project.open(path).close()
                tell("done")

            told = kill_at_random(work, rng, 1, 0.03)
            found.kills += 1
            found.within += "done" not in told
        if (said := integrity(path / "project.db")) != "ok":
            found.lost.append(f"migration {number}: integrity: {said}")
        with closing(sqlite3.connect(path / "project.db")) as db:
            whole += db.execute("PRAGMA user_version").fetchone()[0] == len(schema.MIGRATIONS)
        with Project.open(path) as project:
            if project.read_only or _instances(path) != rows:
                found.lost.append(f"migration {number}: labels differ")
            project.push(edits.AddInstance(1, 0, Instance(np.ones((K, 2)))))
            project.undo()
        kept = path / "project.db.v1"
        if not kept.exists() or integrity(kept) != "ok" or _instances(path, kept.name) != rows:
            found.lost.append(f"migration {number}: the copy of the old file is not whole")
    found.more = f"{whole} of {count} were up to date after the second kill"
    return found


def _make_old(path: Path) -> None:
    new = path.with_name("new.pose")
    new.mkdir()
    made = new_project(new)
    with Project.open(made) as project:
        project.push(edits.ImportInstances([(1, k, Instance(_standing(k))) for k in range(800)]))
    path.mkdir()
    with closing(sqlite3.connect(path / "project.db", isolation_level=None)) as db:
        db.executescript(schema.MIGRATIONS[0])
        db.execute("ATTACH ? AS new", (str(made / "project.db"),))
        tables = [row[0] for row in db.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
        for table in tables:
            if not table.startswith("sqlite_"):
                db.execute(f"INSERT INTO main.{table} SELECT * FROM new.{table}")
        db.execute("PRAGMA user_version = 1")
        db.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")


def _instances(path: Path, name: str = "project.db") -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path / name)) as db:
        return db.execute("SELECT * FROM instance ORDER BY id").fetchall()


def _coco(folder: Path, people: int) -> Path:
    from poseapp.formats import write_dataset
    from poseapp.formats.dataset import Dataset, ImageEntry

    data = Dataset(load_skeleton("coco17"), root=folder)
    for k in range(people // 3):
        data.images.append(ImageEntry(f"v/frame_{k:06d}.png", 640, 480, "v.mp4", k))
        data.instances += [(k, Instance(_standing(k) + 5 * n)) for n in range(3)]
    write_dataset(folder / "large.json", data)
    return folder / "large.json"


def import_kills(count: int, rng: random.Random, folder: Path) -> Found:
    """Kill the import of a file of 3,000 people: all of it is there or nothing."""
    from poseapp.api import import_labels

    found, path, file = Found(), new_project(folder), _coco(folder, 3000)
    begun = time.perf_counter()
    import_labels(path, file)
    took = time.perf_counter() - begun
    with Project.open(path) as project:
        whole = project.counts()["instances"]
        project.undo()

    def work(tell: Tell) -> None:
        import_labels(path, file)
        tell("done")

    complete = 0
    for number in range(count):
        told = kill_at_random(work, rng, 0, took * 1.3)
        found.kills += 1
        found.within += not told
        if (said := integrity(path / "project.db")) != "ok":
            found.lost.append(f"import {number}: integrity: {said}")
        with Project.open(path) as project:
            people = project.counts()["instances"]
            if people not in (0, whole) or (told and people != whole):
                found.lost.append(f"import {number}: {people} of {whole} people are there")
            complete += people == whole
            if people:
                project.undo()
    found.more = f"{complete} were complete, {count - complete} had not begun to show; {took:.1f} s each"
    return found


def export_kills(count: int, rng: random.Random, folder: Path) -> Found:
    """Kill exports over files that are there: each is the old one or the new one."""
    from poseapp.formats import FORMATS, read_dataset, write_dataset

    source = read_dataset(_coco(folder, 1500))
    small = read_dataset(folder / "large.json")
    small.instances = small.instances[:30]
    small.images = small.images[:10]
    found, new = Found(), 0
    kinds = [kind for kind in FORMATS.values() if kind.write and kind.read and not kind.is_folder]
    for number in range(count):
        kind = kinds[number % len(kinds)]
        path = folder / "out" / f"labels{kind.extensions[0]}"
        path.parent.mkdir(exist_ok=True)
        write_dataset(path, small, format=kind.name)

        def work(tell: Tell, path: Path = path, name: str = kind.name) -> None:
            write_dataset(path, source, format=name)
            tell("done")

        told = kill_at_random(work, rng, 0, 0.15)
        found.kills += 1
        found.within += not told
        try:
            people = len(read_dataset(path, format=kind.name).instances)
        except Exception as error:
            found.lost.append(f"export {number}: {kind.name}: {error}")
            continue
        if people not in (len(small.instances), len(source.instances)) or (
            told and people != len(source.instances)
        ):
            found.lost.append(f"export {number}: {kind.name}: {people} people")
        new += people == len(source.instances)
    left = [p.name for p in (folder / "out").iterdir() if not p.name.startswith("labels")]
    found.more = f"{new} were the new file; {len(left)} unfinished drafts beside them"
    return found


# -- jobs


def _numbered_clip(path: Path, frames: int, width: int = 160, height: int = 120) -> Path:
    from poseapp.video import VideoWriter

    with VideoWriter(path, 25.0, width, height) as writer:
        for k in range(frames):
            image = np.full((height, width, 3), 60, np.uint8)
            image[20:110, 40 + k % 60 : 70 + k % 60] = (220, 180, 150)
            writer.write(image)
    return path


def predict_kills(count: int, rng: random.Random, folder: Path) -> Found:
    """Kill predictions of a video again and again until each is done; compare with one that never was."""
    import torch  # noqa: F401  (before the forks, so that it is loaded once)

    from poseapp.api.predicting import PredictSpec
    from poseapp.api.prediction import predict_run
    from poseapp.formats.predictions_h5 import PredictionFile
    from poseapp.jobs import RunFolder

    clip, found, finished = _numbered_clip(folder / "v.mp4", 48), Found(), 0

    def run_of(name: str) -> tuple[RunFolder, Path]:
        out = folder / f"{name}.h5"
        spec = PredictSpec([{"path": str(clip), "name": "v.mp4"}], str(out), "person_free", None, 1, "cpu")
        return RunFolder.create(folder / "runs" / name, {**vars(spec), "kind": "predict"}), out

    def poses(path: Path) -> dict[int, bytes]:
        with PredictionFile(path) as file:
            frames = file.frames(0).tolist()
            return {
                k: b"".join(np.round(p.points, 2).tobytes() for p in file.instances(0, k)) for k in frames
            }

    def work(run: RunFolder) -> Callable[[Tell], None]:
        def predict(tell: Tell) -> None:

            torch.set_num_threads(1)
            predict_run(run.path)
            tell("done")

        return predict

    run, out = run_of("never")
    begun = time.monotonic()
    finish(work(run))
    took, truth = time.monotonic() - begun, poses(out)
    number = 0
    while found.kills < count:
        run, out = run_of(f"r{number}")
        number, seen = number + 1, {}
        for _ in range(6):
            told = kill_at_random(work(run), rng, 0, max(took * 0.5, 0.4))
            if told:
                break
            found.kills += 1
            found.within += 1
            now = poses(out) if out.exists() else {}
            if not seen.keys() <= now.keys() or any(now[k] != v for k, v in seen.items()):
                found.lost.append(f"prediction {run.name}: frames that were there are gone or other ones")
            found.kept += len(now) > len(seen)
            seen = now
            if found.kills >= count:
                break
        finish(work(run))
        state, now = run.status["state"], poses(out)
        if state != "done" or now.keys() != truth.keys():
            found.lost.append(f"prediction {run.name}: {state}, {len(now)} of {len(truth)} frames")
        finished += 1
    found.steps = finished * len(truth)
    found.more = f"{finished} runs of {len(truth)} frames, each done in the end; {found.kept} kills left more frames than before"
    found.kept = 0
    return found


def finish(work: Callable[[Tell], None]) -> None:
    """Do work in a fork to its end."""
    child = os.fork()
    if child == 0:
        status = 1
        with contextlib.suppress(BaseException):
            sys.stdout = open(os.devnull, "w")
            try:
                work(lambda text: None)
                status = 0
            except BaseException as error:
                print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(status)
    os.waitpid(child, 0)


def train_kills(count: int, rng: random.Random, folder: Path) -> Found:
    """Kill a small training again and again; it goes on from its last state and ends well."""
    import cv2

    from poseapp.api.learning import train_run
    from poseapp.jobs import RunFolder
    from poseapp.training import loop
    from poseapp.training.spec import TrainSpec

    images, annotations = [], []
    for number in range(1, 17):
        image = np.random.default_rng(number).integers(0, 90, (96, 96, 3), np.uint8)
        image[20 + number : 40 + number, 30:50] = 255
        cv2.imwrite(str(folder / f"{number}.png"), image)
        images.append({"id": number, "file_name": f"{number}.png", "width": 96, "height": 96})
        points = [30.0, 20.0 + number, 2, 50.0, 40.0 + number, 2]
        annotations.append({"id": number, "image_id": number, "category_id": 1, "keypoints": points,
                            "bbox": [30.0, 20.0 + number, 20.0, 20.0]})  # fmt: skip
    category = {"id": 1, "name": "mark", "keypoints": ["top", "end"]}
    (folder / "m.json").write_text(
        json.dumps({"images": images, "annotations": annotations, "categories": [category]})
    )
    found, finished, resumed = Found(), 0, 0
    while found.kills < count:
        spec = TrainSpec(
            [str(folder / "m.json")], net="fpnpose_t", epochs=40, device="cpu", input_size=(96, 96), replay=[]
        )
        run = RunFolder.create(folder / "runs" / f"t{finished}", spec.to_dict())

        def work(tell: Tell, run: RunFolder = run) -> None:
            import torch

            torch.set_num_threads(1)
            # A state is kept every half minute; here more often, so that there is one to go on from.
            loop.SAVE_EVERY_S = 0.3
            train_run(run.path)
            tell("done")

        for _ in range(7):
            before = _epochs(run)
            if kill_at_random(work, rng, 0, 8.0):
                break
            found.kills += 1
            found.within += 1
            if _epochs(run) < before:
                found.lost.append(f"training {run.name}: epochs that were told are gone")
            if found.kills >= count:
                break
        finish(work)
        events = run.events()[0]
        resumed += sum(isinstance(e.get("resumed_step"), int) and e["resumed_step"] > 0 for e in events)
        if run.status["state"] != "done" or not (run.checkpoints_dir / "best.safetensors").is_file():
            found.lost.append(f"training {run.name}: {run.status['state']}: {run.status['error']}")
        finished += 1
    found.more = f"{finished} trainings, all done in the end; {resumed} times gone on from a saved state"
    return found


def _epochs(run: Any) -> int:
    return sum(event["type"] == "epoch" for event in run.events()[0])


CAMPAIGNS: dict[str, tuple[int, Callable[[int, random.Random, Path], Found], str]] = {
    "session": (500, session_kills, "edits, undo, redo through the session"),
    "window": (60, window_kills, "the real window, mouse and keys"),
    "migrate": (200, migration_kills, "a project brought up to date"),
    "bulk": (60, import_kills, "import of 3,000 people"),
    "export": (100, export_kills, "export over a file that is there"),
    "predict": (100, predict_kills, "a prediction job"),
    "train": (20, train_kills, "a training"),
}


def report(found: dict[str, Found], seconds: dict[str, float], seed: int) -> str:
    """The table."""
    lines = [
        "# Killed", "", f"`python bench/kills.py --seed {seed}`, {os.cpu_count()} cores. Steps: told to have returned before "
        "a kill, all looked for afterwards. Within: kills in the midst of a step; kept: such a step was there as a whole, "
        "else not at all. After every kill: `PRAGMA integrity_check`, a comparison of all labels, undo and redo.", "",
        "| what was killed | kills | steps | within a step | of these kept | lost or broken | s | |", "|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for name, one in found.items():
        cells = (
            CAMPAIGNS[name][2],
            one.kills,
            one.steps,
            one.within,
            one.kept,
            len(one.lost),
            f"{seconds[name]:.0f}",
            one.more,
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    lost = [line for one in found.values() for line in one.lost]
    return "\n".join([*lines, "", *(f"- {line}" for line in lost)]).rstrip() + "\n"


def main() -> int:
    """Run what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, (count, _, what) in CAMPAIGNS.items():
        parser.add_argument(f"--{name}", type=int, default=count, help=f"kills of {what}")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="also write the table here")
    words = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"  # threads do not survive a fork
    found, seconds = {}, {}
    for name, (_, campaign, _) in CAMPAIGNS.items():
        if not getattr(words, name):
            continue
        with tempfile.TemporaryDirectory(prefix="poseapp-kills-") as folder:
            os.environ["POSEAPP_CONFIG_DIR"] = f"{folder}/config"
            begun = time.monotonic()
            found[name] = campaign(getattr(words, name), random.Random(f"{words.seed}/{name}"), Path(folder))
            seconds[name] = time.monotonic() - begun
            print(f"{name}: {found[name]}", file=sys.stderr)
    text = report(found, seconds, words.seed)
    print(text)
    if words.out:
        words.out.write_text(text, "utf-8")
    return int(any(one.lost for one in found.values()))


if __name__ == "__main__":
    sys.exit(main())
