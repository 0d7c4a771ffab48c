"""A data set of drawn people by commands alone: killed, gone on with, read by others, trained on."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import h5py
import pytest

from poseapp.formats import read_dataset

WORDS = ("--size", "96x96", "--people", "1:1", "--seed", "11", "--workers", "2")


@pytest.fixture(autouse=True)
def body_dir(monkeypatch, built_body):
    monkeypatch.setenv("POSEAPP_BODY_DIR", str(built_body))


def argv(*words: object) -> list[str]:
    return [sys.executable, "-m", "poseapp", *map(str, words)]


def poseapp(*words: object) -> dict:
    """Run a command; its JSON object, which is all it may print."""
    done = subprocess.run(argv(*words, "--json"), capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def end_when_begun(out: Path, how: signal.Signals, count: int) -> subprocess.Popen:
    """Start drawing and send a signal once some labels are on the disk."""
    words = argv("synth", out, "--count", count, *WORDS)
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 120
    log = out / "records.jsonl"
    while not log.exists() or log.read_bytes().count(b"\n") < 8:
        assert process.poll() is None and time.monotonic() < end, "it never came so far"
        time.sleep(0.02)
    os.kill(process.pid, how)
    process.wait(60)
    return process


def test_killed_gone_on_with_and_trained_on(tmp_path):
    out = tmp_path / "my people"
    end_when_begun(out, signal.SIGKILL, 24)
    with h5py.File(out / "truth.h5", "r", swmr=True, libver="latest") as file:
        assert 8 <= file["pictures/people"].shape[0] < 24  # readable as the kill left it
    made = poseapp("synth", out, "--count", 24, *WORDS)
    assert made["images"] == 24 and made["new_images"] <= 16 and made["seed"] == 11
    assert {"people", "seconds", "images_per_second", "out"} <= set(made)
    whole = poseapp("synth", tmp_path / "again", "--count", 24, *WORDS)
    assert whole["people"] == made["people"]
    for name in ("lsp14.json", "hand21.json", "images/000023.jpg"):
        assert (out / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
    assert poseapp("info", out / "lsp14.json")["skeleton"] == "lsp14"
    trained = poseapp(
        "train", out / "lsp14.json", "--net", "fpnpose_t", "--init", "none", "--epochs", 1, "--device", "cpu",
        "--out", tmp_path / "run",
    )  # fmt: skip
    assert trained["epochs"] >= 1 and Path(trained["checkpoint"]).is_file()


def test_ctrl_c_leaves_whole_files(tmp_path):
    out = tmp_path / "set"
    process = end_when_begun(out, signal.SIGINT, 500)
    assert process.returncode == 130
    assert process.stderr is not None
    assert process.stderr.read().splitlines()[-1] == "poseapp: interrupted; files written so far are whole"
    dataset = read_dataset(out / "coco17.json")
    assert 8 <= len(dataset.images) < 500
    assert all(dataset.image_path(index).is_file() for index in range(len(dataset.images)))
    with h5py.File(out / "truth.h5") as file:  # closed properly
        assert file["pictures/people"].shape[0] == len(dataset.images)


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--count", "3", "--people", "5:2"], 1, "number of people"),
        (["--count", "3", "--poses", "flying=1"], 1, "flying"),
        (["--count", "3", "--size", "8x8"], 1, "32 and 4096"),
        (["--count", "3", "--backgrounds", "/nowhere"], 1, "/nowhere"),
        (["--count", "3", "--settings", "/nowhere.toml"], 1, "/nowhere.toml"),
        (["--count", "0"], 2, "--count"),
        (["--count", "3", "--crossing"], 2, "--clip"),
        (["--clip", "1", "--fps", "0"], 2, "--fps"),
        ([], 2, "--count"),
    ],
)
def test_wrong_words_are_told(tmp_path, words, status, said):
    done = subprocess.run(
        argv("synth", tmp_path / "out", *words), capture_output=True, text=True, check=False
    )
    assert done.returncode == status
    assert said in done.stderr.splitlines()[-1] and "Traceback" not in done.stderr
