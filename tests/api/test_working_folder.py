"""Files of the working folder are data: a module that lies there is never imported by a process we start."""

import json
import subprocess
import sys

import pytest

from poseapp import api
from poseapp.api.walkthrough import take_screenshots
from poseapp.jobs import RunFolder

LONG_S = 120.0
# Names of modules that every process of ours imports sooner or later.
BAIT = ("platformdirs", "h5py", "cv2", "json", "psygnal")


@pytest.fixture
def trap(tmp_path, monkeypatch):
    """A working folder full of modules that leave a file behind when they are run."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    sprung = tmp_path / "sprung"
    for name in BAIT:
        code = f"open({str(sprung)!r}, 'a').write({name!r})\nraise SystemExit(9)\n"
        (folder / f"{name}.py").write_text(code)
    monkeypatch.chdir(folder)
    return sprung


def test_the_trap_works(trap):
    subprocess.run([sys.executable, "-c", "import platformdirs"], check=False)
    assert trap.read_text() == "platformdirs"


def test_a_run_does_not_import_from_the_working_folder(trap, tmp_path):
    spec = {"videos": [{"path": "missing.mp4", "name": "missing.mp4"}], "out": str(tmp_path / "p.h5")}
    run = api.resume(RunFolder.create(tmp_path / "run", {**spec, "kind": "predict"}))
    status = run.wait(LONG_S)
    assert not trap.exists(), trap.read_text()
    assert status["state"] == "failed" and "missing.mp4" in status["error"], run.log_path.read_text()


def test_the_report_does_not_import_from_the_working_folder(trap):
    report = api.doctor().to_json()
    assert not trap.exists(), trap.read_text()
    assert "error" not in report["torch"] and json.dumps(report)


def test_pictures_of_the_window_do_not_import_from_the_working_folder(trap, tmp_path):
    take_screenshots(tmp_path / "nothing.pose", tmp_path / "pictures")
    assert not trap.exists(), trap.read_text()
