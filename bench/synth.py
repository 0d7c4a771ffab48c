"""Synthetic people: how fast they are drawn, and how true their truth is.

    python bench/synth.py [--count 60] [--size 256] [--keypoints 1000] [--skip-speed] [--only-stages]

Speed: processor time of one core a scene by stage, with the same people in several scenes and with new ones
in each; data sets of COUNT scenes by 1 and 2 worker processes, with and without dense maps, start of the
workers left out. Truth: visibility by the renderer's depth against exact rays on KEYPOINTS random keypoints
inside pictures, through the keypoint itself and through its pixel's centre; depth layers against the nearest
and farthest hits of rays with each person's triangles; reprojection of the stored 3D keypoints through the
stored camera onto the stored 2D ones.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import cv2
import h5py
import numpy as np

from poseapp.geometry.meshes import first_hits, last_hits
from poseapp.synth.draw.mesh import Mesh
from poseapp.synth.scene.photography import photograph
from poseapp.synth.scene.scene import Moment, sample_scene
from poseapp.synth.scene.streams import stream
from poseapp.synth.settings import SynthSettings
from poseapp.synth.truth.check import visibility_by_rays
from poseapp.synth.truth.generate import generate
from poseapp.synth.truth.landmarks import SKELETONS
from poseapp.synth.truth.person import PersonTruth, person_truth
from poseapp.synth.truth.records import records_of
from poseapp.synth.truth.sample import make_sample, make_training_sample, studio

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--count", type=int, default=60)
parser.add_argument("--size", type=int, default=256)
parser.add_argument("--keypoints", type=int, default=1000)
parser.add_argument("--skip-speed", action="store_true")
parser.add_argument("--only-stages", action="store_true", help="on a machine that does other things too")
SEED = 20


class Stages:
    """Processor seconds by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Time what stands inside."""
        start = time.process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - start


def speed(settings: SynthSettings, workers: int, count: int) -> tuple[float, float]:
    """Pictures a second after the first, and kilobytes a picture on the disk."""
    told: list[tuple[float, int]] = []
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "set"
        generate(
            out, settings, count, SEED, workers, lambda done, *_: told.append((time.perf_counter(), done))
        )
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    begun = [entry for entry in told if entry[1] >= 2 * workers]
    return (begun[-1][1] - begun[0][1]) / (begun[-1][0] - begun[0][0]), size / count / 1024


def stages(settings: SynthSettings, count: int) -> dict[str, float]:
    """Milliseconds of one core a scene."""
    place, clock = studio(), Stages()
    make_sample(settings, SEED, 0)
    for index in range(1, count + 1):
        with clock("people, poses, places"):
            scene = sample_scene(place.model, settings, SEED, index)
        with clock("meshes and background"):
            moment = scene.at(0.0)
        with clock("drawing and camera effects"):
            photo = photograph(moment, 0, place.renderer, settings, stream(SEED, index, "film", 1000))
        with clock("keypoints, visibility, boxes"):
            for number, (_, posed) in enumerate(moment.people, start=1):
                own = own_meshes(moment, number)
                person_truth(number, posed, own, moment.cameras[0], photo.buffers, place.landmarks)
        with clock("depth layers"):
            for number in range(1, len(moment.people) + 1):
                place.renderer.depth_layers(own_meshes(moment, number), moment.cameras[0])
        sample = make_sample(settings, SEED, index)
        with clock("encoding for the disk"):
            records_of(sample, dense=True, png=False)
    return {name: 1000 * seconds / count for name, seconds in clock.seconds.items()}


def training(settings: SynthSettings, count: int) -> float:
    """Milliseconds of one core a picture that is learnt from at once."""
    make_training_sample(settings, SEED, 0, "halpe26")
    start = time.process_time()
    for index in range(count, 2 * count):
        make_training_sample(settings, SEED, index, "halpe26")
    return 1000 * (time.process_time() - start) / count


def own_meshes(moment: Moment, number: int) -> list[Mesh]:
    """Meshes of one person."""
    return [mesh for mesh in moment.meshes if mesh.instance == number]


def people_of(settings: SynthSettings) -> Iterator[tuple[PersonTruth, list[Mesh], Moment]]:
    """People of scene after scene, as drawn."""
    place = studio()
    for index in range(10_000):
        moment = sample_scene(place.model, settings, SEED, index).at(0.0)
        for person in make_sample(settings, SEED, index).people:
            yield person, moment.meshes, moment


def visibility(settings: SynthSettings, wanted: int) -> None:
    """Print how often depth and rays agree."""
    rng = np.random.default_rng(SEED)
    names: list[str] = []
    agree, centred = [], []
    for person, meshes, _ in people_of(settings):
        inside = np.flatnonzero(person.visibility > 0)
        rows = rng.choice(inside, min(len(inside), 8), replace=False)
        names += [person.landmarks.names[row] for row in rows]
        said = person.visibility[rows]
        agree += (visibility_by_rays(person, meshes, rows) == said).tolist()
        centred += (visibility_by_rays(person, meshes, rows, pixel_centres=True) == said).tolist()
        if len(agree) >= wanted:
            break
    hands = np.array([name.startswith("hand/") for name in names])
    print(f"\nvisibility by depth test against rays, {len(agree)} random keypoints inside pictures")
    for title, chosen in (("all", hands | True), ("body", ~hands), ("fingers", hands)):
        exact, pixel = (100 * np.array(flags)[chosen].mean() for flags in (agree, centred))
        print(f"  {title:8} {chosen.sum():5}  keypoint {exact:6.2f} %  its pixel's centre {pixel:6.2f} %")


def depth(settings: SynthSettings, people: int = 24, pixels: int = 60) -> None:
    """Print how far depth layers are from the triangles."""
    rng = np.random.default_rng(SEED)
    errors: dict[str, list[float]] = {"visible": [], "hidden": []}
    violations = covered = 0
    for done, (person, _, moment) in enumerate(people_of(settings)):
        if done >= people:
            break
        assert person.visible_depth is not None and person.hidden_depth is not None
        there = np.argwhere(np.isfinite(person.visible_depth))
        covered += len(there)
        violations += int((person.visible_depth > person.hidden_depth).sum())
        chosen = there[rng.choice(len(there), min(pixels, len(there)), replace=False)]
        rays, origin = person.camera.rays(chosen[:, ::-1].astype(np.float64)), person.camera.position
        meshes = own_meshes(moment, person.number)
        starts = np.cumsum([0, *[len(mesh.vertices) for mesh in meshes]])
        vertices = np.concatenate([mesh.vertices for mesh in meshes])
        faces = np.concatenate([m.faces + s for m, s in zip(meshes, starts[:-1], strict=True)])
        maps: list[tuple[str, np.ndarray, Callable[..., tuple[np.ndarray, np.ndarray]]]] = [
            ("visible", person.visible_depth, first_hits), ("hidden", person.hidden_depth, last_hits),
        ]  # fmt: skip
        for name, layer, hits in maps:
            exact, _ = hits(origin, rays, vertices, faces)
            errors[name] += (1000 * np.abs(layer[tuple(chosen.T)] - exact)).tolist()
    print(f"\ndepth layers of {people} people: visible > hidden in {violations} of {covered} pixels")
    for name, values in errors.items():
        found = np.array(values)
        print(
            f"  {name:8} against the mesh: median {np.median(found):.4f} mm, "
            f"within 1 mm {100 * (found < 1).mean():.2f} % of {len(found)} pixels"
        )


def reprojection(settings: SynthSettings, count: int) -> None:
    """Print how exactly what is stored fits together."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "set"
        generate(out, settings, count, SEED, 2)
        print(f"\nstored 3D through the stored camera against stored 2D, {count} scenes: largest error, px")
        for name in SKELETONS:
            document = json.loads((out / f"{name}.json").read_text())
            cameras = {image["id"]: np.array(image["camera"]["intrinsics"]) for image in document["images"]}
            worst = points = 0
            for annotation in document["annotations"]:
                flat = np.array(annotation["keypoints_3d"]) @ cameras[annotation["image_id"]].T
                triples = np.array(annotation["keypoints"]).reshape(-1, 3)
                labelled = triples[:, 2] > 0
                error = np.abs(flat[:, :2] / flat[:, 2:] - triples[:, :2])[labelled]
                worst, points = max(worst, error.max(initial=0)), points + int(labelled.sum())
            print(f"  {name:8} {worst:.4f}  ({points} keypoints)")
        with h5py.File(out / "truth.h5") as file:
            maps = file["people/visible_depth"][:], file["people/hidden_depth"][:]
            print(f"stored maps: visible > hidden in {(maps[0] > maps[1]).sum()} pixels")


def main() -> None:
    """Measure and print tables."""
    words = parser.parse_args()
    os.environ.setdefault("LP_NUM_THREADS", "1")
    cv2.setNumThreads(1)
    dense = SynthSettings(width=words.size, height=words.size)
    sparse = SynthSettings(width=words.size, height=words.size, dense=False)
    print(f"{words.size} x {words.size}, drawn by {studio().renderer.info}")
    if not words.skip_speed:
        several, new = stages(dense, words.count), stages(replace(dense, pictures_per_look=1), words.count)
        print(f"\n{'ms of one core a scene':30} {dense.pictures_per_look} a look  1 a look")
        for name, value in several.items():
            print(f"{name:30} {value:8.1f}  {new[name]:8.1f}")
        print(f"{'all, as in a data set':30} {sum(several.values()):8.1f}  {sum(new.values()):8.1f}")
        trained = [
            training(replace(sparse, pictures_per_look=n), words.count) for n in (dense.pictures_per_look, 1)
        ]
        print(f"{'all, as for a training':30} {trained[0]:8.1f}  {trained[1]:8.1f}")
    if words.only_stages:
        return
    if not words.skip_speed:
        print("\nworkers  maps    pictures/s  kB a picture")
        for workers in (1, 2):
            for title, settings in (("sparse", sparse), ("dense", dense)):
                rate, size = speed(settings, workers, words.count)
                print(f"{workers:7}  {title:6}  {rate:10.1f}  {size:12.0f}")
    visibility(sparse, words.keypoints)
    depth(dense)
    reprojection(dense, 20)


if __name__ == "__main__":
    main()
