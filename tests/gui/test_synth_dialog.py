"""Tools > Synthesize Data Set with real events: preview, job, what follows, and what can go wrong."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from poseapp.app import synth_choices
from poseapp.app.data_sets import project_of
from poseapp.app.synth_preview import SynthPreview
from poseapp.labels.project import Project
from poseapp.qt import theme
from poseapp.qt.dialogs import synth_pane
from poseapp.qt.dialogs.synth import SynthDialog
from poseapp.synth.body.model import load_body
from tests.gui import hand
from tests.gui.answering import answer

ROOT = Path(__file__).resolve().parents[2]
LONG_MS = 120_000


@pytest.fixture
def body(monkeypatch: pytest.MonkeyPatch) -> None:
    """The body model of the checkout, built where it is not there yet."""
    monkeypatch.setenv("POSEAPP_BODY_DIR", str(ROOT / ".body"))
    load_body()


@pytest.fixture
def show(qtbot: QtBot, qapp: QApplication, tmp_path: Path, body: None) -> Iterator:
    """Shows the dialog with small pictures."""
    theme.apply(qapp, "dark")
    made: list[SynthDialog] = []

    def build(preview: SynthPreview | None = None) -> SynthDialog:
        dialog = SynthDialog(None, tmp_path / "synthetic", preview)
        make_small(dialog)
        made.append(dialog)
        dialog.show()
        qtbot.waitExposed(dialog)
        return dialog

    yield build
    for dialog in made:
        dialog.close()
        dialog.deleteLater()
    qapp.processEvents()


def make_small(dialog: SynthDialog) -> None:
    """Pictures that are drawn in a moment."""
    small = {"count": 2, "width": 64, "height": 64, "max_people": 1, "clutter": 0.0, "props": 0.0}
    dialog.form.set_values(dialog.form.values() | small | {"shadows": False, "dense": False})
    dialog.ask()


def wait_for_pictures(qtbot: QtBot, dialog: SynthDialog) -> list[bytes]:
    """Let the window work until all pictures are those of the newest question."""

    def are_there() -> bool:
        pictures = dialog.pane.grid.pictures
        return (
            not dialog._later.isActive()
            and dialog.pane.grid.num_waiting == 0
            and len(pictures) == synth_pane.NUM_PICTURES
            and all(picture.question is dialog.pane.asked for picture in pictures)
        )

    qtbot.waitUntil(lambda: are_there() or dialog.pane.state == "failed", timeout=LONG_MS)
    assert dialog.pane.state == "ready", dialog.pane.panel.text.text()
    return [picture.png for picture in dialog.pane.grid.pictures]


def click(widget: QWidget, at: QPoint | None = None) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at or QPoint())


def test_a_slider_draws_the_same_people_anew_and_another_seed_others(show, qtbot):
    dialog = show()
    before = wait_for_pictures(qtbot, dialog)
    assert len(set(before)) == synth_pane.NUM_PICTURES
    assert any(picture.people for picture in dialog.pane.grid.pictures)
    noise = dialog.form.fields["noise"]
    assert not dialog.form.resets["noise"].isVisible()
    hand.press(noise.slider, Qt.Key.Key_End)
    assert noise.value() == 4.0 and dialog.form.resets["noise"].isVisible()
    noisy = wait_for_pictures(qtbot, dialog)
    assert not set(noisy) & set(before)
    assert dialog.pane.asked.seed == 0
    # The arrow puts it back, and the pictures with it.
    click(dialog.form.resets["noise"])
    assert wait_for_pictures(qtbot, dialog) == before
    click(dialog.pane.other_button)
    others = wait_for_pictures(qtbot, dialog)
    assert dialog.pane.asked.seed == 1 and not set(others) & set(before)


def test_what_does_not_show_in_pictures_is_not_drawn_anew(show, qtbot):
    dialog = show()
    before = wait_for_pictures(qtbot, dialog)
    asked = dialog.pane.asked
    for key, value in (("pictures_per_look", 8), ("count", 50)):
        dialog.form.fields[key].spin.setValue(value)
    dialog.form.fields["dense"].set_value(True)
    dialog.form.changed.emit()
    qtbot.waitUntil(lambda: not dialog._later.isActive())
    assert dialog.pane.asked is asked and dialog.pane.grid.num_waiting == 0
    assert wait_for_pictures(qtbot, dialog) == before
    assert dialog.values()["settings"]["pictures_per_look"] == 8 and dialog.values()["settings"]["dense"]


def test_a_picture_is_looked_at_large_and_left_with_esc(show, qtbot):
    dialog = show()
    wait_for_pictures(qtbot, dialog)
    grid = dialog.pane.grid
    click(grid, grid.cell(2).center().toPoint())
    assert grid.enlarged == 2
    qtbot.waitUntil(lambda: grid._large is not None, timeout=LONG_MS)
    hand.press(grid, Qt.Key.Key_Right)
    assert grid.enlarged == 3
    qtbot.waitUntil(lambda: grid._large is not None and grid._large[0].index == 3, timeout=LONG_MS)
    hand.press(grid, Qt.Key.Key_Escape)
    assert grid.enlarged is None and dialog.isVisible()
    hand.press(grid, Qt.Key.Key_Return)
    assert grid.enlarged == 3, "Enter makes the one with the focus large, and starts no job"
    assert dialog.isVisible()


def test_keypoints_are_shown_on_request(show, qtbot):
    dialog = show()
    wait_for_pictures(qtbot, dialog)
    with_keypoints = dialog.pane.grid.grab().toImage()
    dialog.pane.keypoints.click()
    assert dialog.pane.grid.grab().toImage() != with_keypoints
    dialog.pane.skeleton.setCurrentIndex(dialog.pane.skeleton.findData("coco17"))
    wait_for_pictures(qtbot, dialog)
    assert all(person.points.shape == (17, 2) for p in dialog.pane.grid.pictures for person in p.people)


def test_presets_fill_the_form_and_leave_place_and_number_alone(show):
    dialog = show()
    dialog.preset.setCurrentIndex(dialog.preset.findText("Laboratory (plain, 4 cameras)"))
    dialog.preset.activated.emit(dialog.preset.currentIndex())
    values = dialog.values()
    assert (values["settings"]["cameras"], values["settings"]["clutter"]) == (4, 0.0)
    assert values["count"] == 2 and values["settings"]["width"] == 64
    assert "8 pictures of 64 × 64" in dialog.summary.text()
    assert not any(button.isVisible() for button in dialog.form.resets.values())
    click(dialog.reset_button)
    assert dialog.values()["settings"]["cameras"] == 1 and dialog.values()["count"] == 1000


def test_a_clip_is_chosen_with_its_length(show):
    dialog = show()
    fields, clip = dialog.form.fields, dialog.form.fields["clip"].box
    assert not fields["seconds"].isVisible() and dialog.values().get("clip") is None
    fields["cameras"].set_value(3)
    hand.press(clip, Qt.Key.Key_Down)
    assert fields["seconds"].isVisible() and dialog.form.labels["seconds"].isVisible()
    assert not fields["count"].isVisible() and not dialog.form.resets["count"].isVisible()
    assert not fields["cameras"].isEnabled() and dialog.values()["settings"]["cameras"] == 1
    fields["seconds"].spin.setValue(4)
    assert dialog.values()["clip"] == 4.0 and "100 frames of 64 × 64" in dialog.summary.text()
    assert dialog.start_button.text() == "Make clip"
    hand.press(clip, Qt.Key.Key_Up)
    assert "clip" not in dialog.values() and fields["cameras"].isEnabled()
    assert dialog.start_button.text() == "Make pictures"


def test_two_numbers_of_a_range_stay_in_order(show):
    dialog = show()
    size = dialog.form.fields["person_size"]
    size.low.setValue(150)
    assert size.value() == (1.5, 1.5)
    slider = size.slider
    start = QPoint(round(slider.x_of(1.5)), slider.height() // 2)
    hand.drag(slider, start - QPoint(2, 0), QPoint(round(slider.x_of(0.4)), start.y()))
    low, high = size.value()
    assert high == 1.5 and 0.35 <= low <= 0.5
    least, most = dialog.form.fields["min_people"], dialog.form.fields["max_people"]
    least.spin.setValue(3)
    assert (least.value(), most.value()) == (3, 3)


def test_what_cannot_be_made_is_said_before_it_is_started(show, tmp_path):
    dialog = show()
    assert dialog.start_button.isEnabled() and not dialog.problem()
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "notes.txt").write_text("mine")
    dialog.place.line.setText(str(taken))
    assert "not empty" in dialog.summary.text() and not dialog.start_button.isEnabled()
    dialog.place.line.setText(str(tmp_path / "free"))
    assert dialog.start_button.isEnabled()
    for slider in dialog.form.fields["poses"].sliders.values():
        slider.setValue(0)
    assert "poses" in dialog.summary.text() and not dialog.start_button.isEnabled()
    dialog.form.reset("poses")
    folder = dialog.form.fields["bvh_folder"]
    QTest.keyClicks(folder.line, str(tmp_path / "nowhere"))
    hand.press(folder.line, Qt.Key.Key_Return)
    assert "no folder of motion files" in dialog.summary.text().lower()


def test_missing_packages_are_a_panel_with_the_command(show, qtbot, monkeypatch):
    installed = False
    monkeypatch.setattr(synth_pane, "is_installed", lambda: installed)
    dialog = show()
    assert dialog.pane.pages.currentWidget() is dialog.pane.panel and dialog.pane.panel.isVisible()
    assert not dialog.start_button.isEnabled()
    click(dialog.pane.panel.copy_button)
    assert QApplication.clipboard().text() == 'pip install "poseapp[synth]"'
    installed = True
    click(dialog.pane.panel.button)
    wait_for_pictures(qtbot, dialog)
    assert dialog.pane.pages.currentWidget() is dialog.pane.grid and dialog.start_button.isEnabled()


def test_a_preview_that_dies_is_started_again(show, qtbot):
    dialog = show()
    wait_for_pictures(qtbot, dialog)
    os.kill(dialog.pane.preview._child.process.pid, signal.SIGKILL)
    click(dialog.pane.other_button)
    wait_for_pictures(qtbot, dialog)
    assert dialog.start_button.isEnabled()


def test_a_preview_that_always_dies_says_why_and_can_be_tried_again(show, qtbot):
    dialog = show(SynthPreview([sys.executable, "-P", "-c", "import sys; sys.exit('no OpenGL here')"]))
    qtbot.waitUntil(lambda: dialog.pane.pages.currentWidget() is dialog.pane.panel, timeout=20_000)
    assert dialog.pane.panel.text.text().endswith("no OpenGL here")
    assert not dialog.start_button.isEnabled()
    dialog.pane.preview._argv[-1] = "import sys; sys.exit('still none')"
    click(dialog.pane.panel.button)
    qtbot.waitUntil(lambda: "still none" in dialog.pane.panel.text.text(), timeout=20_000)


BUILDS = """
import json, struct, sys, time
for line in sys.stdin:
    while True:
        words = json.dumps({"type": "building", "share": 0.3, "text": "building", "bytes": 0}).encode()
        sys.stdout.buffer.write(struct.pack(">I", len(words)) + words); sys.stdout.flush()
        time.sleep(0.05)
"""


def test_building_the_body_is_shown_and_can_be_cancelled(show, qtbot):
    dialog = show(SynthPreview([sys.executable, "-P", "-c", BUILDS]))
    panel = dialog.pane.panel
    qtbot.waitUntil(lambda: dialog.pane.pages.currentWidget() is panel, timeout=20_000)
    assert panel.bar.value() == 300 and panel.title.text() == "Building the body model"
    assert not dialog.start_button.isEnabled()
    child = dialog.pane.preview._child.process
    click(panel.button)
    qtbot.waitUntil(lambda: child.poll() is not None, timeout=5000)
    qtbot.wait(150)
    assert panel.title.text() == "The body model is not built" and panel.button.text() == "Build it"
    click(panel.button)
    qtbot.waitUntil(lambda: panel.title.text() == "Building the body model", timeout=20_000)


# -- the job


def start(window, count: int, out: Path, clip: bool = False) -> None:
    """Answer the dialog that the menu opens."""

    def step(dialog: QWidget) -> None:
        assert isinstance(dialog, SynthDialog)
        make_small(dialog)
        dialog.form.fields["seconds" if clip else "count"].set_value(count)
        dialog.form.fields["clip"].box.setCurrentIndex(int(clip))
        dialog.place.line.setText(str(out))
        assert dialog.start_button.isEnabled(), dialog.problem()
        click(dialog.start_button)

    trouble = answer(step)
    window.menus.actions["tools.synthesize"].trigger()
    assert not trouble


def finish(qtbot: QtBot, window) -> None:
    """Poll until the newest job has ended."""

    def ended() -> bool:
        window.session.poll_runs()
        return not window.session.runs[0].active

    qtbot.waitUntil(ended, timeout=LONG_MS)


def test_a_data_set_is_made_told_of_and_opened_with_its_labels(window, qtbot, body, tmp_path):
    out = tmp_path / "people"
    start(window, 3, out)
    run = window.session.runs[0]
    assert run.kind == "synth" and window.status.jobs.isVisible()
    finish(qtbot, window)
    assert run.state == "done", (run.error, (run.folder.path / "log.txt").read_text())
    assert (out / "halpe26.json").is_file()
    assert window.session.data_sets == [out]
    notice = window.notice
    qtbot.waitUntil(lambda: notice.wanted)
    assert notice.text.text() == "The data set “people” is ready."
    button = next(b for b in notice.findChildren(QPushButton) if b.text() == "Open in the window")
    qtbot.waitUntil(button.isVisible)
    click(button)
    qtbot.waitUntil(lambda: window.session.project is not None, timeout=LONG_MS)
    project = window.session.project
    assert project.path == project_of(out) and project.skeleton.name == "halpe26"
    assert sum(len(project.labelled_frames(video.id)) for video in project.videos) >= 1
    # The job of no project is still listed, with what can be done with its pictures.
    window.runs.choose(run)
    assert all(button.isVisibleTo(window.runs) for button in window.runs.offer_buttons.values())


def test_a_clip_is_made_and_opened(window, qtbot, body, tmp_path):
    out = tmp_path / "walk"
    start(window, 1, out, clip=True)
    run = window.session.runs[0]
    finish(qtbot, window)
    assert run.state == "done", (run.error, (run.folder.path / "log.txt").read_text())
    assert (out / "clip.mp4").is_file()
    project = Project.open(project_of(out), read_only=True)
    (video,) = project.videos
    assert video.num_frames == synth_choices.CLIP_FPS and len(project.labelled_frames(video.id))
    project.close()


def test_drawing_is_cancelled_from_the_status_bar(window, qtbot, body, tmp_path):
    start(window, 5000, tmp_path / "many")
    run = window.session.runs[0]

    def is_drawing() -> bool:
        window.session.poll_runs()
        return bool(run.progress and run.progress.get("done", 0) > 0)

    qtbot.waitUntil(is_drawing, timeout=LONG_MS)
    assert "Drawing people" in window.status.jobs.words.text()
    click(window.status.jobs.cancel)
    finish(qtbot, window)
    assert run.state == "cancelled"
    assert not window.notice.wanted
