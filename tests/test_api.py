"""The verbs as Python functions, on data made here."""

import json

import h5py
import numpy as np
import pandas
import pytest
from pycocotools.coco import COCO

import poseapp
from poseapp import api
from poseapp.api.frames import as_text, frame_range
from poseapp.errors import PoseError
from poseapp.formats import read_dataset
from poseapp.jobs import JobCancelled, RunFolder
from poseapp.jobs.process import kill_tree
from poseapp.labels.edits import AddInstance
from poseapp.labels.instance import Instance

LONG_S = 300.0


@pytest.fixture
def project(tmp_path, marks_video):
    skeleton = tmp_path / "mark.toml"
    skeleton.write_text('name = "mark"\nkeypoints = ["middle", "left_corner", "right_corner"]\n')
    return api.new(tmp_path / "marks", [marks_video], skeleton=str(skeleton)).project


@pytest.mark.parametrize(
    ("text", "frames"),
    [
        (None, range(10)),
        ("2:5", range(2, 5)),
        (":3", range(3)),
        ("7:", range(7, 10)),
        ("-2:", range(8, 10)),
        ("4", range(4, 5)),
        ("-1", range(9, 10)),
        (range(2, 9, 3), range(2, 9, 3)),
        ((2, 5), range(2, 5)),
        ((7, None), range(7, 10)),
        ("5:99", range(5, 10)),
    ],
)
def test_frames(text, frames):
    assert frame_range(text, 10) == frames


@pytest.mark.parametrize("text", ["a:b", "1:2:3", "", "8:3", "12:", (1, 2, 3)])
def test_frames_that_make_no_sense(text):
    with pytest.raises(PoseError, match=r"\S+ \S+"):
        frame_range(text, 10)


def test_frames_of_a_job_are_text():
    assert [as_text(value) for value in (None, "3:4", range(2, 5), (2, None))] == [None, "3:4", "2:5", "2:"]
    with pytest.raises(PoseError):
        as_text(range(0, 10, 2))


def test_the_verbs_are_the_package_functions():
    assert poseapp.predict is api.predict
    assert poseapp.PoseError is PoseError
    with pytest.raises(AttributeError):
        _ = poseapp.no_such_verb


def test_render_is_a_verb_and_a_package(marks_video, tmp_path):
    import poseapp.render.overlay  # noqa: F401 - from here on the name is the package

    with pytest.raises(PoseError, match="prediction file"):
        poseapp.render(marks_video, tmp_path / "missing.h5", tmp_path / "out.mp4")


def test_new_and_info(project, marks_video):
    assert project.name == "marks.pose"
    facts = api.info(project).to_json()
    assert facts["kind"] == "project" and facts["frames"] == 12
    assert facts["videos"][0]["name"] == marks_video.name and facts["videos"][0]["found"] is True
    assert facts["labels"] == {"frames": 0, "instances": 0, "keypoints": 0}
    json.dumps(facts)
    with pytest.raises(PoseError, match="exists already"):
        api.new(project, [marks_video])


def test_a_project_that_cannot_be_made_leaves_nothing(tmp_path, marks_video):
    with pytest.raises(PoseError):
        api.new(tmp_path / "bad", [marks_video, tmp_path / "missing.mp4"])
    with pytest.raises(PoseError):
        api.new(tmp_path / "bad", [marks_video], skeleton="no_such_skeleton")
    assert list(tmp_path.iterdir()) == []


def test_info_of_everything(marks_video, marks, marks_run, picture_folder, tmp_path):
    video = api.info(marks_video).to_json()
    assert (video["kind"], video["frames"], video["width"], video["codec"]) == ("video", 12, 96, "h264")
    assert api.info(picture_folder).to_json()["kind"] == "images"
    assert api.info(marks / "marks.json").to_json()["labels"] == {
        "frames": 24,
        "instances": 24,
        "keypoints": 72,
    }
    checkpoint = api.info(marks_run.checkpoint).to_json()
    assert checkpoint["kind"] == "checkpoint" and checkpoint["net"] == "fpnpose_t"
    assert api.info(marks_run.run).to_json()["state"] == "done"
    with pytest.raises(PoseError, match="nothing at"):
        api.info(tmp_path / "missing")


def test_training_learns_and_leaves_its_run(marks_run):
    assert 25 <= marks_run.epochs < 26 and marks_run.state == "done" and marks_run.held_out
    assert marks_run.checkpoint.is_file() and marks_run.checkpoint.with_suffix(".toml").is_file()
    run = RunFolder(marks_run.run)
    kinds = {event["type"] for event in run.events()[0]}
    assert {"started", "progress", "epoch", "checkpoint", "result"} <= kinds
    assert marks_run.train_loss < 5.2, "a network that knows nothing has ln(16 * 16 + 1) = 5.55"
    json.dumps(marks_run.to_json(), allow_nan=False)


def test_training_goes_on_from_a_run_folder_and_hears_cancel(marks, tmp_path):
    from poseapp.api.learning import training_spec

    spec = training_spec([marks / "marks.json"], net="fpnpose_t", init="none", epochs=2, device="cpu")
    run = RunFolder.create(tmp_path / "run", spec.to_dict())
    run.request_cancel(grace_s=LONG_S)
    with pytest.raises(JobCancelled):
        api.train(run.path)
    assert run.status["state"] == "cancelled"
    assert api.train(run.path).state == "done"
    assert run.status["state"] == "done"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"epochs": 0}, "epochs"),
        ({"minutes": -1}, "minutes"),
        ({"no_such_option": 1}, "no_such_option"),
        ({"net": "no_such_net", "init": "none"}, "no_such_net"),
        ({"init": "no_such_checkpoint"}, "no_such_checkpoint"),
    ],
)
def test_training_names_what_is_wrong(marks, tmp_path, options, words):
    with pytest.raises(PoseError, match=words):
        api.train(marks / "marks.json", out=tmp_path / "run", **options)


def test_labels_are_looked_at_before_training(marks, tmp_path):
    document = json.loads((marks / "marks.json").read_text())
    document["annotations"][4]["keypoints"][0] = 5000.0
    bad = marks / "bad.json"
    bad.write_text(json.dumps(document))
    with pytest.raises(PoseError, match=r"mark_05\.png.*middle"):
        api.train(bad, net="fpnpose_t", init="none", epochs=1, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_recipe_gives_way_to_what_is_said(marks, tmp_path):
    from poseapp.api.learning import training_spec

    recipe = tmp_path / "recipe.toml"
    recipe.write_text('net = "fpnpose_t"\nepochs = 7\nbatch = 4\n[augmentation]\nflip = false\n')
    spec = training_spec([marks / "marks.json"], recipe=recipe, epochs=3, init="none")
    assert (spec.net, spec.epochs, spec.batch, spec.init) == ("fpnpose_t", 3, 4, None)
    assert spec.augmentation.flip is False


def test_predict_writes_each_format_and_others_read_it(marks_run, marks_video, tmp_path):
    told = []
    result = api.predict(
        marks_video, net=marks_run.checkpoint, out=tmp_path / "p.h5", device="cpu", on_progress=told.append
    )
    assert (result.frames, result.device, result.net) == (12, "cpu", "marks")
    assert told[-1].done == told[-1].total == 12
    with h5py.File(result.out) as file:
        assert "videos" in file
    people = read_dataset(result.out).by_image()
    assert len(people) == 12 and sum(map(len, people)) == result.people > 0

    coco_file = tmp_path / "p.json"
    api.predict(marks_video, net=marks_run.checkpoint, out=coco_file, frames="2:6", device="cpu")
    coco = COCO(str(coco_file))
    assert [image["frame_idx"] for image in coco.dataset["images"]] == [2, 3, 4, 5]
    assert {(image["width"], image["height"]) for image in coco.dataset["images"]} == {(96, 96)}
    assert all("score" in row and "keypoint_scores" in row for row in coco.dataset["annotations"])

    table = tmp_path / "p.csv"
    assert api.convert(result.out, table).images == 12
    rows = pandas.read_csv(table)
    assert set(rows["keypoint"]) == {"middle", "left_corner", "right_corner"}
    assert len(rows) == 3 * result.people
    assert rows["time_s"].max() == pytest.approx(11 / 12, abs=1e-3)


def test_what_cannot_be_predicted_leaves_old_predictions_alone(marks_run, marks_video, tmp_path):
    out = tmp_path / "p.h5"
    net = marks_run.checkpoint
    assert api.predict(marks_video, net=net, out=out, device="cpu").frames == 12
    before = out.read_bytes()
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video")
    for path, options in [
        (broken, {}),
        (tmp_path / "missing.mp4", {}),
        (marks_video, {"net": "no_such_net"}),
        (marks_video, {"frames": "50:60"}),
        (marks_video, {"device": "cuda:9"}),
    ]:
        with pytest.raises(PoseError):
            api.predict(path, out=out, **{"net": net, "device": "cpu", **options})
    assert out.read_bytes() == before
    with pytest.raises(PoseError, match="cannot write into"):
        api.predict(marks_video, net=net, out=tmp_path / "no" / "folder.json")
    with pytest.raises(PoseError, match="one person"):
        api.predict(marks_video, net=net, out=tmp_path / "new.h5", people=3)
    assert {path.name for path in tmp_path.iterdir()} == {"p.h5", "broken.mp4"}


def test_predict_image_folders_names_the_pictures(marks_run, marks, tmp_path):
    out = marks / "predicted.json"
    api.predict(marks / "pictures", net=marks_run.checkpoint, out=out, device="cpu")
    names = [image["file_name"] for image in json.loads(out.read_text())["images"]]
    assert names[0] == "pictures/mark_01.png" and len(names) == 24
    score = api.evaluate(out, marks / "marks.json", metrics=["mean_px", "pck@0.2"])
    assert score.instances == 24 and score.unpredicted == 0
    assert score.to_json()["mean_px"] == score.metrics["mean_px"] > 0


def test_evaluate_a_network_with_each_kind_of_box(marks_run, marks):
    told = []
    scores = {
        kind: api.evaluate(
            marks_run.checkpoint, marks / "marks.json", boxes=kind, device="cpu", on_progress=told.append
        ).to_json()
        for kind in ("truth", "frame", "detected")
    }
    for kind, score in scores.items():
        assert (score["images"], score["instances"], score["keypoints"]) == (24, 24, 72)
        assert score["boxes"] == kind and score["net"] == "marks"
        assert score["per_keypoint"]["middle"]["count"] == 24
        assert score["unmatched"] == []
    assert scores["frame"]["mean_px"] < 40, "a network that learnt nothing is farther off than that"
    assert told[-1].done == told[-1].total == 24
    with pytest.raises(PoseError, match="boxes must be"):
        api.evaluate(marks_run.checkpoint, marks / "marks.json", boxes="none")
    with pytest.raises(PoseError, match="no metric"):
        api.evaluate(marks_run.checkpoint, marks / "marks.json", metrics=["accuracy"])


def test_evaluate_counts_what_was_not_predicted(marks_run, marks, tmp_path):
    out = marks / "some.json"
    api.predict(marks / "pictures", net=marks_run.checkpoint, out=out, frames="0:6", device="cpu")
    score = api.evaluate(out, marks / "marks.json")
    assert score.unpredicted == 18
    assert score.metrics["missing"] >= 18 * 3


def test_labels_go_in_and_out(project, marks, tmp_path):
    brought = api.import_labels(project, marks / "marks.json")
    assert (brought.frames, brought.instances, brought.skipped) == (24, 24, 0)
    assert brought.videos == ["pictures"]
    opened = api.open_project(project)
    try:
        assert opened.counts()["instances"] == 24
        assert {p.source for _, _, people in opened.iter_frames() for p in people} == {"import:marks.json"}
        assert opened.undo() and opened.counts()["instances"] == 0
        assert opened.redo()
    finally:
        opened.close()
    out = marks / "back.json"
    assert api.export_labels(project, out).instances == 24
    before, after = read_dataset(marks / "marks.json"), read_dataset(out)
    assert [image.file_name for image in after.images] == [image.file_name for image in before.images]
    for (_, one), (_, two) in zip(before.instances, after.instances, strict=True):
        np.testing.assert_allclose(one.points, two.points)
        assert (one.visibility == two.visibility).all()


def test_an_import_that_fits_no_video_says_so(project, tmp_path, marks):
    alone = tmp_path / "alone.json"
    alone.write_text((marks / "marks.json").read_text())
    with pytest.raises(PoseError, match="belongs to a video"):
        api.import_labels(project, alone)
    assert api.info(project).to_json()["labels"]["instances"] == 0


def test_a_project_is_predicted_and_learnt_from_by_processes_of_their_own(project, marks_run):
    opened = api.open_project(project)
    try:
        run = api.start_prediction(opened, net=str(marks_run.checkpoint), frames="0:8", device="cpu")
        assert run.wait(LONG_S)["state"] == "done", run.log_path.read_text()
        result = next(event for event in run.events()[0] if event["type"] == "result")
        assert result["frames"] == 8
        assert (opened.predictions_dir / f"{run.name}.h5").is_file()
        video_id = opened.videos[0].id
        for frame_idx in range(0, 12, 2):
            points = np.array(
                [[24.0 + 4 * frame_idx, 48], [14.0 + 4 * frame_idx, 38], [34.0 + 4 * frame_idx, 38]]
            )
            opened.push(AddInstance(video_id, frame_idx, Instance(points)))
        training = api.start_training(opened, init=str(marks_run.checkpoint), epochs=2, device="cpu")
        assert training.wait(LONG_S)["state"] == "done", training.log_path.read_text()
        learnt = next(event for event in training.events()[0] if event["type"] == "result")
        assert learnt["before"], "fine-tuning tells how good the network was before"
        facts = api.info(project).to_json()
        assert {row["state"] for row in facts["runs"]} == {"done"} and len(facts["predictions"]) == 1
    finally:
        opened.close()


def test_a_prediction_run_goes_on_where_it_was_left(project, marks_run):
    from poseapp.api.prediction import PredictSpec, predict_run, run_prediction

    opened = api.open_project(project)
    video = opened.resolve(opened.videos[0])
    opened.close()
    out = project / "predictions" / "half.h5"
    spec = PredictSpec([{"path": str(video), "name": "marks.mp4"}], str(out), str(marks_run.checkpoint))
    spec.frames, spec.device = "0:5", "cpu"
    assert run_prediction(spec).frames == 5
    spec.frames = None
    run = RunFolder.create(project / "runs" / "half", vars(spec))
    assert predict_run(run.path).frames == 7
    assert run.status["state"] == "done"
    assert len(read_dataset(out).images) == 12
    assert predict_run(run.path).frames == 0


def test_a_killed_prediction_is_found_again_and_resumed(project, marks_run):
    opened = api.open_project(project)
    run = api.start_prediction(opened, net=str(marks_run.checkpoint), device="cpu")
    opened.close()
    # Killed at any moment, also before its first frame.
    kill_tree(json.loads((run.path / "process.json").read_text())["pid"])
    found = [RunFolder(path) for path in (project / "runs").iterdir()]
    assert [other.name for other in found] == [run.name]
    assert found[0].wait(LONG_S)["state"] == "lost"
    assert api.resume(found[0]).wait(LONG_S)["state"] == "done"
    assert len(read_dataset(project / "predictions" / f"{run.name}.h5").images) == 12
    with pytest.raises(PoseError, match="not a run folder"):
        api.resume(project)


def test_render(marks_run, marks, marks_video, tmp_path):
    api.predict(marks_video, net=marks_run.checkpoint, out=tmp_path / "p.h5", device="cpu")
    result = api.render(marks_video, tmp_path / "p.h5", tmp_path / "m.mp4", frames="0:5")
    assert result.frames == 5
    api.convert(tmp_path / "p.h5", tmp_path / "p.json")
    same = api.render(marks_video, tmp_path / "p.json", tmp_path / "n.mp4", frames="0:5")
    with poseapp.open_video(result.out) as movie, poseapp.open_video(same.out) as twin:
        assert len(movie) == len(twin) == 5
        assert np.abs(movie[3].astype(int) - twin[3]).mean() < 1
    with pytest.raises(PoseError, match="about pictures"):
        api.render(marks_video, marks / "marks.json", tmp_path / "x.mp4")
    with pytest.raises(PoseError, match="mp4"):
        api.render(marks_video, tmp_path / "p.h5", tmp_path / "m.avi")


def test_networks(marks_run):
    listed = api.nets_list().to_json()
    assert {"fpnpose_s", "fpnpose_t"} <= {row["name"] for row in listed["networks"]}
    assert api.nets_show("fpnpose_t").kind == "network"
    shown = api.nets_show(marks_run.checkpoint).to_json()
    assert shown["kind"] == "checkpoint" and shown["details"]["sha256"]
    json.dumps(shown)
    with pytest.raises(PoseError, match="there are"):
        api.nets_show("no_such_net")


def test_doctor():
    report = api.doctor().to_json()
    assert report["packages"]["numpy"] == np.__version__
    assert "h264" in report["codecs"]["decoders"] and "libx264" in report["codecs"]["encoders"]
    assert report["torch"]["devices"][0]["name"] == "cpu"
    assert report["qt"]["version"]
    assert report["synth"]["installed"] and report["synth"]["opengl"]
    assert report["folders"]["here"]["free_bytes"] > 0
    json.dumps(report)
