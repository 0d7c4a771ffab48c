"""Compare frame access of PoseApp with OpenCV, decord, torchcodec and sleap-io in one run.

    pip install decord torchcodec sleap-io      # those that cannot be imported are left out
    python bench/video.py [--quick] [--out bench/results/video.md]

Each measurement runs in a process of its own, so that peak memory is its own and a reader that hangs
is stopped. Prints Markdown: frame identity, latency, scrubbing, and the budgets of the design.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.clips import HD_FRAMES, clips_dir, hd_clip, long_clips  # noqa: E402
from bench.readers import READERS, PoseAppServer, Reader  # noqa: E402
from tests.video.clips import CLIPS, number_of  # noqa: E402

EXACT = [
    "h264_gop250.mp4",
    "h264_open_gop.mp4",
    "h264_open_gop.ts",
    "hevc.mp4",
    "vp9.webm",
    "vfr.mp4",
    "edit_list.mp4",
    "offset.mkv",
]
SECONDS = 120  # limit of one measurement


def identity(name: str, quick: bool) -> dict[str, object]:
    """Count frames that carry another number than their own, over the clips of the test suite."""
    make = READERS[name][0]
    wrong, failed, drawn = {}, [], 0
    for clip in (clip for clip in CLIPS if clip.name in EXACT):
        path = clips_dir() / clip.name
        try:
            reader = make(path)
            if len(reader) != len(clip.numbers):
                failed.append(f"{clip.name} (counts {len(reader)} of {len(clip.numbers)})")
            draws = np.random.default_rng(1).integers(0, len(clip.numbers), 8 if quick else 25)
            bad = 0
            for k in map(int, draws):
                drawn += 1
                bad += number_of(np.asarray(reader.get(k))) != clip.numbers[k]
            if bad:
                wrong[clip.name] = f"{bad} of {len(draws)}"
        except Exception as error:  # noqa: BLE001 - another program's reader may raise anything
            failed.append(f"{clip.name} ({type(error).__name__})")
    return {"wrong": wrong, "failed": failed, "drawn": drawn}


def _timed(calls: Sequence[Callable[[], object]]) -> list[float]:
    taken = []
    for call in calls:
        begun = time.perf_counter()
        call()
        taken.append((time.perf_counter() - begun) * 1e3)
    return taken


def latency(name: str, quick: bool) -> dict[str, object]:
    """Random access, single steps back and forward reading of the HD clip, in milliseconds."""
    rng = np.random.default_rng(2)
    reader = READERS[name][0](hd_clip())
    draws = map(int, rng.integers(0, HD_FRAMES, 12 if quick else 40))
    random = _timed([partial(reader.get, k) for k in draws])
    back: list[float] = []
    starts, steps = (2, 20) if quick else (4, 40)
    for start in map(int, rng.integers(100, HD_FRAMES, starts)):
        reader.get(start)
        time.sleep(1.0)  # a person looks before stepping on; reading ahead is not counted for anybody
        back += _timed([partial(reader.get, k) for k in range(start - 1, start - steps, -1)])
    reader.get(500)
    count = 100 if quick else 300
    forward = sum(_timed([partial(reader.get, k) for k in range(501, 501 + count)])) / count
    return {"random": _spread(random), "back": _spread(back), "forward": forward}


def _spread(values: list[float]) -> list[float]:
    return [float(np.median(values)), float(np.percentile(values, 95))]


def scrub(name: str, quick: bool) -> dict[str, object]:
    """Frames shown a second while a key is held at 30 Hz and while the timeline is dragged."""
    seconds = 2.0 if quick else 4.0
    server = PoseAppServer(hd_clip(), proxy_bytes=128 << 20) if name == "PoseApp FrameServer" else None
    reader = None if server else READERS[name][0](hd_clip())
    result: dict[str, object] = {}
    if server is not None:
        begun = time.perf_counter()
        while server.server.stats.proxy_share < 1:
            time.sleep(0.1)
        result["proxies_seconds"] = time.perf_counter() - begun
    get = server.get if server else reader.get
    for key, start, step in (("left", 740, -1), ("right", 800, 1)):
        get(start)
        time.sleep(1.5)  # a person looks before stepping on
        held = [start + step * number for number in range(int(30 * seconds))]
        result[key] = _play(server, reader, held, drag=False)
    across = np.linspace(0.1, 0.9, 90) * HD_FRAMES
    result["drag"] = _play(server, reader, [int(k) for k in across], drag=True)
    return result


def _play(server: PoseAppServer | None, reader: Reader, wanted: list[int], *, drag: bool) -> float:
    """Ask for 30 frames a second and return how many different ones were shown a second."""
    shown: set[int] = set()
    seconds = len(wanted) / 30
    begun = time.perf_counter()
    asked = -1
    while (now := time.perf_counter() - begun) < seconds:
        k = wanted[min(int(now * 30), len(wanted) - 1)]
        if k != asked:
            asked = k
            if server is None:
                reader.get(k)
                shown.add(k)
            else:
                (server.server.scrub if drag else server.server.request)(k)
        if server is None:
            time.sleep(0.0005)
            continue
        time.sleep(0.002)
        while not server.shown.empty():
            shown.add(server.shown.get().frame_idx)
    return len(shown) / seconds


def opening(name: str, quick: bool) -> dict[str, object]:
    """Seconds from opening two hours of video to the first frame."""
    result: dict[str, object] = {}
    make = READERS[name][0]
    make(hd_clip()).get(0)  # imports are not counted
    for path in long_clips():
        kind = path.suffix[1:]
        begun = time.perf_counter()
        reader = make(path)  # the server's has its first frame here
        if not isinstance(reader, PoseAppServer):
            reader.get(0)
        result[kind] = time.perf_counter() - begun
        frames = len(reader)
        result[kind + "_index"] = time.perf_counter() - begun
        draws = np.random.default_rng(4).integers(0, frames - 30, 8 if quick else 30)
        result[kind + "_random"] = _spread(_timed([partial(reader.get, int(k)) for k in draws]))
    return result


PARTS = {"identity": identity, "latency": latency, "scrub": scrub, "opening": opening}


def measure(part: str, name: str, quick: bool) -> dict[str, object] | None:
    """Run one part for one reader in a process of its own."""
    command = [sys.executable, __file__, "--part", part, "--reader", name, *(["--quick"] if quick else [])]
    print(f"{part}: {name}", file=sys.stderr)
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True)
    except subprocess.TimeoutExpired:
        return {"error": f"stopped after {SECONDS} s"}
    except subprocess.CalledProcessError as error:
        return {"error": (error.stderr.strip().splitlines() or [f"status {error.returncode}"])[-1][:80]}
    return json.loads(done.stdout.splitlines()[-1])


def report(found: dict[str, dict[str, dict]], quick: bool) -> str:
    """Return the Markdown tables."""
    command = "python bench/video.py" + (" --quick" if quick else "")
    load = f"load {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    machine = f"{os.cpu_count()} cores, {load}"
    lines = ["# Video access", "", f"`{command}`, {machine}; read ratios, not times.", ""]
    lines += ["| reader | frames of another number or failure |", "|---|---|"]
    for name, parts in found.items():
        part = parts["identity"]
        bad = [f"{clip}: {count} wrong" for clip, count in part.get("wrong", {}).items()]
        bad += part.get("failed", []) + ([part["error"]] if "error" in part else [])
        lines.append(f"| {name} | {'; '.join(bad) or 'none of ' + str(part['drawn'])} |")
    lines += ["", "1080p H.264, groups of 250, B-frames, 1,800 frames; ms, median / p95:", ""]
    lines += ["| reader | random | step back | forward | peak MB |", "|---|---|---|---|---|"]
    for name, parts in found.items():
        part = parts["latency"]
        if "error" in part:
            lines.append(f"| {name} | {part['error']} | | | |")
            continue
        cells = [" / ".join(f"{value:.1f}" for value in part[key]) for key in ("random", "back")]
        lines.append(f"| {name} | {' | '.join(cells)} | {part['forward']:.1f} | {part['peak_mb']:.0f} |")
    lines += ["", "Frames shown a second (30 asked):", ""]
    lines += ["| reader | hold ← | hold → | drag |", "|---|---|---|---|"]
    for name in ("PoseApp FrameServer", "OpenCV"):
        part = found[name]["scrub"]
        cells = part.get("error") or " | ".join(f"{part[key]:.1f}" for key in ("left", "right", "drag"))
        lines.append(f"| {name} | {cells} |")
    lines += ["", "Two hours at 640 x 360, seconds from opening to the first frame:", ""]
    lines += ["| reader | MP4 | Matroska |", "|---|---|---|"]
    for name, parts in found.items():
        part = parts["opening"]
        cells = part.get("error") or f"{part['mp4']:.2f} | {part['mkv']:.2f}"
        lines.append(f"| {name} | {cells} |")
    return "\n".join(lines + ["", *budgets(found)]) + "\n"


def budgets(found: dict[str, dict[str, dict]]) -> list[str]:
    """Return the table of budgets beside what was measured."""
    own, server, opencv = (found[name] for name in ("PoseApp open_video", "PoseApp FrameServer", "OpenCV"))
    rivals = {name: parts["latency"]["random"][0] for name, parts in found.items()
              if "PoseApp" not in name and "error" not in parts["latency"]}  # fmt: skip
    best = min(rivals, key=rivals.__getitem__)
    ratio = server["latency"]["back"][1] / opencv["latency"]["back"][1]
    clean = not (own["identity"]["wrong"] or own["identity"]["failed"])
    scrubbed, opened = server["scrub"], server["opening"]
    own_random, served_random = own["latency"]["random"][0], server["latency"]["random"][0]
    rows = [
        ("frame identity", "no wrong frame", "none wrong" if clean else "see above", clean),
        ("one step back, p95 to OpenCV's", "at most 0.1", f"{ratio:.3f}", ratio <= 0.1),
        ("holding ←, frames a second", "at least 29", f"{scrubbed['left']:.1f}", scrubbed["left"] >= 29),
        ("dragging, frames a second", "at least 29", f"{scrubbed['drag']:.1f}", scrubbed["drag"] >= 29),
        ("random seek, median ms", f"at most {rivals[best]:.0f} ({best})",
         f"{own_random:.0f}, FrameServer {served_random:.0f}",
         max(own_random, served_random) <= rivals[best]),
        ("first frame of 2 h", "under 1 s", f"MP4 {opened['mp4']:.2f}, Matroska {opened['mkv']:.2f}",
         max(opened["mp4"], opened["mkv"]) < 1),
    ]  # fmt: skip
    lines = ["| budget | asked | measured | |", "|---|---|---|---|"]
    for what, asked, measured, met in rows:
        lines.append(f"| {what} | {asked} | {measured} | {'met' if met else 'missed'} |")
    index = ", ".join(f"{kind} {opened[kind + '_index']:.2f} s" for kind in ("mp4", "mkv"))
    proxies = scrubbed["proxies_seconds"]
    return [*lines, "", f"Index of 2 h: {index}; proxies of the 1080p clip: {proxies:.0f} s."]


def _importable(module: str) -> bool:
    """Try in another process: some packages are installed but miss libraries."""
    command = [sys.executable, "-c", f"import {module}"]
    return subprocess.run(command, capture_output=True).returncode == 0


def main() -> None:
    """Run what the command line says."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--quick", action="store_true", help="fewer draws")
    parser.add_argument("--out", type=Path, help="also write the tables here")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--reader", choices=READERS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        result = PARTS[options.part](options.reader, options.quick)
        result["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(result), flush=True)
        os._exit(0)  # some readers hang on the way out
    print("making clips", file=sys.stderr)
    hd_clip()
    long_clips()
    for clip in (clip for clip in CLIPS if clip.name in EXACT and not (clips_dir() / clip.name).exists()):
        clip.make(clips_dir() / clip.name)
    found: dict[str, dict[str, dict]] = {}
    for name, (_, module) in READERS.items():
        if not _importable(module):
            print(f"left out, cannot be imported: {name}", file=sys.stderr)
            continue
        parts = [part for part in PARTS if part != "scrub" or name in ("PoseApp FrameServer", "OpenCV")]
        found[name] = {part: measure(part, name, options.quick) for part in parts}
    text = report(found, options.quick)
    print(text)
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(text)


if __name__ == "__main__":
    main()
