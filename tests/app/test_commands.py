import json
from pathlib import Path

import pytest

from poseapp.app import commands
from poseapp.app.layers import LABELS
from poseapp.app.session import Session
from poseapp.errors import PoseError
from poseapp.labels.edits import AddInstance
from tests.app.material import NUM_FRAMES, pose, write_predictions


@pytest.mark.parametrize("layer", [LABELS, "predict-1"])
def test_exporting_a_layer_writes_a_file_that_reads_back(opened: Session, tmp_path: Path, layer: str) -> None:
    write_predictions(opened)
    opened.push(AddInstance(opened.video.id, 3, pose()))
    said: list[str] = []
    opened.message.connect(said.append)
    out = tmp_path / "out.json"
    commands.export_labels(opened, out, "coco", layer).join()
    written = json.loads(out.read_text())
    assert said[-1] == "Exported to out.json"
    assert len(written["annotations"]) == (1 if layer == LABELS else NUM_FRAMES)
    assert written["annotations"][0]["num_keypoints"] == 17


def test_exporting_what_is_gone_or_where_nothing_can_be_written_is_said(
    opened: Session, tmp_path: Path
) -> None:
    with pytest.raises(PoseError, match="predict-9"):
        commands.export_labels(opened, tmp_path / "x.json", "coco", "predict-9")
    failed: list[str] = []
    opened.failed.connect(failed.append)
    commands.export_labels(opened, tmp_path / "no folder" / "x" / "out.json", "coco").join()
    assert len(failed) == 1 and "\n" not in failed[0]


def test_importing_what_was_exported_is_one_edit(opened: Session, tmp_path: Path) -> None:
    for k in (2, 5):
        opened.push(AddInstance(opened.video.id, k, pose(k)))
    out = tmp_path / "labels.json"
    commands.export_labels(opened, out, "coco").join()
    commands.delete_video_labels(opened)
    assert opened.labelled_frames().tolist() == []
    commands.import_labels(opened, out, "coco")
    assert opened.labelled_frames().tolist() == [2, 5]
    assert opened.labels_at(5)[0].instance.points == pytest.approx(pose(5).points, abs=0.01)
    opened.undo()
    assert opened.labelled_frames().tolist() == []
    opened.undo()
    assert opened.labelled_frames().tolist() == [2, 5]


def test_a_movie_of_the_predictions(opened: Session, tmp_path: Path) -> None:
    from poseapp.video import open_video

    with pytest.raises(PoseError, match="predict"):
        commands.render_movie(opened, tmp_path / "m.mp4")
    write_predictions(opened)
    commands.render_movie(opened, tmp_path / "m.mp4").join()
    with open_video(tmp_path / "m.mp4") as movie:
        assert len(movie) == NUM_FRAMES
