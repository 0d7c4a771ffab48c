"""dev.py: what it says and finds out, without installing anything."""

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def dev():
    spec = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_needs_nothing_but_python():
    code = (
        "import sys; sys.path.insert(0, '.'); import dev; assert callable(dev.screen_module().virtual_screen)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("words", "status"), [((), 2), (("frobnicate",), 2), (("--help",), 0)])
def test_wrong_words_are_answered_with_the_right_ones(words, status):
    done = subprocess.run(
        [sys.executable, "dev.py", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == status
    assert "python3 dev.py demo" in done.stderr and "python3 dev.py test" in done.stderr


def test_missing_libraries_are_named_as_debian_calls_them(dev, monkeypatch, capsys):
    assert dev.can_load("libc.so.6") or sys.platform != "linux"
    assert not dev.can_load("libthere_is_no_such_library.so.1")
    monkeypatch.setattr(dev, "LINUX_LIBRARIES", {"libthere_is_no_such_library.so.1": "libsuch1"})
    monkeypatch.setattr(dev.sys, "platform", "linux")
    assert "libsuch1" in dev.missing_system_packages()
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(dev, "has_venv", lambda: True)
    dev.install_system_packages()
    said = capsys.readouterr().err
    assert "libsuch1" in said and ("sudo apt-get install" in said or shutil.which("apt-get") is None)


def test_set_up_is_done_again_only_when_something_changed(dev, monkeypatch, tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text("numpy==1\n")
    monkeypatch.setattr(dev, "LOCK", lock)
    before = dev.fingerprint()
    assert dev.fingerprint() == before
    lock.write_text("numpy==2\n")
    assert dev.fingerprint() != before


def test_the_lock_pins_everything_the_project_asks_for():
    lines = [
        line for line in (ROOT / "requirements.lock").read_text().splitlines() if line and line[0] != "#"
    ]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line) for line in lines), "exact versions only"
    pinned = {re.sub(r"[-_.]+", "-", line.split("==")[0]).lower() for line in lines}
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = project["dependencies"] + extras["test"] + extras["synth"]
    names = {re.sub(r"[-_.]+", "-", re.split(r"[<>=!~ ;\[]", line)[0]).lower() for line in wanted}
    assert names <= pinned, names - pinned
    assert "torch==2.13.0" in lines
    assert not [name for name in pinned if name.startswith(("nvidia", "triton"))]
