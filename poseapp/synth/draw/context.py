"""An OpenGL context without a window: a GPU's, or Mesa's software renderer (llvmpipe)."""

import os
from pathlib import Path
from typing import Any

import moderngl

from poseapp.errors import SynthError

_GPU_NODES = ("/dev/dri", "/dev/nvidiactl", "/dev/dxg")


def open_context(backend: str | None = None) -> moderngl.Context:
    """Open an OpenGL 3.3 context that draws off-screen.

    EGL comes first, then what the system has by default. On a machine with neither display nor GPU,
    ``EGL_PLATFORM`` is set to "surfaceless" unless it says something else: Mesa needs it there.

    llvmpipe reads ``LP_NUM_THREADS`` when the context opens. Small pictures gain nothing from several threads
    (256 pixels: none from two), and data sets are drawn by several processes, so 1 is the default here. A
    process that draws one large picture at a time may set more before (768 pixels: 140 ms with 1, 92 with 2).

    Args:
        backend: A backend of `glcontext` ("egl", "x11"), or None for the order above.

    Raises:
        SynthError: There is no OpenGL 3.3.
    """
    os.environ.setdefault("LP_NUM_THREADS", "1")
    attempts: list[tuple[str | None, str | None]] = [(backend, None)]
    if backend is None:
        bare = not _has_display() and not any(Path(node).exists() for node in _GPU_NODES)
        attempts = [("egl", "surfaceless")] if bare else [("egl", None), ("egl", "surfaceless")]
        attempts.append((None, None))
    reason = ""
    for name, platform in attempts:
        try:
            return _create(name, platform)
        except Exception as error:  # noqa: BLE001 (each backend fails in its own way: OSError, ImportError, ValueError)
            reason = reason or (str(error).strip().splitlines() or [type(error).__name__])[0]
    raise SynthError(
        f"no OpenGL 3.3 to draw with ({reason}); install Mesa's EGL, on Debian and Ubuntu: "
        "apt install libegl1 libgl1-mesa-dri"
    )


def _has_display() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")) or os.name == "nt"


def _create(backend: str | None, platform: str | None) -> moderngl.Context:
    set_here = platform is not None and "EGL_PLATFORM" not in os.environ
    if set_here:
        os.environ["EGL_PLATFORM"] = platform or ""
    try:
        chosen: dict[str, Any] = {} if backend is None else {"backend": backend}
        return moderngl.create_context(standalone=True, require=330, **chosen)
    except Exception:
        if set_here:
            del os.environ["EGL_PLATFORM"]
        raise
