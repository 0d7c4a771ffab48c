"""Drawn people mixed into a fine-tuning: the row of its dialog."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from poseapp.labels.skeleton import load_skeleton
from poseapp.qt.dialogs import mixing as mixing_module
from poseapp.qt.dialogs.jobs import FineTuneDialog
from poseapp.qt.dialogs.mixing import Mixing, ratio_words
from tests.gui import hand
from tests.gui.answering import answer


def test_a_body_that_must_be_built_first_is_said(qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("POSEAPP_BODY_DIR", str(tmp_path))
    mixing = Mixing(load_skeleton("coco17"), [tmp_path / "old"])
    dialog = QDialog()
    qtbot.addWidget(dialog)
    QVBoxLayout(dialog).addWidget(mixing)
    dialog.setFixedWidth(300)
    dialog.show()
    low = dialog.height()
    for row, said in (("synth:Sport", True), (str(tmp_path / "old"), False), ("synth:Balanced", True)):
        mixing.source.setCurrentIndex(mixing.source.findData(row))
        mixing.source.activated.emit(mixing.source.currentIndex())
        assert mixing.note.isVisible() is said
    note = mixing.note
    qtbot.waitUntil(lambda: dialog.height() > low and note.height() >= note.heightForWidth(note.width()))
    monkeypatch.setattr(mixing_module, "body_is_built", lambda: True)
    mixing.share.setValue(3)
    assert not mixing.note.isVisible()


def test_drawn_people_are_mixed_in_by_a_ratio(qtbot, tmp_path):
    mixing = Mixing(load_skeleton("coco17"), [tmp_path / "old"])
    qtbot.addWidget(mixing)
    assert mixing.values() == {} and not mixing.share.isEnabled()
    mixing.source.setCurrentIndex(mixing.source.findData("synth:Sport"))
    mixing.source.activated.emit(mixing.source.currentIndex())
    assert mixing.share.isEnabled()
    values = mixing.values()
    assert (values["mix"], values["mix_share"]) == (["synth"], 0.5)
    assert values["synth"]["poses"]["sport"] == pytest.approx(0.65)
    hand.press(mixing.share, Qt.Key.Key_End)
    assert mixing.values()["mix_share"] == 0.9
    hand.press(mixing.share, Qt.Key.Key_Home)
    assert mixing.values() == {}
    assert ratio_words(0.5) == "1 drawn for 1 labelled"
    assert ratio_words(0.75) == "3 drawn for 1 labelled"
    assert ratio_words(0.2) == "1 drawn for 4 labelled"


def test_a_data_set_is_mixed_in_as_its_labels(qtbot, tmp_path):
    (tmp_path / "halpe26.json").write_text("{}")
    mixing = Mixing(load_skeleton("coco17"), [], wanted=tmp_path)
    qtbot.addWidget(mixing)
    assert mixing.values() == {"mix": [str(tmp_path / "halpe26.json")], "mix_share": 0.5}


def test_keypoints_that_are_no_persons_get_no_drawn_people(qtbot, tmp_path):
    (tmp_path / "halpe26.json").write_text("{}")
    mixing = Mixing(load_skeleton("openfield4"), [], wanted=tmp_path)
    qtbot.addWidget(mixing)
    assert not mixing.source.isEnabled() and mixing.values() == {}
    assert "openfield4" in mixing.toolTip()


def test_train_on_it_offers_the_data_set_beside_ones_own_labels(open_window, predicted_path, tmp_path):
    window = open_window(predicted_path)
    window.trigger("label.accept")
    people = tmp_path / "people"
    people.mkdir()
    (people / "halpe26.json").write_text("{}")
    seen = {}

    def step(dialog: QWidget) -> None:
        assert isinstance(dialog, FineTuneDialog)
        seen.update(dialog.values())
        dialog.reject()

    trouble = answer(step)
    window.offers.act("Train on it…", people)
    assert not trouble
    assert (seen["mix"], seen["mix_share"]) == ([str(people / "halpe26.json")], 0.5)
    trouble = answer(step)
    seen.clear()
    window.trigger("train.fine_tune")
    assert not trouble and "mix" not in seen, "the next time nothing is mixed in by itself"
