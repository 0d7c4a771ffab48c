"""`info` about projects with something wrong in them."""

from poseapp import api
from poseapp.formats.predictions_h5 import PredictionWriter
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
