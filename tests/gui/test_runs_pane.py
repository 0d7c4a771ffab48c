"""The runs pane on real run folders, written as a worker writes them."""

from __future__ import annotations

import math
import platform
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from poseapp.jobs import RunFolder
from poseapp.qt import networks, run_words, theme
from poseapp.qt.losschart import nice_ticks


def training(project_path: Path, name: str = "train-20260102-140500") -> RunFolder:
    run = RunFolder.create(project_path / "runs" / name, {"sources": [str(project_path)], "minutes": 1.0})
    run.set_status("running")
    return run


def epochs(run: RunFolder, first: int, last: int) -> None:
    for k in range(first, last + 1):
        loss = math.exp(-k / 5)
        run.emit(
            "epoch", epoch=k, epochs=10, step=k, loss=loss, val_loss=loss * 1.2,
            val={"pck@0.2": 0.8 + 0.01 * k}, lr=1e-3, images_per_second=42.0,
        )  # fmt: skip
        run.emit("progress", done=k, total=10, unit="epochs", eta_s=72.0, text="")


@pytest.fixture
def pane(window, open_window, predicted_path):
    return open_window(predicted_path).runs


def see(window) -> None:
    window.session.poll_runs()


def test_without_jobs_it_says_what_comes_next(qtbot, window, pane):
    window.show_pane("runs")
    assert pane.empty_button.isVisible()
    assert pane.empty_button.objectName() == "predict.video"
    window.trigger("label.accept")
    assert pane.empty_button.objectName() == "train.fine_tune"
    assert pane.empty_button.isEnabled()


def test_a_training_is_seen_while_it_learns(qtbot, window, pane, predicted_path):
    run = training(predicted_path)
    epochs(run, 1, 3)
    see(window)
    window.show_pane("runs")
    assert pane.list.count() == 1
    assert pane.chosen is not None and pane.chosen.name == run.name
    assert pane.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole).startswith("Training 14:05, running")
    assert "epoch 3" in pane._line.text()
    assert "1:12 left" in pane._line.text()
    assert "42 images/s" in pane._line.text()
    assert pane.bar.value() == 300
    assert [epoch for epoch, _ in pane.chart.score] == [1, 2, 3]
    assert pane.chart.score[-1][1] == pytest.approx(0.83)
    assert pane.stop_button.isVisible() and pane.cancel_button.isVisible()
    assert not pane.use_button.isVisible()
    assert "epoch 3" in window.top.chip.text() and window.top.chip.isVisible()
    assert window.status.jobs.isVisible()
    epochs(run, 4, 6)
    see(window)
    assert [epoch for epoch, _ in pane.chart.loss] == [1, 2, 3, 4, 5, 6]


def test_sample_pictures_appear_and_the_newest_is_shown(qtbot, window, pane, predicted_path):
    run = training(predicted_path)
    epochs(run, 1, 1)
    window.show_pane("runs")
    for k, grey in enumerate((30, 220)):
        file = run.samples_dir / f"{k:04d}.jpg"
        cv2.imwrite(str(file), np.full((60, 120, 3), grey, np.uint8))
        run.emit("samples", file=file.name)
        see(window)
    qtbot.waitUntil(lambda: pane.sample.isVisible())
    image = pane.sample.grab().toImage()
    assert image.pixelColor(image.width() // 2, image.height() // 2).red() > 200
    pane.slider.setFocus()
    qtbot.keyClick(pane.slider, Qt.Key.Key_Left)
    image = pane.sample.grab().toImage()
    assert image.pixelColor(image.width() // 2, image.height() // 2).red() < 50
    assert "1 of 2" in pane._sample_title.text()


def test_stop_and_cancel_leave_their_requests(qtbot, window, pane, predicted_path):
    run = training(predicted_path)
    epochs(run, 1, 1)
    see(window)
    window.show_pane("runs")
    qtbot.mouseClick(pane.stop_button, Qt.MouseButton.LeftButton)
    assert run.stop_requested()
    qtbot.mouseClick(pane.cancel_button, Qt.MouseButton.LeftButton)
    assert run.cancel_requested()
    run.set_status("cancelled")
    see(window)
    assert not pane.stop_button.isVisible()
    assert "cancelled" in pane._line.text()


def finish(run: RunFolder, *, accepted: bool = True) -> None:
    (run.checkpoints_dir / "best.safetensors").write_bytes(b"weights")
    run.emit(
        "result", before={"pck@0.2": 0.8}, val={"pck@0.2": 0.9}, accepted=accepted, held_out=True,
    )  # fmt: skip
    run.set_status("done")


def test_a_finished_training_can_be_put_to_use(qtbot, window, pane, predicted_path):
    run = training(predicted_path)
    epochs(run, 1, 10)
    see(window)
    finish(run)
    see(window)
    window.show_pane("runs")
    assert ".800 →" in pane._result.text() and ".900" in pane._result.text()
    choices = networks.choices(window.session)
    assert networks.preferred(window.session, choices).value == str(run.path)
    qtbot.mouseClick(pane.use_button, Qt.MouseButton.LeftButton)
    assert pane.use_button.text() == "In use"
    assert networks.is_in_use(window.session, pane.chosen)
    assert "held out: .800 → .900" in window.project._training_result.text()


def test_a_training_from_nothing_shows_what_it_reached(window, pane, predicted_path):
    run = training(predicted_path)
    run.emit("epoch", epoch=33.0, loss=1.0, val={"pck@0.2": 0.85})
    see(window)
    (run.checkpoints_dir / "best.safetensors").write_bytes(b"weights")
    run.emit("result", before={}, val={"pck@0.2": 0.857}, accepted=True, held_out=True)
    run.set_status("done")
    see(window)
    assert "→" not in pane._result.text() and ".857" in pane._result.text()
    assert run_words.outcome(window.session.runs[0]) == "done · 33 epochs"
    assert "held out .857" in networks.choices(window.session)[0].title


def test_where_all_is_right_the_stricter_measure_is_shown(window, pane, predicted_path):
    run = training(predicted_path)
    epochs(run, 1, 1)
    see(window)
    (run.checkpoints_dir / "best.safetensors").write_bytes(b"weights")
    run.emit(
        "result", before={"pck@0.2": 1.0, "pck@0.1": 0.786}, val={"pck@0.2": 1.0, "pck@0.1": 0.929},
        accepted=True, held_out=True,
    )  # fmt: skip
    run.set_status("done")
    see(window)
    assert run_words.before_after(window.session.runs[0]) == "held out PCK@0.1: .786 → .929"
    assert "PCK@0.1 on held-out labels" in pane._result.text() and ".929" in pane._result.text()


def test_where_the_share_reads_the_same_the_error_is_shown(window, pane, predicted_path):
    run = training(predicted_path)
    epochs(run, 1, 1)
    see(window)
    (run.checkpoints_dir / "best.safetensors").write_bytes(b"weights")
    run.emit(
        "result", before={"pck@0.2": 0.9291, "mean_px": 3.12}, val={"pck@0.2": 0.9293, "mean_px": 2.79},
        accepted=True, held_out=True,
    )  # fmt: skip
    run.set_status("done")
    see(window)
    words = run_words.before_after(window.session.runs[0])
    assert words == "held out: .929 → .929 · mean error 3.1 → 2.8 px"
    assert "mean error 3.1 → 2.8 px" in pane._result.text()


def test_where_the_share_tells_the_error_is_left_out(window, pane, predicted_path):
    run = training(predicted_path)
    epochs(run, 1, 1)
    run.emit(
        "result", before={"pck@0.2": 0.8, "mean_px": 3.12}, val={"pck@0.2": 0.9, "mean_px": 2.79},
        accepted=True, held_out=True,
    )  # fmt: skip
    run.set_status("done")
    see(window)
    assert run_words.before_after(window.session.runs[0]) == "held out: .800 → .900"
    assert "px" not in pane._result.text()


def test_a_training_that_made_it_worse_is_not_proposed(window, pane, predicted_path):
    run = training(predicted_path)
    epochs(run, 1, 2)
    see(window)
    finish(run, accepted=False)
    see(window)
    choices = networks.choices(window.session)
    assert networks.preferred(window.session, choices).key == "default"
    assert "old network kept" in run_words.before_after(window.session.runs[0])


def test_too_few_labels_are_said_and_the_old_network_stays(window, pane, predicted_path):
    run = training(predicted_path)
    epochs(run, 1, 2)
    see(window)
    (run.checkpoints_dir / "best.safetensors").write_bytes(b"weights")
    run.emit(
        "result", before={"pck@0.2": 0.8}, val={"pck@0.2": 0.99}, accepted=False, held_out=False,
    )  # fmt: skip
    run.set_status("done")
    said = []
    window.session.message.connect(said.append)
    see(window)
    window.show_pane("runs")
    assert any("too few labels" in text for text in said)
    assert pane._result.isVisible() and "Too few labels to hold any out" in pane._result.text()
    assert ".99" not in pane._result.text() and "→" not in pane._result.text()
    assert "old network kept" in window.project._training_result.text()
    assert networks.preferred(window.session, networks.choices(window.session)).key == "default"


def test_a_run_that_says_nothing_of_being_better_is_not_proposed(window, pane, predicted_path):
    run = training(predicted_path)
    (run.checkpoints_dir / "best.safetensors").write_bytes(b"weights")
    run.emit("result", val={"pck@0.2": 0.9})
    run.set_status("stopped")
    see(window)
    assert networks.preferred(window.session, networks.choices(window.session)).key == "default"


def test_a_stopped_training_is_resumed_by_its_button(qtbot, window, pane, predicted_path):
    run = training(predicted_path)
    epochs(run, 1, 1)
    see(window)
    window.show_pane("runs")
    assert not pane.resume_button.isVisible()
    run.set_status("stopped")
    see(window)
    assert pane.resume_button.isVisible() and pane.resume_button.isEnabled()
    qtbot.waitUntil(window.menus.actions["train.resume"].isEnabled)
    qtbot.mouseClick(pane.resume_button, Qt.MouseButton.LeftButton)
    assert pane.chosen.active and pane.cancel_button.isVisible() and not pane.resume_button.isVisible()
    run.wait(60)
    see(window)
    assert pane.chosen.state == "failed", "the project has no labels to learn from"
    assert not pane.resume_button.isVisible() and pane.failure.isVisible()


def test_a_lost_training_offers_to_go_on(window, pane, predicted_path):
    run = training(predicted_path)
    status = run.recorded_status()
    status.update(pid=2**22 + 7, identity="gone", host=platform.node())
    run.write_status(status)
    see(window)
    window.show_pane("runs")
    assert pane.chosen.state == "lost" and pane.resume_button.isVisible()
    assert pane.resume_button.text() == "Start again" and "Resume" not in pane._advice.text()
    (run.checkpoints_dir / "last.pt").write_bytes(b"state")
    pane.refresh()
    assert pane.resume_button.text() == "Resume" and "Resume" in pane._advice.text()


def test_a_failed_job_says_what_happened_and_can_be_copied(qtbot, window, pane, predicted_path):
    run = training(predicted_path)
    epochs(run, 1, 1)
    see(window)
    (run.path / "log.txt").write_text("step 1\nCUDA out of memory\n")
    run.emit("failed", error="GPU memory ran out; choose the CPU")
    run.set_status("failed", "GPU memory ran out; choose the CPU")
    see(window)
    assert pane.isVisible(), "a failure brings its pane to the front"
    assert pane.failure.isVisible()
    assert pane.failure_text.text() == "GPU memory ran out; choose the CPU"
    qtbot.mouseClick(pane.copy_button, Qt.MouseButton.LeftButton)
    copied = QApplication.clipboard().text()
    assert "CUDA out of memory" in copied and str(run.path) in copied and '"minutes": 1.0' in copied


def test_jobs_of_earlier_days_are_found_again(window, open_window, predicted_path, qtbot):
    run = training(predicted_path, "train-20260101-090000")
    epochs(run, 1, 4)
    finish(run)
    pane = open_window(predicted_path).runs
    assert pane.list.count() == 1
    assert pane.chosen.state == "done"
    assert len(pane.chosen.epochs) == 4


@pytest.mark.parametrize(
    ("seconds", "words"), [(48, "48 s"), (72.4, "1:12"), (3600 * 2 + 300, "2 h 05"), (math.nan, "")]
)
def test_durations_in_words(seconds, words):
    assert run_words.duration(seconds) == words


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(0.0, 1.0, [0.0, 0.25, 0.5, 0.75, 1.0]), (1.0, 10.0, [2.5, 5.0, 7.5, 10.0]), (3.0, 3.0, [3.0])],
)
def test_ticks_are_round_numbers(low, high, ticks):
    assert nice_ticks(low, high, 4) == pytest.approx(ticks)


def test_the_live_curve_is_the_measure_that_still_moves(window, pane, predicted_path):
    run = training(predicted_path)
    for k in range(1, 4):
        run.emit("epoch", epoch=k, loss=1.0, val={"pck@0.2": 1.0, "pck@0.1": 0.7 + 0.05 * k})
    see(window)
    assert [score for _, score in pane.chart.score] == pytest.approx([0.75, 0.8, 0.85])
    assert "PCK@0.1" in pane._legend.text()


def test_the_chart_tells_values_under_the_pointer(qtbot, window, pane, predicted_path):
    run = training(predicted_path)
    epochs(run, 1, 5)
    see(window)
    window.show_pane("runs")
    qtbot.waitUntil(pane.chart.isVisible)
    before = pane.chart.grab().toImage()
    qtbot.mouseMove(pane.chart, pane.chart.rect().center())
    qtbot.waitUntil(lambda: pane.chart.grab().toImage() != before)


def test_every_state_has_a_word_a_colour_and_an_icon(qapp):
    states = {"pending", "running", "done", "failed", "stopped", "cancelled", "lost"}
    assert states == set(run_words.STATE_WORDS) == set(run_words.STATE_ROLES) == set(run_words.STATE_ICONS)
    for name in run_words.STATE_ICONS.values():
        assert not theme.icon(name).pixmap(16, 16).isNull()
