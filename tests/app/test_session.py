import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from psygnal import SignalInstance

from poseapp.app import opening
from poseapp.app.layers import LABELS, Ref
from poseapp.app.recent import RecentFiles
from poseapp.app.session import Session
from poseapp.errors import PoseError, VideoError
from poseapp.jobs import RunFolder, new_run
from poseapp.jobs import start as start_run
from poseapp.labels.edits import AddInstance, RemoveVideo, SetSkeleton
from poseapp.labels.project import Project
from poseapp.labels.skeleton import load_skeleton
from tests.app.material import NUM_FRAMES, coco_settings, pose, write_predictions


def heard(signal: SignalInstance) -> list[object]:
    got: list[object] = []
    signal.connect(lambda *args: got.append(args[0] if args else None), check_nargs=False)
    return got


def test_opening_a_video_makes_a_project_beside_it_and_says_so(session: Session, clip: Path) -> None:
    said = heard(session.message)
    session.open(clip)
    assert (clip.parent / "walk.pose" / "project.db").exists()
    assert session.num_frames == NUM_FRAMES and session.skeleton is not None
    assert any("walk.pose" in str(text) for text in said)
    assert session.recent.entries == [clip.parent / "walk.pose"]


def test_opening_it_again_finds_project_video_and_frame(session: Session, clip: Path) -> None:
    session.open(clip)
    session.go_to(7)
    session.close()
    session.open(clip)
    assert session.frame_idx == 7 and len(session.project.videos) == 1
    session.close()
    session.open(clip.parent / "walk.pose")
    assert (session.video.name, session.frame_idx) == ("walk.mp4", 7)


def test_an_image_folder_opens_as_a_video(session: Session, picture_folder: Path) -> None:
    session.open(picture_folder)
    assert session.num_frames == 6 and session.video.is_images
    assert session.time_of(5) == pytest.approx(5 / 25)


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps write permission otherwise")
def test_a_read_only_folder_gets_its_project_in_the_users_folder(
    session: Session, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.access
    monkeypatch.setattr(
        os, "access", lambda p, mode: Path(p) != clip.parent and real(p, mode)
    )  # root may write all
    said = heard(session.message)
    session.open(clip)
    assert session.project.path.parent == opening.user_projects_dir()
    assert any("read-only" in str(text) for text in said)


def test_what_cannot_be_opened_leaves_what_was_open(opened: Session, tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("no video at all")
    before = opened.project
    for wrong in (text, tmp_path / "nowhere.mp4"):
        with pytest.raises(PoseError) as caught:
            opened.open(wrong)
        assert "\n" not in str(caught.value)
    assert opened.project is before and opened.num_frames == NUM_FRAMES
    assert not (tmp_path / "notes.pose").exists()


def test_a_second_window_opens_read_only(opened: Session, clip: Path) -> None:
    other = Session(coco_settings(), RecentFiles())
    said = heard(other.message)
    other.open(clip)
    assert other.read_only and any("Read-only" in str(t) for t in said)
    with pytest.raises(PoseError, match="read-only"):
        other.push(AddInstance(other.video.id, 0, pose()))
    other.close()


def test_several_videos_each_at_its_own_frame(opened: Session, clip: Path) -> None:
    second = clip.with_name("second.mp4")
    shutil.copy(clip, second)
    opened.go_to(5)
    opened.add_video(second)
    assert (opened.video.name, opened.frame_idx) == ("second.mp4", 0)
    opened.go_to(3)
    first_id = opened.project.videos[0].id
    opened.show_video(first_id)
    assert opened.frame_idx == 5
    opened.push(RemoveVideo(first_id))
    assert (opened.video.name, opened.frame_idx) == ("second.mp4", 3)
    opened.undo()
    assert len(opened.project.videos) == 2


def test_a_missing_video_keeps_its_labels_and_can_be_linked_again(session: Session, clip: Path) -> None:
    session.open(clip)
    session.push(AddInstance(session.video.id, 2, pose()))
    session.close()
    project, moved = clip.parent / "walk.pose", clip.parent.parent / "elsewhere" / "other.mp4"
    moved.parent.mkdir()
    clip.rename(moved)
    session.open(project)
    assert session.video_path is None and session.frames is None
    session.go_to(2)
    assert len(session.instances_on_screen()) == 1
    short = moved.with_name("pictures")
    short.mkdir()
    with pytest.raises(VideoError):
        session.relink_video(session.video.id, short)
    session.relink_video(session.video.id, moved)
    assert session.video_path == moved and session.frames is not None
    assert session.frame_idx == 2


def test_frames_are_clamped_and_announced_once(opened: Session) -> None:
    got = heard(opened.frame_changed)
    opened.go_to(-5)
    opened.go_to(500)
    opened.go_to(NUM_FRAMES - 1)
    opened.step(-1)
    assert got == [NUM_FRAMES - 1, NUM_FRAMES - 2]
    assert opened.frame_at(opened.time_of(9)) == 9
    assert opened.frame_at(1e9) == NUM_FRAMES - 1


def test_predictions_are_on_screen_until_labelled(opened: Session) -> None:
    assert opened.instances_on_screen() == []
    write_predictions(opened, people=2)
    shown = opened.instances_on_screen(4)
    assert [s.ref for s in shown] == [Ref("predict-1", 0), Ref("predict-1", 1)]
    assert all(s.is_prediction and s.editable for s in shown)
    label = shown[1].instance.copy()
    label.points += 2.0
    opened.push(AddInstance(opened.video.id, 4, label))
    after = opened.instances_on_screen(4)
    assert [s.layer for s in after] == [LABELS, "predict-1"]
    assert after[1].ref == Ref("predict-1", 0)


def test_one_label_replaces_the_only_prediction_however_far_off(opened: Session) -> None:
    write_predictions(opened)
    opened.push(AddInstance(opened.video.id, 0, pose(100)))
    assert [s.layer for s in opened.instances_on_screen(0)] == [LABELS]


def test_the_newest_visible_layer_counts(opened: Session) -> None:
    write_predictions(opened, "predict-1")
    newer = write_predictions(opened, "predict-2")
    os.utime(newer, (2e9, 2e9))
    opened.reload_predictions()
    assert [layer.id for layer in opened.layers][0] == LABELS
    opened.set_layer_visible("predict-2", False)
    assert opened.instances_on_screen()[0].layer == "predict-1"
    opened.set_layer_visible("predict-1", False)
    assert opened.instances_on_screen() == [] and len(opened.score_curve()[0]) == 0
    rows = {layer.id: layer for layer in opened.layers}
    assert not rows["predict-1"].visible and rows["predict-1"].num_frames == NUM_FRAMES


def test_doubtful_frames_are_those_of_the_review(opened: Session) -> None:
    write_predictions(opened, low=(3, 4, 19))
    assert opened.doubtful_frames().tolist() == [3, 19]
    opened.push(AddInstance(opened.video.id, 19, pose()))
    assert opened.doubtful_frames().tolist() == [3]
    assert opened.labelled_frames().tolist() == [19]


def test_a_damaged_prediction_file_is_named_and_the_rest_works(session: Session, clip: Path) -> None:
    session.open(clip)
    write_predictions(session)
    (session.project.predictions_dir / "broken.h5").write_bytes(b"not hdf5 at all")
    said = heard(session.failed)
    session.reload_predictions()
    assert any("broken.h5" in str(text) for text in said)
    assert session.current_prediction_layer().name == "predict-1"


def test_another_skeleton_is_matched_by_name(opened: Session) -> None:
    from poseapp.formats.predictions_h5 import PredictionWriter
    from poseapp.labels.skeleton import load_skeleton

    lsp = load_skeleton("lsp14")
    path = opened.project.predictions_dir / "lsp.h5"
    with PredictionWriter(path, lsp, [opened.video.rel_path], net="x") as writer:
        writer.append(0, 0, [pose(num=14, score=0.5)])
    opened.reload_predictions()
    (person,) = opened.instances_on_screen(0)
    names = opened.skeleton.keypoints
    assert person.instance.points.shape == (17, 2)
    for name in set(names) & set(lsp.keypoints):
        expected = pose(num=14).points[lsp.index(name)]
        assert np.array_equal(person.instance.points[names.index(name)], expected)
    assert np.isnan(person.instance.points[names.index("nose")]).all()


def test_the_selection_follows_the_person_over_frames(opened: Session) -> None:
    write_predictions(opened, people=2)
    opened.select(Ref("predict-1", 1), 9)
    opened.go_to(5)
    assert (opened.selection, opened.selected_keypoint) == (Ref("predict-1", 1), 9)
    (made,) = opened.push(AddInstance(opened.video.id, 6, opened.instances_on_screen(6)[1].instance.copy()))
    opened.go_to(6)
    assert (opened.selection, opened.selected_keypoint) == (Ref(LABELS, made), 9)
    opened.undo()
    assert opened.selection is None


def test_the_skeleton_follows_edits(opened: Session) -> None:
    assert opened.skeleton.name == "coco17"
    opened.push(SetSkeleton(load_skeleton("lsp14")))
    assert opened.skeleton.name == "lsp14"
    opened.undo()
    assert opened.skeleton.name == "coco17"
    opened.close()
    assert opened.skeleton is None


def test_undo_works_after_a_restart(session: Session, clip: Path) -> None:
    session.open(clip)
    session.push(AddInstance(session.video.id, 1, pose()))
    session.close()
    session.open(clip)
    said = heard(session.message)
    session.undo()
    assert session.labelled_frames().tolist() == []
    session.redo()
    assert session.labelled_frames().tolist() == [1]
    assert any("Undone" in str(text) for text in said)


JOB = """
import sys, time
from poseapp.jobs import RunFolder, supervised
run = RunFolder(sys.argv[1])
with supervised(run):
    run.emit("progress", done=1, total=2, unit="frames", eta_s=1.0, text="half")
    while not run.stop_requested():
        time.sleep(0.02)
    run.emit("result", frames=1)
"""


def start_job(project: Project) -> RunFolder:
    run = new_run(project.runs_dir, "predict", {"kind": "predict"})
    start_run(run, [sys.executable, "-c", JOB, str(run.path)])
    return run


def test_a_job_is_followed_stopped_and_found_again(session: Session, clip: Path) -> None:
    session.open(clip)
    run = start_job(session.project)
    while not (session.runs and session.runs[0].progress):
        session.poll_runs()
        assert run.status["state"] in ("pending", "running")
    session.close()  # a job outlives its window
    session.open(clip)
    (found,) = session.runs
    assert found.active and found.kind == "predict" and found.progress["text"] == "half"
    finished = heard(session.run_finished)
    session.stop_and_keep(found)
    run.wait(30)
    session.poll_runs()
    assert finished == [found]
    assert found.state == "stopped" and found.result["frames"] == 1
    session.poll_runs()
    assert finished == [found]


def test_nothing_can_be_started_without_a_project(session: Session) -> None:
    with pytest.raises(PoseError, match="open"):
        session.start_prediction()
    with pytest.raises(PoseError, match="open"):
        session.start_fine_tune()
