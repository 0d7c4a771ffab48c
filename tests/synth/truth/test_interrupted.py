"""Data sets whose drawing was broken off at the worst moments: whole, without doubles, and gone on with."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import pytest

from poseapp.errors import SynthError
from poseapp.formats.hdf5_opening import is_left_open
from poseapp.synth.truth import generate as generating
from poseapp.synth.truth import truth_file
from poseapp.synth.truth.clips import Clip
from poseapp.synth.truth.generate import generate
from poseapp.synth.truth.interrupts import interrupts_wait
from tests.synth.truth.conftest import SETTINGS
from tests.synth.truth.test_generate import contents


def ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def at_once() -> None:
    raise KeyboardInterrupt


def after(done: Callable[..., Any], then: Callable[[], None], times: int = 1) -> Callable[..., Any]:
    """A function that does something more when it was called so often."""
    calls = []

    def both(*words: Any) -> Any:
        found = done(*words)
        calls.append(1)
        if len(calls) == times:
            then()
        return found

    return both


def check_whole(folder: Path, most: int) -> int:
    """Every moment there is there once, in log, dense truth and COCO files; returns how many."""
    log_file = folder / "records.jsonl"
    log = [json.loads(line) for line in log_file.read_text().splitlines()] if log_file.exists() else []
    names = [picture["image"]["file_name"] for moment in log for picture in moment["pictures"]]
    assert len(set(names)) == len(names) <= most
    with h5py.File(folder / "truth.h5") as file:
        assert file["pictures/index"][:].tolist() == list(range(len(names)))
        assert {rows.shape[0] for rows in file["pictures"].values()} == {len(names)}
        people = int(file["pictures/people"][:, 1].sum())
        assert {rows.shape[0] for rows in file["people"].values()} == {people}
    if names:
        document = json.loads((folder / "coco17.json").read_text())
        assert [image["file_name"] for image in document["images"]] == names
    return len(names)


@pytest.mark.parametrize("interrupt", [ctrl_c, at_once])
@pytest.mark.parametrize("where", ["log", "rows", "next rows"])
def test_interrupted_while_writing_labels(
    data_set: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    interrupt: Callable[[], None],
    where: str,
) -> None:
    """Ctrl+C waits for the labels; labels torn all the same are thrown away and drawn again."""
    if where == "log":
        monkeypatch.setattr(generating, "append_log", after(generating.append_log, interrupt))
    else:
        times = 1 if where == "rows" else 20  # 19 a batch
        monkeypatch.setattr(truth_file, "_extend", after(truth_file._extend, interrupt, times))
    with pytest.raises(KeyboardInterrupt):
        generate(tmp_path / "set", SETTINGS, 10, 3, workers=1)
    monkeypatch.undo()
    before, here = (8, 2) if where == "next rows" else (0, 8)
    assert check_whole(tmp_path / "set", 10) == (before if interrupt is at_once else before + here)
    rest = generate(tmp_path / "set", SETTINGS, 10, 3, workers=1)
    assert rest.complete and rest.images == 10
    assert check_whole(tmp_path / "set", 10) == 10
    assert contents(tmp_path / "set") == contents(data_set)


def test_what_was_written_twice_or_not_at_all_is_found(data_set: Path, tmp_path: Path) -> None:
    """Rows beyond those of the pictures, doubles, a gap in the log: cut off and drawn again."""
    folder = tmp_path / "set"
    generate(folder, SETTINGS, 10, 3, workers=1)
    whole = (folder / "truth.h5").read_bytes()
    lines = (folder / "records.jsonl").read_bytes().splitlines(keepends=True)

    def double(file: h5py.File) -> None:
        file["pictures/index"][4:8] = file["pictures/index"][:4]

    def longer(file: h5py.File) -> None:
        number = file["people/number"]
        number.resize(number.shape[0] + 8, axis=0)

    def shorter(file: h5py.File) -> None:
        texture = file["people/texture"]
        texture.resize(texture.shape[0] - 1, axis=0)

    for harm, log, there in (
        (double, lines, 4), (longer, lines, 10), (shorter, lines, 9), (None, lines[:8] * 2, 8),
        (None, lines[:3] + lines[4:], 3), (None, [*lines[:6], b"{}\n"], 6), (None, [], 0),
    ):  # fmt: skip
        (folder / "truth.h5").write_bytes(whole)
        if harm is not None:
            with h5py.File(folder / "truth.h5", "r+") as file:
                harm(file)
        (folder / "records.jsonl").write_bytes(b"".join(log))
        assert generate(folder, SETTINGS, 10, 3, workers=1).new_images == 10 - there
        assert check_whole(folder, 10) == 10
    assert contents(folder) == contents(data_set)


def test_a_whole_file_is_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generate(tmp_path / "set", SETTINGS, 1, 3, workers=1)
    truth = tmp_path / "set" / "truth.h5"
    before = truth.stat().st_ino

    def fail(*_: Any) -> None:
        raise SynthError("copied")

    monkeypatch.setattr(truth_file, "_copy", fail)
    assert generate(tmp_path / "set", SETTINGS, 1, 3, workers=1).images == 1
    assert truth.stat().st_ino == before
    # As a killed writer leaves it: marked as being written.
    words = (
        "import os, sys; from pathlib import Path; from poseapp.formats.hdf5_opening import open_writing; "
    )
    words += "file = open_writing(Path(sys.argv[1])); os._exit(0)"
    subprocess.run([sys.executable, "-c", words, str(truth)], check=True)
    assert is_left_open(truth)
    with pytest.raises(SynthError, match="copied"):
        generate(tmp_path / "set", SETTINGS, 1, 3, workers=1)
    monkeypatch.undo()
    assert generate(tmp_path / "set", SETTINGS, 1, 3, workers=1).images == 1
    assert not is_left_open(truth)


def test_interrupts_wait_for_the_end_of_the_block() -> None:
    before, done = signal.getsignal(signal.SIGINT), []
    with pytest.raises(KeyboardInterrupt), interrupts_wait():
        ctrl_c()
        done.append("all")
    assert done == ["all"] and signal.getsignal(signal.SIGINT) is before

    def elsewhere() -> None:
        with interrupts_wait():
            done.append("elsewhere")

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert done == ["all", "elsewhere"]


def test_a_kill_while_frames_are_thrown_away_harms_no_clip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def some(folder: Path, **_: bool) -> None:
        next(iter(Path(folder).glob("000000.png"))).unlink()
        raise KeyboardInterrupt

    clip, sparse = Clip(0.1, fps=20, people=1), replace(SETTINGS, dense=False)
    with monkeypatch.context() as patch:
        patch.setattr(generating.shutil, "rmtree", lambda p, **k: some(p) if Path(p).is_dir() else None)
        with pytest.raises(KeyboardInterrupt):
            generate(tmp_path / "set", sparse, 0, 2, workers=1, clip=clip)
    again = generate(tmp_path / "set", sparse, 0, 2, workers=1, clip=clip)
    assert again.complete and again.new_images == 0
    assert not list((tmp_path / "set").glob(".frames*")) and (tmp_path / "set" / "clip.mp4").is_file()


def test_litter_is_no_content_and_building_can_be_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", ".settings.toml.0123.tmp"):
        (tmp_path / name).write_text("")

    def build(tell: Callable[[float, str], None]) -> None:
        tell(0.5, "building")
        raise AssertionError("it went on")

    with monkeypatch.context() as patch:
        patch.setattr(generating, "load_body", build)
        found = generate(tmp_path, replace(SETTINGS, dense=False), 1, 3, cancelled=lambda: True)
    assert not found.complete and found.images == 0
    assert generate(tmp_path, replace(SETTINGS, dense=False), 1, 3, workers=1).complete


@pytest.mark.parametrize(
    "fields",
    [
        {"foo": 1}, {}, {"fps": "x"}, {"people": -1}, {"people": 13}, {"people": 1.5}, {"handheld": -5},
        {"background": "moon"}, {"crossing": True, "people": 1}, {"kinds": ["fly"]}, {"kinds": 3},
        {"seconds": True}, {"seconds": 0}, {"seconds": float("nan")}, {"crossing": "yes"},
    ],
)  # fmt: skip
def test_clips_that_make_no_sense(fields: dict[str, Any]) -> None:
    with pytest.raises(SynthError):
        Clip.from_dict(fields if not fields or "foo" in fields else {"seconds": 1.0, **fields})
