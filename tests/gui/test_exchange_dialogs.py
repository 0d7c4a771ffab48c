"""Which keypoint is which, what an import changes, what an export changes: asked in the window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from poseapp.formats import read_dataset, write_dataset
from poseapp.formats.dataset import Dataset, ImageEntry
from poseapp.labels.edits import AddInstance
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton, load_skeleton
from poseapp.qt.dialogs.files import ExportDialog
from poseapp.qt.dialogs.import_preview import ExportPreviewDialog, ImportPreviewDialog
from poseapp.qt.dialogs.keypoint_map import KeypointMapDialog
from tests.gui.answering import answer
from tests.gui.figures import true_points

pytest.importorskip("sleap_io")

OURS = load_skeleton("coco17")
NAMES = tuple(
    f"{name[0].upper()}{name.split('_')[1].title()}" if "_" in name else name for name in OURS.keypoints
)


@pytest.fixture
def window(open_window, project_path):
    return open_window(project_path)


@pytest.fixture
def labels(tmp_path: Path, clip: Path) -> Path:
    """Frames 0 to 3 of the clip by SLEAP, keypoints called LEye and so on, and one more."""
    skeleton = Skeleton.from_names("lab", (*NAMES, "Tail"))
    dataset = Dataset(skeleton)
    for k in range(4):
        points = np.vstack([true_points(k), [[5.0, 6.0]]])
        dataset.images.append(ImageEntry("", 320, 240, str(clip), k))
        dataset.instances.append((k, Instance(points)))
    write_dataset(tmp_path / "labels.slp", dataset)
    return tmp_path / "labels.slp"


def test_keypoints_are_matched_once_and_what_differs_is_shown(qtbot, window, labels, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(labels), ""))
    project = window.session.project
    moved = true_points(2)
    moved[9] += (4.0, 3.0)
    project.push(AddInstance(1, 1, Instance(true_points(1))))
    project.push(AddInstance(1, 2, Instance(moved)))
    seen: list[QWidget] = []

    def differing(dialog: QWidget) -> None:
        assert isinstance(dialog, ImportPreviewDialog)
        seen.append(dialog)
        assert [dialog.list.item(k).text() for k in range(dialog.list.count())] == [
            "frame 2  ·  left_wrist  ·  5.0 px"
        ]
        assert dialog.choice == "keep", "nothing is overwritten unless it is chosen"
        qtbot.mouseClick(dialog.buttons["replace"], Qt.MouseButton.LeftButton)
        qtbot.keyClick(dialog, Qt.Key.Key_Return)

    def matching(dialog: QWidget) -> None:
        assert isinstance(dialog, KeypointMapDialog)
        seen.append(dialog)
        assert dialog.combos["LWrist"].currentData() == "left_wrist" and "Tail" not in dialog.names
        assert not dialog.skeleton_buttons["take"].isEnabled()
        # Two cannot be one.
        dialog.combos["Tail"].setCurrentIndex(dialog.combos["Tail"].findData("nose"))
        assert not dialog.accept_button.isEnabled()
        dialog.combos["Tail"].setCurrentIndex(0)
        trouble.extend(answer(differing))
        qtbot.keyClick(dialog, Qt.Key.Key_Return)

    trouble = answer(matching)
    window.trigger("file.import_labels")
    assert not trouble and len(seen) == 2
    assert project.counts()["instances"] == 4
    assert np.array_equal(project.instances(1, 2)[0].points, true_points(2))
    # The answer is kept: importing again asks for no keypoints, and all are there.
    again: list[str] = []

    def same(dialog: QWidget) -> None:
        assert isinstance(dialog, ImportPreviewDialog) and not dialog.buttons
        again.append(dialog.windowTitle())
        dialog.reject()

    trouble = answer(same)
    window.trigger("file.import_labels")
    assert not trouble and again == ["Import labels.slp"]
    window.trigger("edit.undo")
    assert project.counts()["instances"] == 2


def test_leaving_the_question_changes_nothing(window, labels, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(labels), ""))
    project = window.session.project
    before = project.history()

    def leave(dialog: QWidget) -> None:
        assert isinstance(dialog, KeypointMapDialog)
        assert dialog.skeleton_buttons["take"].isEnabled(), "a project without labels may take the skeleton"
        dialog.reject()

    trouble = answer(leave)
    window.trigger("file.import_labels")
    assert not trouble and project.history() == before


def test_missing_keypoints_are_added(window, labels, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(labels), ""))

    def add(dialog: QWidget) -> None:
        assert isinstance(dialog, KeypointMapDialog)
        dialog.skeleton_buttons["extend"].click()
        dialog.accept()

    trouble = answer(add)
    window.trigger("file.import_labels")
    assert not trouble
    assert window.session.project.skeleton.keypoints == (*OURS.keypoints, "Tail")
    assert window.session.project.counts()["instances"] == 4


def test_a_dropped_file_without_a_project_becomes_one(window, labels, tmp_path):
    window.trigger("file.close_project")
    window.drops.take([labels])
    assert window.session.project.path == tmp_path / "labels.pose"
    assert window.session.project.counts()["instances"] == 4
    assert [record.name for record in window.session.project.videos] == ["walk.mp4"]


def test_an_export_over_a_file_shows_what_changes(qtbot, window, tmp_path):
    project = window.session.project
    project.push(AddInstance(1, 1, Instance(true_points(1), np.r_[1, np.full(16, 2)])))
    out = tmp_path / "out.slp"
    seen: dict[str, object] = {}

    def choose(dialog: QWidget) -> None:
        assert isinstance(dialog, ExportDialog)
        dialog.format.setCurrentIndex(dialog.format.findData("slp"))
        assert dialog.embed.isVisible()
        dialog.place.line.setText(str(out))
        trouble.extend(answer(look) if out.exists() else [])
        dialog.accept()

    def look(dialog: QWidget) -> None:
        assert isinstance(dialog, ExportPreviewDialog)
        seen["accept"] = dialog.accept_button.text()
        dialog.accept()

    trouble = answer(choose)
    window.trigger("file.export_labels")
    qtbot.waitUntil(out.exists)
    qtbot.waitUntil(lambda: "out.slp" in window.status.action.text())
    project.push(AddInstance(1, 5, Instance(true_points(5))))
    trouble += answer(choose)
    window.trigger("file.export_labels")
    qtbot.waitUntil(lambda: len(read_dataset(out).instances) == 2)
    assert not trouble and seen == {"accept": "Replace"}
