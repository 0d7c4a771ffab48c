"""A screen for windows where there is none: Xvfb on a free display. Standard library only."""

import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

SCREEN = "1440x900x24"


def has_screen(env: Mapping[str, str] | None = None) -> bool:
    """Whether windows can be shown: always assumed on Windows and macOS, by environment elsewhere."""
    env = os.environ if env is None else env
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"))


@contextmanager
def virtual_screen() -> Iterator[str | None]:
    """Run Xvfb for the length of the block.

    Yields:
        The display's name, such as ":3", or None where Xvfb is not installed or does not start.
    """
    xvfb = shutil.which("Xvfb")
    if xvfb is None:
        yield None
        return
    read_end, write_end = os.pipe()
    # -displayfd lets the server itself pick a free display, so two at once cannot collide.
    server = subprocess.Popen(
        [xvfb, "-displayfd", str(write_end), "-screen", "0", SCREEN, "+extension", "GLX", "-nolisten", "tcp"],
        pass_fds=(write_end,),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    try:
        yield _read_display(read_end)
    finally:
        os.close(read_end)
        server.terminate()
        server.wait()


def _read_display(read_end: int, timeout_s: float = 20.0) -> str | None:
    ready, _, _ = select.select([read_end], [], [], timeout_s)
    number = os.read(read_end, 16).decode("ascii").strip() if ready else ""
    return f":{number}" if number.isdigit() else None
