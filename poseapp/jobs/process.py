"""Detached processes, and telling whether a process seen earlier is still the same one.

A pid alone proves nothing: systems hand the number of a dead process to the next one. Each process is
therefore remembered with an *identity*, a text made of its start time, which a recycled pid does not share.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

# Children of this process, by pid: polled so that a dead child leaves the process table (no zombies).
_children: dict[int, subprocess.Popen[bytes]] = {}


def python_argv(*words: str) -> list[str]:
    """Words that start this Python anew with nothing importable from the working folder.

    `-m` and `-c` alone put that folder first among the places modules come from: a file of a common name that
    lies beside somebody's videos would be run.
    """
    return [sys.executable, "-P", *words]


def start_detached(argv: list[str], log_path: Path, cwd: Path | None = None) -> int:
    """Start a process that outlives this one and its terminal.

    Args:
        argv: Program and arguments; no shell is involved.
        log_path: File that receives what the process writes to stdout and stderr, appended.
        cwd: Working folder of the process.

    Returns:
        The pid.

    Raises:
        OSError: the program cannot be started or the log cannot be opened.
    """
    with open(log_path, "ab") as log:
        if sys.platform == "win32":
            flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
            child = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=cwd, creationflags=flags
            )
        else:
            child = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=cwd, start_new_session=True
            )
    _children[child.pid] = child
    return child.pid


def reap(pid: int) -> None:
    """Let a dead child of this process leave the process table; does nothing for any other pid."""
    child = _children.get(pid)
    if child is not None and child.poll() is not None:
        del _children[pid]


def process_identity(pid: int) -> str | None:
    """Identity of a living process, or None when no such process lives (a zombie counts as dead)."""
    if pid <= 0:
        return None
    reap(pid)
    if sys.platform == "linux":
        return _identity_linux(pid)
    if sys.platform == "win32":
        return _identity_windows(pid)
    return _identity_ps(pid)


def is_same_process(pid: int, identity: str) -> bool:
    """Whether the process remembered as (pid, identity) still lives."""
    return bool(identity) and process_identity(pid) == identity


def kill_tree(pid: int) -> None:
    """Kill a detached process and what it started; a process that is gone already is no error."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(pid)], capture_output=True, check=False)
        return
    try:
        # Only a detached child leads its own group; killing another group could hit the caller's terminal.
        if os.getpgid(pid) == pid:
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _identity_linux(pid: int) -> str | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The command name in parentheses may hold spaces and parentheses: split after the last one.
    fields = stat[stat.rfind(")") + 2 :].split()
    state, start_ticks = fields[0], fields[19]
    if state in "ZXx":
        return None
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        boot = ""
    return f"{boot}:{start_ticks}"


def _identity_ps(pid: int) -> str | None:
    # lstart is in local words; C keeps it the same for every reader.
    result = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )
    state, _, started = result.stdout.strip().partition(" ")
    return None if not started or state.startswith("Z") else started.strip()


def _identity_windows(pid: int) -> str | None:
    if sys.platform != "win32":
        return None
    import ctypes
    from ctypes import wintypes

    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.OpenProcess.restype = wintypes.HANDLE
    handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
    if not handle:
        return None
    try:
        code = wintypes.DWORD()
        times = [wintypes.FILETIME() for _ in range(4)]
        still_active = 259
        if not kernel.GetExitCodeProcess(wintypes.HANDLE(handle), ctypes.byref(code)):
            return None
        if code.value != still_active:
            return None
        if not kernel.GetProcessTimes(wintypes.HANDLE(handle), *(ctypes.byref(t) for t in times)):
            return None
        return f"{times[0].dwHighDateTime}:{times[0].dwLowDateTime}"
    finally:
        kernel.CloseHandle(wintypes.HANDLE(handle))
