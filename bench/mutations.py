"""Read spoilt files of every kind: each gives a result or one line of a PoseError, and never anything else.

    python bench/mutations.py [--count 1000] [--only NAME ...] [--out bench/results/mutations.md]

Files are read in processes of their own with a limit of memory (RLIMIT_AS) and of time for each file; a
process that dies or hangs counts as crashed and the next goes on behind that file. The same numbers spoil in
the same way: `--only NAME --first N --count 1` repeats one. Prints a table; the exit status is 1 if anything
crashed.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import faulthandler
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.mutation_targets import Target, prepare, spoilt, targets  # noqa: E402
from poseapp.errors import PoseError  # noqa: E402
from poseapp.formats import FORMATS  # noqa: E402

ADDRESS_SPACE = 8 << 30
CASE_S = 20
MAX_LINE = 2000


@dataclass
class Tally:
    """What came of the spoilt files of one kind."""

    ok: int = 0
    refused: int = 0
    crashes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    slowest_s: float = 0.0

    @property
    def inputs(self) -> int:
        """How many files were read."""
        return self.ok + self.refused + len(self.crashes)


def peak_mb() -> float:
    """Highest memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def judge(target: Target, folder: Path) -> tuple[str, str]:
    """Use spoilt material once: "ok", "refused" or "crashed", and what was said."""
    before = peak_mb()
    try:
        target.use(_to_read(target, folder))
        outcome, said = "ok", ""
    except PoseError as error:
        outcome, said = "refused", str(error)
        if "\n" in said.strip() or not said.strip() or len(said) > MAX_LINE or "Traceback" in said:
            outcome, said = "crashed", f"not one line: {said[:300]!r}"
    except BaseException as error:
        where = traceback.extract_tb(error.__traceback__)
        mine = [f for f in where if "/poseapp/" in f.filename] or where
        spot = f"{Path(mine[-1].filename).name}:{mine[-1].lineno}" if mine else "?"
        outcome, said = "crashed", f"{type(error).__name__}: {str(error)[:200]} at {spot}"
    grown = peak_mb() - before
    if grown > target.limit_mb:
        outcome, said = "crashed", f"took {grown:.0f} MB"
    return outcome, said


def _to_read(target: Target, folder: Path) -> Path:
    """The folder of the material; of label formats the spoilt file, or the folder that it is in."""
    kind = FORMATS.get(target.name.removeprefix("format "))
    if kind is None:
        return folder
    spoilt_file = Path((folder / ".spoilt").read_text("utf-8"))
    return folder / (spoilt_file.parts[0] if kind.is_folder else spoilt_file)


def one_case(target: Target, whole: Path, number: int) -> tuple[str, str]:
    """Spoil and use material number `number`, in a folder that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="case-", dir=whole))
    try:
        path = spoilt(target, whole, folder, number)
        (folder / ".spoilt").write_text(path.relative_to(folder).as_posix(), "utf-8")
        return judge(target, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def check_whole(target: Target, whole: Path) -> None:
    """Make sure that what is to be spoilt could be used before: else everything would count as refused."""
    names = (whole / "files.txt").read_text("utf-8").splitlines()
    for name in names if target.name.startswith("format ") else names[:1]:
        (whole / "material" / ".spoilt").write_text(name, "utf-8")
        script = (
            f"import sys; sys.path.insert(0, {str(Path(__file__).resolve().parents[1])!r})\n"
            "from bench.mutations import *\n"
            f"print(*judge(targets()[{target.name!r}], Path({str(whole / 'material')!r})))\n"
            "sys.stdout.flush(); os._exit(0)"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
        if done.stdout.strip() != "ok":
            raise SystemExit(
                f"{target.name}: whole material is not usable: {done.stdout} {done.stderr[-2000:]}"
            )
        (whole / "material" / ".spoilt").unlink()


def work(target: Target, whole: Path, first: int, stop: int) -> None:
    """The reading process: a line for each file."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    lines = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8", errors="backslashreplace")
    # What libraries print is none of ours; where it hangs, faulthandler tells the place.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for number in range(first, stop):
        faulthandler.dump_traceback_later(CASE_S, exit=True)
        begun = time.perf_counter()
        outcome, said = one_case(target, whole, number)
        seconds = time.perf_counter() - begun
        lines.write(f"{number}\t{outcome}\t{seconds:.3f}\t{' '.join(said.split())[:400]}\n")
    faulthandler.cancel_dump_traceback_later()
    os._exit(0)


def campaign(target: Target, first: int, count: int) -> Tally:
    """Read `count` spoilt files of one kind in processes of their own."""
    tally, begun = Tally(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="poseapp-mutations-") as name:
        whole, number, stop = Path(name) / "whole", first, first + count
        prepare(target, whole)
        check_whole(target, whole)
        environment = {
            **os.environ,
            "POSEAPP_CONFIG_DIR": f"{name}/config",
            "POSEAPP_CACHE_DIR": f"{name}/cache",
        }
        while number < stop:
            words = [
                "--work",
                str(whole),
                "--only",
                target.name,
                "--first",
                str(number),
                "--count",
                str(stop - number),
            ]
            with (
                open(f"{name}/stderr", "w+b") as errors,
                subprocess.Popen(
                    [sys.executable, "-X", "faulthandler", __file__, *words], stdout=subprocess.PIPE, stderr=errors,
                    text=True, encoding="utf-8", env=environment,
                ) as child,
            ):  # fmt: skip
                assert child.stdout is not None
                for line in child.stdout:
                    number = _count(tally, line, target) + 1
                status = child.wait()
                if status or number < stop:
                    errors.seek(0)
                    said = errors.read().decode("utf-8", "replace")
                    tally.crashes.append(f"{target.name} {number}: ended with {status}: {_where(said)}")
                    number += 1
    tally.seconds = time.monotonic() - begun
    return tally


def _count(tally: Tally, line: str, target: Target) -> int:
    number, outcome, seconds, said = line.rstrip("\n").split("\t", 3)
    tally.slowest_s = max(tally.slowest_s, float(seconds))
    if outcome == "crashed":
        tally.crashes.append(f"{target.name} {number}: {said}")
    elif outcome == "ok":
        tally.ok += 1
    else:
        tally.refused += 1
    return int(number)


def _where(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    first = next((line for line in lines if "Timeout" in line or "Fatal" in line or "Error" in line), "")
    mine = [line for line in lines if "/poseapp/" in line][:3] or lines[-3:]
    return f"{first} {' < '.join(mine)}"[:500]


def report(tallies: dict[str, Tally]) -> str:
    """The table."""
    lines = [
        "# Spoilt files", "", f"`python bench/mutations.py`, {os.cpu_count()} cores. A file is read in a process with "
        f"{ADDRESS_SPACE >> 30} GiB of address space and {CASE_S} s; ok: it could be used all the same; refused: one line "
        "of a PoseError; crashed: any other exception, a death, a hang, or too much memory.", "",
        "| kind | inputs | ok | refused | crashed | slowest, s | seconds in all |", "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for name, t in tallies.items():
        cells = (name, t.inputs, t.ok, t.refused, len(t.crashes), f"{t.slowest_s:.2f}", f"{t.seconds:.0f}")
        lines.append(f"| {' | '.join(map(str, cells))} |")
    total = (sum(t.inputs for t in tallies.values()), sum(len(t.crashes) for t in tallies.values()))
    lines += ["", f"In all {total[0]:,} inputs, {total[1]} crashed."]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=1000, help="files of each kind")
    parser.add_argument("--first", type=int, default=0, help="number of the first")
    parser.add_argument("--only", nargs="+", help="these kinds; a part of the name will do")
    parser.add_argument("--out", type=Path, help="also write the table here")
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    words = parser.parse_args()
    kinds = targets()
    if words.work:
        work(kinds[words.only[0]], words.work, words.first, words.first + words.count)
    chosen = {n: t for n, t in kinds.items() if not words.only or any(part in n for part in words.only)}
    tallies = {}
    for name, target in chosen.items():
        tallies[name] = campaign(target, words.first, words.count)
        kinds_of = collections.Counter(line.split(": ", 1)[1] for line in tallies[name].crashes)
        print(f"{name}: {tallies[name].inputs} inputs, {len(tallies[name].crashes)} crashed", file=sys.stderr)
        for said, times in kinds_of.most_common(12):
            example = next(line for line in tallies[name].crashes if line.endswith(said)).split(": ")[0]
            print(f"   {times} x {said}   ({example})", file=sys.stderr)
    text = report(tallies)
    print(text)
    if words.out:
        with contextlib.suppress(FileExistsError):
            words.out.parent.mkdir(parents=True)
        words.out.write_text(text, "utf-8")
    return int(any(t.crashes for t in tallies.values()))


if __name__ == "__main__":
    sys.exit(main())
