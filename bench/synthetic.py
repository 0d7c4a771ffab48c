"""What drawn people are worth to a network: real photographs only, drawn people only, both; and how many.

    python bench/synthetic.py REAL DRAWN COCO OUT [--crops 150000] [--counts 500 2000 8000] [--only NAME...]

REAL holds ``train.json`` and ``val.json`` (LSP-Extended); DRAWN is a folder of ``poseapp synth``; COCO
is a COCO keypoints file of other photographs, to see how far what was learnt carries. Every network is
the same (`fpnpose_xs`, crops of 128 x 128, from random weights) and learns the same number of crops, by
``poseapp train``; ``poseapp evaluate … --boxes truth`` measures it. Runs already in OUT are not made again.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

RECIPE = """\
net = "fpnpose_xs"
init = "none"
input_size = [128, 128]
batch = 64
learning_rate = 0.002
weight_decay = 0.05
ema_decay = 0.998
val_fraction = 0.06
box_mode = "person"
patience = 0

[augmentation]
rotation_deg = 30
full_turn = 0.05
scale_min = 0.7
scale_max = 1.4
shift = 0.12
colour = 0.4
cutout = 0.4
blur = 0.2
negative = 0.03
"""
LIMBS = ("pck@0.2:limbs", "pck@0.1:limbs")


def poseapp(*words: str | Path) -> dict[str, Any]:
    """Run a command of this checkout; its JSON object."""
    argv = [sys.executable, "-P", "-m", "poseapp", *map(str, words), "--json"]
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, env=os.environ)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def first_pictures(labels: Path, count: int) -> Path:
    """The labels of the first pictures of a set, as a file beside it."""
    out = labels.with_name(f"{labels.stem}-first{count}.json")
    if not out.is_file():
        values = json.loads(labels.read_text(encoding="utf-8"))
        values["images"] = values["images"][:count]
        kept = {image["id"] for image in values["images"]}
        values["annotations"] = [a for a in values["annotations"] if a["image_id"] in kept]
        out.write_text(json.dumps(values), encoding="utf-8")
    return out


def num_people(labels: Path) -> int:
    """How many labelled people a set has."""
    values = json.loads(labels.read_text(encoding="utf-8"))
    return sum(a.get("num_keypoints", 0) >= 2 for a in values["annotations"])


def epochs(labels: Path, crops: float) -> str:
    """Passes over a set, less what is held out, that come to so many crops."""
    return str(max(1, round(crops / (num_people(labels) * 0.94))))


def measure(name: str, words: list[str | Path], options: argparse.Namespace) -> dict[str, Any]:
    """Train, unless that was done, and evaluate."""
    out = options.out / f"{name}.json"
    if out.is_file():
        known: dict[str, Any] = json.loads(out.read_text())
        return known
    run = options.out / name
    if (run / "spec.json").is_file():
        learnt = poseapp("train", run)
    else:
        learnt = poseapp("train", *words, "--recipe", options.out / "recipe.toml", "--out", run)
    result = {"epochs": learnt["epochs"], "images_per_second": learnt["images_per_second"]}
    for title, truth in (("lspet", options.real / "val.json"), ("coco", options.coco)):
        found = poseapp("evaluate", run, truth, "--metric", *LIMBS)
        result |= {f"{title} {metric}": found[metric] for metric in LIMBS}
    out.write_text(json.dumps(result))
    return result


def main() -> None:
    """Train, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("real", "drawn", "coco", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--crops", type=int, default=150_000)
    parser.add_argument("--counts", type=int, nargs="*", default=[500, 2000, 8000])
    parser.add_argument("--only", nargs="*", help="names of runs, to share them out among processes")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "recipe.toml").write_text(RECIPE)
    real, drawn, crops = options.real / "train.json", options.drawn / "lsp14.json", options.crops
    everything: list[str | Path] = [drawn, "--epochs", epochs(drawn, crops)]
    runs: dict[str, list[str | Path]] = {
        "real only": [real, "--epochs", epochs(real, crops)],
        "drawn only": everything,
        "both": [real, "--mix", drawn, "--mix-share", "0.5", "--epochs", epochs(real, crops / 2)],
    }
    for count in options.counts:
        part = first_pictures(drawn, count)
        runs[f"drawn {count}"] = [part, "--epochs", epochs(part, crops)]
    print("| learnt from | LSP val pck@0.2 | pck@0.1 | COCO pck@0.2 | pck@0.1 | epochs | crops a second |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, words in runs.items():
        if options.only and name not in options.only:
            continue
        r = measure(name, words, options)
        figures = [r[f"{title} {metric}"] for title in ("lspet", "coco") for metric in LIMBS]
        cells = [name, *(f"{figure:.3f}" for figure in figures)]
        print(
            "| " + " | ".join([*cells, f"{r['epochs']:.1f}", f"{r['images_per_second']:.0f}"]) + " |",
            flush=True,
        )


if __name__ == "__main__":
    main()
