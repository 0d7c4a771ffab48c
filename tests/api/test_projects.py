"""`info` about projects with something wrong in them."""

from poseapp import api
from poseapp.formats.predictions_h5 import PredictionWriter
from poseapp.jobs import RunFolder
from poseapp.labels.skeleton import load_skeleton


def test_one_damaged_prediction_hides_nothing_else(marks_video, tmp_path):
    project = api.new(tmp_path / "p.pose", [marks_video]).project
    with PredictionWriter(
        project / "predictions" / "good.h5", load_skeleton("lsp14"), ["v"], net="n"
    ) as file:
        file.append(0, 0, [])
    (project / "predictions" / "broken.h5").write_bytes(b"no HDF5")
    rows = {row["name"]: row for row in api.info(project).to_json()["predictions"]}
    assert rows["good"] == {"name": "good", "net": "n", "frames": 1}
    assert "damaged" in rows["broken"]["error"]


def test_a_damaged_run_hides_nothing_else(marks_video, tmp_path):
    project = api.new(tmp_path / "p.pose", [marks_video]).project
    RunFolder.create(project / "runs" / "good", {"kind": "train"})
    (RunFolder.create(project / "runs" / "broken", {}).path / "spec.json").write_text('{"kind": ')
    rows = {row["name"]: row for row in api.info(project).to_json()["runs"]}
    assert rows["good"]["kind"] == "train" and "not valid JSON" in rows["broken"]["error"]
