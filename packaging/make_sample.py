"""Draw the two sample clips: `python packaging/make_sample.py [--out resources/sample] [--only clip|cross]`.

Writes for each of them a video, COCO keypoints in the skeletons of `SKELETONS`, and HDF5 with everything in
three dimensions (layout: resources/sample/README.md). The same program on the same machine makes the same
files, but for the time in HDF5's header. Needs `poseapp[synth]`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import av
import cv2
import h5py
import numpy as np
from numpy.typing import NDArray

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent)]

from sample_places import Place, hall, park  # noqa: E402

from poseapp.geometry.cameras import Camera  # noqa: E402
from poseapp.paths import resources_dir  # noqa: E402
from poseapp.synth.body.model import BodyModel, PosedBody  # noqa: E402
from poseapp.synth.body.phenotypes import Phenotype  # noqa: E402
from poseapp.synth.draw.mesh import Mesh  # noqa: E402
from poseapp.synth.look.person import Person  # noqa: E402
from poseapp.synth.motion.choreography import Step, choreograph, joined  # noqa: E402
from poseapp.synth.motion.gait import go  # noqa: E402
from poseapp.synth.scene.actors import Actor  # noqa: E402
from poseapp.synth.scene.clip import Course  # noqa: E402
from poseapp.synth.scene.film import Film  # noqa: E402
from poseapp.synth.scene.scene import Scene  # noqa: E402
from poseapp.synth.settings import SynthSettings  # noqa: E402
from poseapp.synth.truth.landmarks import BODY_SKELETONS, skeleton  # noqa: E402
from poseapp.synth.truth.records import PHENOTYPE  # noqa: E402
from poseapp.synth.truth.sample import SynthSample, View, studio, taken  # noqa: E402

WIDTH, HEIGHT, FPS = 640, 360, 25
SKELETONS = ("halpe26", "lsp14")
DEPTH_STEP_M = 1e-3
EVERY = 2  # maps hold every second pixel of every second row
SETTINGS = SynthSettings(width=WIDTH, height=HEIGHT, noise=0.35, compression=0.0)
Seen = tuple[
    tuple[float, float, float], tuple[float, float, float], float
]  # eye, target; focal length in pixels

DEEDS = (
    Step("at_ease", 0.0, 0.05),
    Step("waving", 0.6, 0.3, turn_deg=-45),
    Step("picking_up", 0.75, 0.1, turn_deg=35),
    Step("serve", 0.7, 0.05, turn_deg=-80),
    Step("serve_hit", 0.35, 0.1, turn_deg=25),
    Step("star_jump", 0.62, turn_deg=10),
    Step("kick_back", 0.55, turn_deg=-60),
    Step("kick_ball", 0.35, 0.1),
    Step("warrior", 0.6, 0.25, turn_deg=40, mirror=True),
    Step("cheering", 0.7, 0.5, turn_deg=25),
)


@dataclass(frozen=True)
class Script:
    """One of the clips.

    Attributes:
        name: Of its files.
        frames: How many.
        scene: Makes it.
        about: What is seen.
    """

    name: str
    frames: int
    scene: Callable[[BodyModel], Scene]
    about: str


def sports_hall(model: BodyModel) -> Scene:
    """One person walks into a sports hall, waves, picks something up, serves, jumps, kicks and lunges."""
    person = Person.dressed(
        model, model.shape(Phenotype(gender=0.9, age=0.62, muscle=0.62, weight=0.42, height=0.6)), "running",
        ["socks", "cycling shorts", "running shirt"], "trainers", np.random.default_rng(5), SETTINGS,
    )  # fmt: skip
    rng = np.random.default_rng(3)
    walk = go(model, person.shaped, rng, 2.6, "walk", "everyday")
    motion = joined(model, person.shaped, [walk, choreograph(model, person.shaped, rng, DEEDS, "sport")])
    course = Course(motion, turn_rad=np.radians(68), shift=(-2.0, 0.0, -0.6))
    return staged(
        model, [(person, course)], hall(np.random.default_rng(1)), ((0.9, 1.5, 5.4), (0.05, 0.98, 0.0), 640.0)
    )


def park_path(model: BodyModel) -> Scene:
    """A woman walks through a park; a man runs round her, behind her first, then in front."""
    rng = np.random.default_rng(28)
    shape = model.shape(Phenotype(gender=0.9, age=0.65, muscle=0.5, weight=0.45, height=0.45))
    names = ["socks", "leggings", "blouse"]
    woman = Person.dressed(model, shape, "casual hers", names, "sneakers", rng, SETTINGS)
    walk = Course(
        go(model, woman.shaped, np.random.default_rng(0), 6.2, "walk", "everyday"), turn_rad=-np.pi / 2
    )
    track = walk.track(np.array([0.0, 6.0]))
    walk = replace(walk, shift=(0.5 - float(track[:, 0].mean()), 0.0, -0.3 - float(track[:, 2].mean())))
    rng = np.random.default_rng(14)
    shape = model.shape(Phenotype(gender=0.1, age=0.66, muscle=0.6, weight=0.45, height=0.6))
    names = ["socks", "sports shorts", "t-shirt"]
    man = Person.dressed(model, shape, "gym", names, "trainers", rng, SETTINGS)
    jog = go(model, man.shaped, np.random.default_rng(0), 6.2, "jog", "sport")
    # Half turned, a circle to the right has its middle at +X of where it begins.
    run = Course(jog, radius_m=-1.9, turn_rad=np.pi, shift=(-1.9, 0.0, 0.0))
    return staged(
        model, [(woman, walk), (man, run)], park(np.random.default_rng(1)),
        ((0.6, 1.6, 6.9), (0.0, 0.95, 0.0), 720.0),
    )  # fmt: skip


CLIPS = (
    Script("clip", 225, sports_hall, "one person in a sports hall"),
    Script("cross", 150, park_path, "two people who cross in a park"),
)


def staged(model: BodyModel, cast: list[tuple[Person, Course]], place: Place, view: Seen) -> Scene:
    """People at a place before a camera that stands still."""
    eye, target, focal = view
    camera = Camera.looking_at(np.array(eye), np.array(target), WIDTH, HEIGHT, focal)
    film = Film(exposure=1.04, contrast=1.05, saturation=1.08, vignette=0.08)
    return Scene(
        [actor(model, person, course) for person, course in cast], place.meshes, place.light,
        [lambda _time_s: camera], [film], place.panorama, behind=place.behind,
    )  # fmt: skip


def actor(model: BodyModel, person: Person, course: Course) -> Actor:
    """A person on a course, lifted by what the soles are thick, once for all."""
    lows = []
    for time_s in np.linspace(0, course.motion.duration_s, 24):
        worn = person.meshes(model.pose(person.shaped, course.pose(float(time_s))), 1)
        lows.append(min(float(mesh.vertices[:, 1].min()) for mesh in worn if len(mesh.vertices)))
    x, _, z = course.shift
    raised = replace(course, shift=(x, max(-min(lows), 0.0), z))

    def at(time_s: float, instance: int) -> tuple[PosedBody, list[Mesh]]:
        posed = model.pose(person.shaped, raised.pose(time_s))
        return posed, person.meshes(posed, instance)

    return Actor(person, at, at(0.0, 1)[0].vertices[::9])


def frame(scene: Scene, number: int) -> SynthSample:
    """One frame with its truth."""
    return taken(scene.at(number / FPS), SETTINGS, 0, number, stream_index=0, frame=number + 1)


def write_clip(path: Path, pictures: list[NDArray[np.uint8]]) -> None:
    """Encode pictures `(H, W, 3)` RGB as H.264, yuv420p, BT.709."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        context = stream.codec_context
        context.color_range, context.colorspace, context.color_primaries, context.color_trc = 1, 1, 1, 1
        # One thread and no look-ahead of its own: only so are the bytes of the file the same in every run.
        exact = "threads=1:sync-lookahead=0:mbtree=0"
        stream.options = {
            "crf": "20",
            "preset": "slow",
            "g": "50",
            "movflags": "+faststart",
            "x264-params": exact,
        }
        for picture in pictures:
            whole = av.VideoFrame.from_ndarray(picture, format="rgb24")
            container.mux(
                stream.encode(whole.reformat(format="yuv420p", dst_colorspace=1, dst_color_range=1))
            )
        container.mux(stream.encode())


def coco(name: str, views: list[View], script: Script) -> dict[str, Any]:
    """COCO keypoints of all frames in one skeleton."""
    known = skeleton(name)
    images: list[dict[str, Any]] = []
    people: list[dict[str, Any]] = []
    for number, view in enumerate(views):
        images.append(
            {
                "id": number + 1, "file_name": f"{script.name}/frame_{number:06d}.png", "width": WIDTH,
                "height": HEIGHT, "video": f"{script.name}.mp4", "frame_idx": number,
            }
        )  # fmt: skip
        for instance in view.instances(name):
            assert instance.box is not None
            triples = np.column_stack([np.round(np.nan_to_num(instance.points), 2), instance.visibility])
            keypoints: list[float] = triples.ravel().tolist()
            keypoints[2::3] = instance.visibility.tolist()
            x0, y0, x1, y1 = np.round(instance.box, 2).tolist()
            people.append(
                {
                    "id": len(people) + 1, "image_id": number + 1, "category_id": 1, "iscrowd": 0,
                    "keypoints": keypoints, "num_keypoints": instance.num_labelled,
                    "bbox": [x0, y0, round(x1 - x0, 2), round(y1 - y0, 2)],
                    "area": round((x1 - x0) * (y1 - y0), 1), "track_id": instance.track_id,
                }
            )  # fmt: skip
    category = {
        "id": 1, "name": "person", "supercategory": "person", "keypoints": list(known.keypoints),
        "skeleton": [[a + 1, b + 1] for a, b in known.edges],
    }  # fmt: skip
    info = {
        "description": f"True keypoints of {script.name}.mp4, drawn by packaging/make_sample.py",
        "skeleton": name,
    }
    return {"info": info, "images": images, "annotations": people, "categories": [category]}


def steps(depth: NDArray[np.float32], start: float) -> NDArray[np.uint16]:
    """Depth in metres as whole steps behind `start`, 0 where it is infinite, of the pixels that are kept."""
    kept = depth[::EVERY, ::EVERY].astype(np.float64)
    covered = np.isfinite(kept)
    return np.where(covered, np.round((np.where(covered, kept, 0) - start) / DEPTH_STEP_M) + 1, 0).astype(
        np.uint16
    )


def write_truth(path: Path, views: list[View], bones: list[str], script: Script) -> None:
    """HDF5 laid out as `poseapp synth` lays out its truth, with smaller maps."""
    people = [(row, person) for row, view in enumerate(views) for person in view.people]
    counts = np.array([len(view.people) for view in views])
    landmarks = studio().landmarks
    starts = [float(np.min(p.visible_depth)) - 0.01 for _, p in people if p.visible_depth is not None]
    tables: dict[str, Any] = {
        "pictures/people": np.stack([np.cumsum(counts) - counts, counts], 1),
        "pictures/intrinsics": [view.camera.intrinsics for view in views],
        "pictures/rotation": [view.camera.rotation for view in views],
        "pictures/translation": [view.camera.translation for view in views],
        "pictures/instance": np.stack([view.buffers.instance[::EVERY, ::EVERY] for view in views]),
        "people/picture": np.array([row for row, _ in people], np.int32),
        "people/number": np.array([p.number for _, p in people], np.int32),
        "people/landmarks": np.array([p.world for _, p in people], np.float32),
        "people/landmarks_camera": np.array([p.in_camera for _, p in people], np.float32),
        "people/visibility": np.array([p.visibility for _, p in people]),
        "people/phenotype": np.array(
            [[getattr(p.posed.shaped.phenotype, n) for n in PHENOTYPE] for _, p in people], np.float32
        ),
        "people/rotations": np.array([p.posed.pose.rotations for _, p in people], np.float32),
        "people/translation": np.array([p.posed.pose.translation for _, p in people], np.float32),
        "people/depth_from": np.array(starts),
    }
    for which in ("visible_depth", "hidden_depth"):
        maps = [steps(getattr(p, which), start) for (_, p), start in zip(people, starts, strict=True)]
        tables[f"people/{which}"] = np.stack(maps)
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        file.attrs.update(
            {
                "format": "poseapp-truth", "version": 1, "video": f"{script.name}.mp4", "fps": FPS,
                "landmarks": json.dumps(landmarks.names), "bones": json.dumps(bones),
                "phenotype": json.dumps(PHENOTYPE), "depth_step_m": DEPTH_STEP_M, "map_every": EVERY,
            }
        )  # fmt: skip
        for name in BODY_SKELETONS:
            file[f"skeletons/{name}"] = landmarks.index(name)
        for name, values in tables.items():
            array = np.asarray(values)
            chunk = (
                (1, *array.shape[1:])
                if array[0].nbytes > 1 << 14
                else (min(len(array), 64), *array.shape[1:])
            )
            file.create_dataset(
                name, data=array, chunks=chunk, compression="gzip", compression_opts=9,
                shuffle=array.dtype.itemsize > 1, track_times=False,
            )  # fmt: skip


def make(script: Script, out: Path, most: int | None = None) -> None:
    """Write all files of a clip.

    Args:
        script: Which.
        out: Folder; made if need be.
        most: Draw no more frames than these.
    """
    cv2.setNumThreads(1)
    out.mkdir(parents=True, exist_ok=True)
    model = studio().model
    scene = script.scene(model)
    pictures, views = [], []
    for number in range(min(script.frames, most or script.frames)):
        view = frame(scene, number).views[0]
        pictures.append(view.image)
        views.append(view)
    write_clip(out / f"{script.name}.mp4", pictures)
    for name in SKELETONS:
        text = json.dumps(coco(name, views, script), separators=(",", ":"))
        text = text.replace('},{"id"', '},\n{"id"') + "\n"
        (out / f"{script.name}-{name}.json").write_text(text, encoding="utf-8")
    write_truth(out / f"{script.name}.h5", views, model.bone_names, script)


def main() -> None:
    """Parse the command line and write the clips."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=resources_dir() / "sample")
    parser.add_argument("--only", choices=[script.name for script in CLIPS])
    options = parser.parse_args()
    for script in CLIPS:
        if options.only in (None, script.name):
            make(script, options.out)


if __name__ == "__main__":
    main()
