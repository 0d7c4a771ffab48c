"""Seconds from starting a program to its window on screen: PoseApp beside labelme and napari.

    xvfb-run -a -s "-screen 0 1600x1000x24" python bench/first_paint.py NAME=PROGRAM [...] [--runs 5]

Each NAME=PROGRAM is a program that opens a window without arguments, such as labelme=/venv/bin/labelme. All are
started in turn, `--runs` times. A window is on screen when `xwininfo` finds a mapped one larger than 400 x 300
(a splash screen of napari is smaller), and painted when its pixels (`xwd`) are no longer of one colour.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIMIT_S = 90.0
POLL_S = 0.02
MIN_SIZE = (500, 350)


def windows() -> list[str]:
    """Ids of the mapped windows directly below the root that are large enough."""
    tree = subprocess.run(
        ["xwininfo", "-root", "-children"], capture_output=True, text=True, check=False
    ).stdout
    found = []
    for line in tree.splitlines():
        match = re.match(r"\s+(0x[0-9a-f]+) .*?(\d+)x(\d+)\+", line)
        if match and int(match[2]) >= MIN_SIZE[0] and int(match[3]) >= MIN_SIZE[1]:
            found.append(match[1])
    return found


def is_painted(window: str) -> bool:
    """Whether a window is mapped and shows more than one colour."""
    told = subprocess.run(["xwininfo", "-id", window], capture_output=True, text=True, check=False).stdout
    if "IsViewable" not in told:
        return False
    picture = subprocess.run(["xwd", "-silent", "-id", window], capture_output=True, check=False).stdout
    pixels = picture[4096 + len(picture) % 4 :]
    return len({pixels[i : i + 4] for i in range(0, len(pixels) - 4, 4 * 997)}) > 4


def start(command: list[str], folder: Path) -> float:
    """Start a program, wait for its painted window, end it; return the seconds."""
    environment = {
        **os.environ, "HOME": str(folder), "POSEAPP_CONFIG_DIR": str(folder / "config"), "XDG_CONFIG_HOME": str(folder),
        "XDG_CACHE_HOME": str(folder / "cache"),
    }  # fmt: skip
    begun = time.monotonic()
    child = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        while time.monotonic() - begun < LIMIT_S:
            if any(is_painted(window) for window in windows()):
                return time.monotonic() - begun
            if child.poll() is not None:
                raise SystemExit(f"{command[0]} ended with {child.returncode} before its window was there")
            time.sleep(POLL_S)
        raise SystemExit(f"{command[0]}: no window within {LIMIT_S:.0f} s")
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        while windows():
            time.sleep(POLL_S)


def main() -> None:
    """Run what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("programs", nargs="*", metavar="NAME=PROGRAM")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--out", type=Path, help="also write the table here")
    words = parser.parse_args()
    os.environ["PYTHONPATH"] = ""
    script = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from poseapp.cli.main import main; sys.exit(main([]))"
    commands = {"PoseApp": [sys.executable, "-c", script]}
    commands |= {name: [program] for name, _, program in (word.partition("=") for word in words.programs)}
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory(prefix="poseapp-paint-") as folder:
        for name, command in commands.items():  # not counted: files are read from the disk the first time
            (Path(folder) / name).mkdir()
            start(command, Path(folder) / name)
        for _ in range(words.runs):
            for name, command in commands.items():
                seconds[name].append(start(command, Path(folder) / name))
                print(name, f"{seconds[name][-1]:.2f}", file=sys.stderr)
    load = os.getloadavg()[0]
    lines = [
        "# From start to the first painted window", "",
        f"`python bench/first_paint.py {' '.join(words.programs)}`, {os.cpu_count()} cores, load {load:.1f} at the end, Xvfb. "
        "All in one run, in turn, after one start of each that does not count.", "",
        "| program | median, s | each, s |", "|---|---|---|",
    ]  # fmt: skip
    for name, values in seconds.items():
        lines.append(
            f"| {name} | {statistics.median(values):.2f} | {', '.join(f'{v:.2f}' for v in values)} |"
        )
    text = "\n".join(lines) + "\n"
    print(text)
    if words.out:
        words.out.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
