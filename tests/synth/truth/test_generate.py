"""Data sets as a whole: what is written, read back, gone on with and refused."""

import contextlib
import io
import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import cv2
import h5py
import numpy as np
import pytest

from poseapp.errors import SynthError
from poseapp.formats import read_dataset
from poseapp.labels.skeleton import load_skeleton
from poseapp.synth.drawer import PeopleDrawer
from poseapp.synth.folders import check_folders
from poseapp.synth.settings_file import read_settings
from poseapp.synth.truth import make_sample, make_training_sample
from poseapp.synth.truth.clips import Clip
from poseapp.synth.truth.generate import generate
from poseapp.synth.truth.landmarks import SKELETONS
from poseapp.synth.truth.sample import studio
from poseapp.video import open_video
from tests.synth.truth.conftest import SETTINGS

SPARSE = replace(SETTINGS, dense=False)


def contents(folder: Path) -> dict[str, object]:
    """Everything that a data set says, by file; HDF5 by value."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".h5":
            found[path.relative_to(folder).as_posix()] = path.read_bytes()
    with h5py.File(folder / "truth.h5") as file:
        file.visititems(
            lambda name, item: found.update(
                {name: item[:].tobytes()} if isinstance(item, h5py.Dataset) else {}
            )
        )
    return found


@pytest.mark.parametrize("name", SKELETONS)
def test_our_own_reader_takes_every_file(data_set: Path, name: str) -> None:
    dataset = read_dataset(data_set / f"{name}.json")
    assert dataset.skeleton.name == name
    assert len(dataset.images) == 10 and len(dataset.instances) >= 8
    assert all(dataset.image_path(index).is_file() for index in range(10))


@pytest.mark.parametrize("name", SKELETONS)
def test_3d_projects_onto_2d(data_set: Path, name: str) -> None:
    """Through the stored camera, to 0.01 px."""
    document = json.loads((data_set / f"{name}.json").read_text())
    images = {image["id"]: image for image in document["images"]}
    for annotation in document["annotations"]:
        camera = images[annotation["image_id"]]["camera"]
        flat = np.array(annotation["keypoints_3d"]) @ np.array(camera["intrinsics"]).T
        triples = np.array(annotation["keypoints"]).reshape(-1, 3)
        labelled = triples[:, 2] > 0
        assert np.abs(flat[:, :2] / flat[:, 2:] - triples[:, :2])[labelled].max(initial=0) < 0.01


def test_pycocotools_takes_them(data_set: Path) -> None:
    coco = pytest.importorskip("pycocotools.coco")
    with contextlib.redirect_stdout(io.StringIO()):
        truth = coco.COCO(str(data_set / "coco17.json"))
    for annotation in truth.anns.values():
        assert truth.annToMask(annotation).sum() == annotation["area"] > 0


def test_dense_truth_agrees_with_a_fresh_drawing(data_set: Path) -> None:
    with h5py.File(data_set / "truth.h5") as file:
        step = file.attrs["depth_step_m"]
        for index in (0, 7):
            view = make_sample(SETTINGS, 3, index).views[0]
            # Workers calculate with one thread, this process with several: the last bits may differ.
            assert (file["pictures/instance"][index] == view.buffers.instance).mean() > 0.999
            assert (file["pictures/part"][index] == view.buffers.part).mean() > 0.999
            uv = file["pictures/body_uv"][index]
            known = np.isfinite(view.buffers.body_uv)
            assert ((uv == 65535) == ~known).mean() > 0.999
            both = known & (uv != 65535)
            assert (np.abs(uv[both] / 65534 - view.buffers.body_uv[both]) < 1e-4).mean() > 0.99
            first, count = file["pictures/people"][index]
            assert count == len(view.people)
            for row, person in enumerate(view.people, start=first):
                steps = {k: file[f"people/{k}"][row].astype(int) for k in ("visible_depth", "hidden_depth")}
                assert (steps["visible_depth"] <= steps["hidden_depth"]).all()
                for name, depth in (
                    ("visible_depth", person.visible_depth), ("hidden_depth", person.hidden_depth),
                ):  # fmt: skip
                    assert depth is not None
                    there = (steps[name] > 0) & np.isfinite(depth)
                    assert ((steps[name] > 0) == np.isfinite(depth)).mean() > 0.999
                    metres = file["people/depth_from"][row] + (steps[name] - 1) * step
                    assert (np.abs(metres - depth)[there] < 2e-4).mean() > 0.99
                assert np.abs(file["people/landmarks"][row] - person.world).max() < 1e-5
                start, size = file["people/texture"][row]
                assert cv2.imdecode(file["textures"][start : start + size], cv2.IMREAD_COLOR).shape[2] == 3


def test_body_parameters_give_the_body(data_set: Path) -> None:
    """Phenotype, rotations and translation of the file, through the model, give the landmarks of the file."""
    from poseapp.synth.body.model import Pose
    from poseapp.synth.body.phenotypes import Phenotype

    place = studio()
    with h5py.File(data_set / "truth.h5") as file:
        names = json.loads(file.attrs["phenotype"])
        for row in range(3):
            values = file["people/phenotype"][row].tolist()
            shaped = place.model.shape(Phenotype(**dict(zip(names, values, strict=True))))
            pose = Pose(file["people/rotations"][row], file["people/translation"][row])
            points = place.landmarks.all_points(place.model.pose(shaped, pose))
            assert np.abs(points - file["people/landmarks"][row]).max() < 1e-4


def test_one_worker_or_two_and_gone_on_with_are_the_same_bytes(data_set: Path, tmp_path: Path) -> None:
    asked: list[int] = []
    half = generate(
        tmp_path / "set", SETTINGS, 10, 3, workers=1, on_progress=lambda done, *_: asked.append(done),
        cancelled=lambda: bool(asked) and asked[-1] >= 4,
    )  # fmt: skip
    assert not half.complete and 4 <= half.images < 10
    assert len(read_dataset(tmp_path / "set" / "lsp14.json").images) == half.images
    # As a kill leaves it: a torn line in the log, a picture that no label knows.
    with open(tmp_path / "set" / "records.jsonl", "a") as log:
        log.write('{"pictures": [{"im')
    (tmp_path / "set" / "images" / f"{half.images:06d}.jpg").write_bytes(b"torn")
    rest = generate(tmp_path / "set", SETTINGS, 10, 3, workers=1)
    assert rest.complete and rest.new_images == 10 - half.images
    assert contents(tmp_path / "set") == contents(data_set)
    again = generate(tmp_path / "set", SETTINGS, 10, 3, workers=1)
    assert again.new_images == 0 and again.people == rest.people


def test_more_pictures_are_added_to_those_there(tmp_path: Path) -> None:
    generate(tmp_path / "a", SPARSE, 2, 5, workers=1)
    first = (tmp_path / "a" / "images" / "000001.jpg").read_bytes()
    assert generate(tmp_path / "a", SPARSE, 3, 5, workers=1).new_images == 1
    assert (tmp_path / "a" / "images" / "000001.jpg").read_bytes() == first
    with h5py.File(tmp_path / "a" / "truth.h5") as file:
        assert file["pictures/index"][:].tolist() == [0, 1, 2] and "instance" not in file["pictures"]


def test_other_words_are_refused(data_set: Path, tmp_path: Path) -> None:
    for settings, seed, word in ((SETTINGS, 4, "seed"), (replace(SETTINGS, props=0.1), 3, "props")):
        with pytest.raises(SynthError, match=f"another {word}"):
            generate(data_set, settings, 10, seed)
    (tmp_path / "mine.txt").write_text("")
    with pytest.raises(SynthError, match="holds other files"):
        generate(tmp_path, SETTINGS, 1, 0)
    with pytest.raises(SynthError, match="1 picture or more"):
        generate(tmp_path / "x", SETTINGS, 0, 0)
    with pytest.raises(SynthError, match="one camera"):
        generate(tmp_path / "x", replace(SETTINGS, cameras=2), 0, 0, clip=Clip(1))
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(SynthError, match="cannot write"):
        generate(file, SETTINGS, 1, 0)


def test_a_worker_that_cannot_draw_is_one_line(tmp_path: Path) -> None:
    settings = replace(SPARSE, backgrounds_folder=str(tmp_path / "none"), photo_share=1.0)
    with pytest.raises(SynthError) as told:
        generate(tmp_path / "out", settings, 2, 0, workers=1)
    assert "\n" not in str(told.value)


def test_folders_are_looked_at_before_anything_is_drawn(tmp_path: Path) -> None:
    empty, bad = tmp_path / "empty", tmp_path / "bad"
    empty.mkdir()
    bad.mkdir()
    (bad / "a.jpg").write_bytes(b"no picture")
    (bad / "a.bvh").write_text("no motion")
    for folder in (tmp_path / "none", empty, bad):
        for key in ("backgrounds_folder", "bvh_folder"):
            settings = replace(SPARSE, **{key: str(folder)})  # type: ignore[arg-type]
            with pytest.raises(SynthError):
                generate(tmp_path / "out", settings, 2, 0)
            with pytest.raises(SynthError):
                PeopleDrawer.of(settings.to_dict(), 0, load_skeleton("lsp14"))
            check_folders(replace(settings, photo_share=0.0, poses={"sport": 1.0}))
    assert not (tmp_path / "out").exists()
    with pytest.raises(SynthError, match="bvh_folder"):
        check_folders(replace(SPARSE, poses={"bvh": 1.0}))


def test_a_full_disk_is_one_line_and_what_was_drawn_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = iter([1 << 40, 0, 0])
    usage = SimpleNamespace(disk_usage=lambda _: SimpleNamespace(free=next(free)))
    monkeypatch.setattr("poseapp.synth.truth.truth_file.shutil", usage)
    with pytest.raises(SynthError, match="No space left"):
        generate(tmp_path / "out", SPARSE, 10, 3, workers=1)
    assert len(read_dataset(tmp_path / "out" / "lsp14.json").images) == 8
    monkeypatch.undo()
    assert generate(tmp_path / "out", SPARSE, 10, 3, workers=1).new_images == 2


def test_several_cameras_see_the_same_people(tmp_path: Path) -> None:
    settings = replace(SPARSE, cameras=3, max_people=1, props=0)
    assert generate(tmp_path / "out", settings, 2, 1, workers=1).images == 6
    with h5py.File(tmp_path / "out" / "truth.h5") as file:
        spans = file["pictures/people"][:3]
        points = [file["people/landmarks"][first] for first, count in spans if count]
        assert len(points) >= 2
        assert all(np.array_equal(points[0], other) for other in points)
    document = json.loads((tmp_path / "out" / "lsp14.json").read_text())
    assert [image["moment"] for image in document["images"]] == [0, 0, 0, 1, 1, 1]
    assert len({str(image["camera"]) for image in document["images"]}) == 6


def test_a_clip_has_truth_for_every_frame(tmp_path: Path) -> None:
    settings = replace(SPARSE, max_people=1)
    made = generate(tmp_path / "out", settings, 0, 2, workers=2, clip=Clip(0.4, fps=20))
    assert made.images == 8
    dataset = read_dataset(tmp_path / "out" / "coco17.json")
    assert [(image.video, image.frame_idx) for image in dataset.images] == [("clip.mp4", k) for k in range(8)]
    with open_video(tmp_path / "out" / "clip.mp4") as video:
        assert len(video) == 8 and (video.width, video.height) == (96, 80)
    assert not (tmp_path / "out" / ".frames").exists() and (tmp_path / "out" / "sheet.jpg").exists()
    paths = np.array([i.points for _, i in dataset.instances if i.labelled.all()])
    if len(paths) > 1:  # smooth: nothing jumps between frames 1/20 s apart
        assert np.abs(np.diff(paths, axis=0)).max() < 20


def test_settings_are_read_back(data_set: Path, tmp_path: Path) -> None:
    assert read_settings(data_set / "settings.toml") == SETTINGS
    (tmp_path / "bad.toml").write_text("wdith = 3")
    with pytest.raises(SynthError, match="wdith"):
        read_settings(tmp_path / "bad.toml")
    shutil.copy(data_set / "settings.toml", tmp_path / "some.toml")
    assert read_settings(tmp_path / "some.toml").width == 96


def test_samples_for_training_are_those_of_data_sets() -> None:
    image, people = make_training_sample(SETTINGS, 3, 1, "lsp14")
    sample = make_sample(SETTINGS, 3, 1)
    assert np.array_equal(image, sample.image)
    told = [p.points.tolist() for p in sample.instances("lsp14") if p.extra["share_seen"] > 0.1]
    assert [p.points.tolist() for p in people][: len(told)] == told != []
    assert make_training_sample(SETTINGS, 3, 1, "lsp14")[0].tobytes() == image.tobytes()
