"""`doctor`: what a bug report needs. What may crash or hang is asked in processes of its own."""

import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import poseapp
from poseapp.api.results import Result
from poseapp.jobs.process import python_argv
from poseapp.jobs.screen import has_screen, virtual_screen
from poseapp.nets.card import list_checkpoints
from poseapp.paths import models_dir, resources_dir, user_cache_dir, user_config_dir

PACKAGES = (
    "numpy", "torch", "opencv-python-headless", "av", "h5py", "safetensors", "psygnal", "PySide6-Essentials",
    "qtawesome", "platformdirs", "tomli-w",
)  # fmt: skip
CODECS = ("h264", "hevc", "vp9", "av1", "mpeg4", "mjpeg")
ENCODERS = ("libx264", "h264_videotoolbox", "h264_mf", "libopenh264")

_ASK_TORCH = """
import json
from poseapp.inference.devices import list_devices
import torch
print(json.dumps({
    "version": torch.__version__, "threads": torch.get_num_threads(), "cuda": torch.version.cuda,
    "devices": [vars(device) for device in list_devices()],
}))
"""

_ASK_QT = """
import json, sys
from PySide6 import QtCore, QtGui, QtWidgets
app = QtWidgets.QApplication([])
found = {"version": QtCore.qVersion(), "platform": app.platformName(), "opengl": None}
surface = QtGui.QOffscreenSurface()
surface.create()
context = QtGui.QOpenGLContext()
if context.create() and context.makeCurrent(surface):
    gl = context.functions()
    try:
        found["opengl"] = gl.glGetString(0x1F02) + ", " + gl.glGetString(0x1F01)
    except TypeError:
        found["opengl"] = "yes"
    context.doneCurrent()
print(json.dumps(found))
"""

_ASK_SYNTH = """
import json
from importlib.util import find_spec
from poseapp.synth.body.model import body_is_built
found = {"installed": all(find_spec(name) for name in ("anny", "moderngl")), "body": body_is_built()}
if found["installed"]:
    from poseapp.synth.draw.renderer import Renderer
    renderer = Renderer()
    found["opengl"] = renderer.info
    renderer.close()
print(json.dumps(found))
"""


@dataclass(frozen=True)
class DoctorResult(Result):
    """The state of this machine, as far as the program cares.

    Attributes:
        poseapp: Version.
        python: Version and where it is.
        system: Operating system, machine, cores.
        packages: Version of each package, None where it is missing.
        codecs: Decoders and encoders of the video library.
        torch: Version, threads and devices, or `error`.
        qt: Version, platform and OpenGL, or `error`.
        synth: For drawing people: whether the extra is installed, whether the body model is built already,
            and what draws; or `error`.
        folders: Where the program's files lie, with free bytes.
        checkpoints: Names of the shipped ones.
        problems: One sentence each: what will not work and what to do. Empty: all is well.
    """

    poseapp: str
    python: dict[str, str]
    system: dict[str, Any]
    packages: dict[str, str | None]
    codecs: dict[str, Any]
    torch: dict[str, Any]
    qt: dict[str, Any]
    synth: dict[str, Any]
    folders: dict[str, Any]
    checkpoints: list[str]
    problems: list[str]


def doctor() -> DoctorResult:
    """Look at versions, codecs, devices, disk and screen."""
    packages = {name: _version(name) for name in PACKAGES}
    codecs = _codecs()
    torch = _ask(_ASK_TORCH)
    qt = _ask_qt()
    synth = _ask(_ASK_SYNTH)
    folders = _folders()
    checkpoints = [card.name for card in list_checkpoints()] if models_dir().is_dir() else []
    problems = [
        f"{name} is not installed: pip install {name}" for name, has in packages.items() if has is None
    ]
    problems += [f"videos in {name} cannot be read" for name in codecs["missing"]]
    if not codecs["encoders"]:
        problems.append("no H.264 encoder: movies cannot be written")
    problems += [f"torch does not work: {torch['error']}"] if "error" in torch else []
    problems += [f"windows do not work: {qt['error']}"] if "error" in qt else []
    # Not to have the extra is no problem; to have it without anything that draws is one.
    problems += [f"people cannot be drawn: {synth['error']}"] if "error" in synth else []
    problems += [
        f"under 1 GB free in {row['path']}" for row in folders.values() if row["free_bytes"] < 1 << 30
    ]
    if not checkpoints:
        problems.append(f"no checkpoint in {models_dir()}: predicting needs one; train or copy one there")
    return DoctorResult(
        poseapp.__version__,
        {"version": platform.python_version(), "path": sys.executable},
        {
            "name": platform.platform(),
            "machine": platform.machine(),
            "cores": os.cpu_count(),
            "screen": has_screen(),
        },
        packages,
        codecs,
        torch,
        qt,
        synth,
        folders,
        checkpoints,
        problems,
    )


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _codecs() -> dict[str, Any]:
    import av

    names = av.codecs_available
    encoders = []
    for name in ENCODERS:
        try:
            av.Codec(name, "w")
        except ValueError:
            continue
        encoders.append(name)
    return {
        "decoders": [name for name in CODECS if name in names],
        "missing": [name for name in CODECS if name not in names],
        "encoders": encoders,
        "libraries": {name: ".".join(map(str, version)) for name, version in av.library_versions.items()},
    }


def _ask(code: str, env: dict[str, str] | None = None) -> dict[str, Any]:
    """Run a few lines in a process of its own and read the JSON it prints; `error` where it fails."""
    try:
        done = subprocess.run(
            python_argv("-c", code), capture_output=True, text=True, timeout=120, check=False, env=env
        )
    except subprocess.TimeoutExpired:
        return {"error": "no answer within two minutes"}
    lines = done.stdout.strip().splitlines()
    if done.returncode == 0 and lines:
        return dict(json.loads(lines[-1]))
    said = done.stderr.strip().splitlines()
    return {"error": said[-1] if said else f"the process ended with status {done.returncode}"}


def _ask_qt() -> dict[str, Any]:
    if has_screen():
        return _ask(_ASK_QT)
    with virtual_screen() as display:
        if display is None:
            return _ask(_ASK_QT, {**os.environ, "QT_QPA_PLATFORM": "offscreen"})
        return _ask(_ASK_QT, {**os.environ, "DISPLAY": display})


def _folders() -> dict[str, Any]:
    folders = {
        "resources": resources_dir(),
        "models": models_dir(),
        "config": user_config_dir(),
        "cache": user_cache_dir(),
        "here": Path.cwd(),
    }
    return {name: {"path": path, "free_bytes": _free(path)} for name, path in folders.items()}


def _free(path: Path) -> int:
    while not path.exists():
        path = path.parent
    return shutil.disk_usage(path).free
