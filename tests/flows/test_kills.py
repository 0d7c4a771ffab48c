"""A short run of bench/kills.py: after kill -9 what was told to be done is there, nothing is half there."""

import subprocess
import sys

import pytest

KILLS = {"session": 8, "window": 0, "migrate": 3, "bulk": 2, "export": 5, "predict": 0, "train": 0}


@pytest.mark.skipif(sys.platform == "win32", reason="it forks")
def test_killed_in_the_midst_of_everything(repo_root):
    words = [word for name, count in KILLS.items() for word in (f"--{name}", str(count))]
    command = [sys.executable, str(repo_root / "bench" / "kills.py"), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "kills=8" in done.stderr and "kills=6" in done.stderr
