#!/usr/bin/env python3
"""Set PoseApp up from nothing and run it or its tests. Needs Python 3.11 or later and nothing else.

python3 dev.py demo    set up, then the main job on the built-in sample clip
python3 dev.py test    set up, then every test (further words go to pytest)
python3 dev.py lint    set up, then ruff, mypy and the import rules
python3 dev.py run     set up, then poseapp (further words go to it)
python3 dev.py setup   set up only
"""

import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "poseapp-setup.txt"

# Shared libraries that Qt's windows and OpenGL load on Linux, with the Debian package of each.
LINUX_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libOpenGL.so.0": "libopengl0",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libX11-xcb.so.1": "libx11-xcb1",
}
# What a machine without a screen needs besides, to draw windows all the same.
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")


def main(argv: list[str]) -> int:
    """Run one verb; returns the exit status."""
    verbs = {"demo": demo, "test": test, "lint": lint, "run": run_poseapp, "setup": lambda _args: 0}
    if sys.version_info < (3, 11):  # noqa: UP036 - this file must say it, not fail at a syntax error
        return fail(f"PoseApp needs Python 3.11 or later; this is {sys.version.split()[0]}")
    if not argv or argv[0] not in verbs:
        print(__doc__, file=sys.stderr)
        return 0 if argv in (["-h"], ["--help"]) else 2
    set_up()
    return verbs[argv[0]](argv[1:])


def demo(args: list[str]) -> int:
    """The main job on the sample clip: in the window where there is a screen, else headless."""
    if not screen_module().has_screen() and "--headless" not in args:
        args = ["--headless", *args]
    if "--out" not in args:
        args = [*args, "--out", str(ROOT / "out" / "demo")]
    return call([str(PYTHON), "-P", "-m", "poseapp", "demo", *args])


def test(args: list[str]) -> int:
    """Every test, on a virtual screen where there is no real one."""
    screen = screen_module()
    env = dict(os.environ)
    with nullcontext(None) if screen.has_screen() else screen.virtual_screen() as display:
        if display:
            env["DISPLAY"] = display
        elif not screen.has_screen():
            print("no screen and no Xvfb: windows are drawn off screen", file=sys.stderr)
            env["QT_QPA_PLATFORM"] = "offscreen"
        return call([str(PYTHON), "-m", "pytest", "-q", *args], env)


def lint(_args: list[str]) -> int:
    """Style, types and import rules."""
    scripts = PYTHON.parent
    steps = [
        [str(PYTHON), "-m", "ruff", "check", "."],
        [str(PYTHON), "-m", "mypy"],
        [str(scripts / "lint-imports")],
    ]
    return max(call(step) for step in steps)


def run_poseapp(args: list[str]) -> int:
    """The program itself."""
    return call([str(PYTHON), "-P", "-m", "poseapp", *args])


def screen_module() -> ModuleType:
    """`poseapp.jobs.screen`, read from its file: the package around it needs what is not installed here."""
    path = ROOT / "poseapp" / "jobs" / "screen.py"
    spec = importlib.util.spec_from_file_location("screen", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def set_up() -> None:
    """Make `.venv` and install what is missing; nothing to do costs well under a second."""
    wanted = fingerprint()
    if STAMP.is_file() and PYTHON.exists() and STAMP.read_text(encoding="utf-8") == wanted:
        return
    install_system_packages()
    if not PYTHON.exists():
        print(f"making {VENV}", file=sys.stderr)
        must([sys.executable, "-m", "venv", str(VENV)])
    print("installing Python packages (the first time takes minutes)", file=sys.stderr)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    must([*pip, "-r", str(LOCK)])
    must([*pip, "--no-deps", "-e", str(ROOT)])
    STAMP.write_text(wanted, encoding="utf-8")


def fingerprint() -> str:
    """What the installation depends on, as text."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
    for path in (LOCK, ROOT / "pyproject.toml", Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def install_system_packages() -> None:
    """On Linux, install Qt's and OpenGL's libraries, a font and Xvfb by apt, or say what to install."""
    packages = missing_system_packages()
    if not packages:
        return
    command = "apt-get install -y --no-install-recommends " + " ".join(packages)
    apt = shutil.which("apt-get")
    if apt is None:
        print(f"missing system libraries; on Debian these are: {' '.join(packages)}", file=sys.stderr)
        print("install your system's packages of them; windows may not open without", file=sys.stderr)
    elif os.geteuid() != 0:
        print(f"missing system packages; install them with:\n  sudo {command}", file=sys.stderr)
    else:
        print(f"installing system packages: {' '.join(packages)}", file=sys.stderr)
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        call([apt, "update", "-qq"], env)
        if call([apt, *command.split()[1:], "-qq"], env) != 0:
            print(f"apt-get failed; install by hand:\n  {command}", file=sys.stderr)
    if "python3-venv" in packages and not has_venv():
        sys.exit(fail("Python's venv module is incomplete: install python3-venv and python3-pip"))


def missing_system_packages() -> list[str]:
    """Debian names of what is missing here; empty on other systems than Linux."""
    if not sys.platform.startswith("linux"):
        return []
    packages = [name for library, name in LINUX_LIBRARIES.items() if not can_load(library)]
    if not PYTHON.exists() and not has_venv():
        packages.append("python3-venv")
    if shutil.which("Xvfb") is None and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        packages += ["xvfb", "libgl1-mesa-dri"]
    if not any(next(Path(folder).rglob("*.[to]tf"), None) for folder in FONT_FOLDERS):
        packages.append("fonts-dejavu-core")
    return packages


def can_load(library: str) -> bool:
    """Whether the system's loader finds a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_venv() -> bool:
    """Whether this Python can make a virtual environment; asked afresh each time, apt may just have run."""
    probe = [sys.executable, "-c", "import venv, ensurepip"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def call(command: list[str], env: dict[str, str] | None = None) -> int:
    """Run a command in the repository's folder; returns its exit status."""
    try:
        return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode
    except KeyboardInterrupt:
        return 130


def must(command: list[str]) -> None:
    """Run a step of the set-up; ends the program when it fails."""
    if call(command) != 0:
        sys.exit(fail(f"this step failed: {' '.join(command)}"))


def fail(message: str) -> int:
    """Say why it could not be done; returns exit status 1."""
    print(f"dev.py: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
