"""Learning from few labels: train for some minutes on a small set, measure on its test part.

    python bench/few_labels.py DATA [--sets openfield mirror_mouse] [--minutes 3] [--seeds 1]

DATA holds a folder a set with ``train.json`` and ``test.json`` (COCO keypoints). Training and evaluation
are the commands
``poseapp train DATA/SET/train.json --minutes M`` and ``poseapp evaluate RUN DATA/SET/test.json --boxes
frame``. Printed beside them: what sleap-nn 0.3.5 reached on such a machine with its own settings for a CPU.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

# Mean px, median px, share within 5 px, missing points; minutes of training.
SLEAP_NN = {
    "openfield": [(2, 9.7, 4.9, 0.51, 0), (5, 4.9, 3.2, 0.73, 3), (8, 4.3, 2.8, 0.85, 3)],
    "mirror_mouse": [(2, 12.8, 3.9, 0.45, 73), (5, 9.9, 3.3, 0.65, 33), (5, 19.9, 3.5, 0.66, 0)],
}
METRICS = ("mean_px", "median_px", "within@5px", "missing")


def poseapp(*words: str | Path) -> dict[str, object]:
    """Run a command of this checkout; its JSON object."""
    argv = [sys.executable, "-m", "poseapp", *map(str, words), "--json"]
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, env=os.environ)
    result: dict[str, object] = json.loads(done.stdout)
    return result


def main() -> None:
    """Train, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--sets", nargs="+", default=list(SLEAP_NN))
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args()
    print("| set | network | minutes | mean px | median px | within 5 px | missing | images a second |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    for name in options.sets:
        for seed in range(options.seeds):
            with tempfile.TemporaryDirectory() as folder:
                recipe = Path(folder) / "recipe.toml"
                recipe.write_text(f"seed = {seed}\n")
                run = Path(folder) / "run"
                train = options.data / name / "train.json"
                learnt = poseapp(
                    "train", train, "--minutes", str(options.minutes), "--recipe", recipe, "--out", run
                )
                test = options.data / name / "test.json"
                measured = poseapp("evaluate", run, test, "--boxes", "frame", "--metric", *METRICS)
            mean, median, within, missing = (measured[metric] for metric in METRICS)
            who = f"PoseApp, seed {seed} | {options.minutes:g}"
            errors = f"{mean:.2f} | {median:.2f} | {within:.2f} | {missing}"
            print(f"| {name} | {who} | {errors} | {learnt['images_per_second']} |", flush=True)
        for minutes, mean, median, within, missing in SLEAP_NN.get(name, []):
            print(f"| {name} | sleap-nn 0.3.5 | {minutes} | {mean} | {median} | {within} | {missing} | |")


if __name__ == "__main__":
    main()
