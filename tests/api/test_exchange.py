"""Labels and predictions in and out of files: what describes the images."""

import json

import cv2
import numpy as np

from poseapp import api
from poseapp.formats.predictions_h5 import PredictionWriter
from poseapp.labels.edits import AddInstance
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton


def test_pictures_of_a_folder_keep_their_own_sizes(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    sizes = {"1.png": (40, 30), "2.png": (64, 20), "3.png": (16, 90)}
    for name, (width, height) in sizes.items():
        cv2.imwrite(str(folder / name), np.zeros((height, width, 3), np.uint8))
    skeleton = Skeleton.from_names("mark", ("middle", "end"))
    with PredictionWriter(tmp_path / "p.h5", skeleton, ["pictures"], net="drawn") as writer:
        for k in range(3):
            writer.append(0, k, [Instance(np.full((2, 2), 5.0))])
    api.convert(tmp_path / "p.h5", tmp_path / "p.json")
    images = json.loads((tmp_path / "p.json").read_text())["images"]
    found = {image["file_name"]: (image["width"], image["height"]) for image in images}
    assert found == {f"pictures/{name}": size for name, size in sizes.items()}

    (tmp_path / "mark.toml").write_text('name = "mark"\nkeypoints = ["middle", "end"]\n')
    project = api.new(tmp_path / "p.pose", [folder], skeleton=str(tmp_path / "mark.toml")).project
    opened = api.open_project(project)
    for k in range(3):
        opened.push(AddInstance(opened.videos[0].id, k, Instance(np.full((2, 2), 5.0))))
    opened.close()
    api.export_labels(project, tmp_path / "labels.json")
    images = json.loads((tmp_path / "labels.json").read_text())["images"]
    assert [(image["width"], image["height"]) for image in images] == list(sizes.values())
