"""The plots pane in the real window: choosing curves, playhead and range both ways, values, export."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTreeWidgetItem
from pytestqt.qtbot import QtBot

from poseapp.labels.edits import AddInstance
from poseapp.labels.trajectories import Quantity
from poseapp.qt import ask, theme
from poseapp.qt.items.curve_key import ROW_PX
from poseapp.qt.panes.plots import PlotsPane
from poseapp.qt.window import Window
from tests.gui.hand import LEFT, NO_KEY, move, press, wheel

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
KNEE_SPEED, WRIST_X = Quantity("speed", (13,)), Quantity("x", (9,))


@pytest.fixture
def window(open_window: Callable[[Path], Window], predicted_path: Path) -> Window:
    """The window with the predicted clip."""
    return open_window(predicted_path)


@pytest.fixture
def pane(window: Window, qtbot: QtBot) -> PlotsPane:
    """Its plots, with the speed of the left knee and x of the left wrist."""
    window.show_pane("plots")
    found = window.panes["plots"]
    assert isinstance(found, PlotsPane)
    qtbot.waitUntil(lambda: found.area is not None and bool(found.area.rows), timeout=10_000)
    window.session.motion.show((KNEE_SPEED, WRIST_X))
    qtbot.waitUntil(lambda: [row.unit for row in found.area.rows] == ["speed, px/s", "position, px"])
    return found


def spot(pane: PlotsPane, frame: float, row: int = 0) -> QPoint:
    """A pixel of the viewport, in the middle of a plot."""
    view = pane.area.rows[row].view
    low, high = view.viewRange()[1]
    return pane.area.mapFromScene(view.mapViewToScene(QPointF(frame, (low + high) / 2)))


def hand_drag(pane: PlotsPane, start: float, end: float, modifier: Qt.KeyboardModifier = NO_KEY) -> None:
    """A drag as a hand does it: it comes from somewhere and takes its time (pyqtgraph skips hasty moves)."""
    viewport = pane.area.viewport()
    hover(pane, start)
    QTest.mousePress(viewport, LEFT, modifier, spot(pane, start))
    for share in (0.5, 1.0):
        QTest.qWait(15)
        move(viewport, spot(pane, start + share * (end - start)), LEFT, modifier)
    QTest.mouseRelease(viewport, LEFT, modifier, spot(pane, end))


def hover(pane: PlotsPane, frame: float) -> None:
    """The mouse comes to a frame."""
    QTest.qWait(15)
    move(pane.area.viewport(), spot(pane, frame))


def item(pane: PlotsPane, name: str) -> QTreeWidgetItem:
    return next(i for i in pane.tree._items() if i.text(0) == name)


def drawn(pane: PlotsPane, row: int = 0, curve: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """The points of a drawn line."""
    return pane.area.rows[row]._curves[curve][2].getData()


def test_the_pane_begins_with_both_sides_and_loads_its_library_late(window: Window, qtbot: QtBot) -> None:
    pane = window.panes["plots"]
    assert pane.area is None
    window.show_pane("plots")
    qtbot.waitUntil(lambda: [row.name for row in pane.key.rows] == ["left side speed", "right side speed"])
    code = (
        "import sys, poseapp.qt.window, poseapp.qt.panes.plots\n"
        "assert 'pyqtgraph' not in sys.modules, 'too early'"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_curves_are_what_they_measure(pane: PlotsPane) -> None:
    frames, speed = drawn(pane)
    assert np.allclose(frames, np.arange(24), atol=1e-6) and np.allclose(speed, 75.0, atol=0.5)
    frames, x = drawn(pane, row=1)
    assert np.allclose(x, 142.0 + 3 * np.arange(24), atol=1e-3)  # the wrist's mistake of 12 included


def test_boxes_choose_curves_and_the_search_finds_them(pane: PlotsPane, window: Window, qtbot: QtBot) -> None:
    motion = window.session.motion
    qtbot.keyClicks(pane.tree.search, "right wr")
    shown = [i.text(0) for i in pane.tree._items() if not i.isHidden()]
    assert shown == ["right wrist", "right elbow–right wrist"]
    row = item(pane, "right wrist")
    box = pane.tree.tree.visualItemRect(row)
    x = pane.tree.tree.header().sectionPosition(2) + 9
    QTest.mouseClick(pane.tree.tree.viewport(), LEFT, NO_KEY, QPoint(x, box.center().y()))
    assert motion.shown[-1] == Quantity("y", (10,))
    qtbot.waitUntil(lambda: "right wrist y" in [r.name for r in pane.key.rows])
    cross = QPoint(pane.key.width() - 18, ROW_PX * 2 + 9)
    QTest.mouseClick(pane.key, LEFT, NO_KEY, cross)
    assert motion.shown == (KNEE_SPEED, WRIST_X) and row.checkState(2) == Qt.CheckState.Checked
    qtbot.waitUntil(lambda: row.checkState(2) == Qt.CheckState.Unchecked)
    QTest.mouseClick(pane.clear_button, LEFT)
    qtbot.waitUntil(pane.note.isVisible)
    assert motion.shown == () and not pane.area.isVisible()


def test_boxes_are_reached_and_checked_by_keys(pane: PlotsPane, window: Window) -> None:
    tree = pane.tree.tree
    window.activateWindow()
    tree.setFocus()
    tree.setCurrentItem(item(pane, "nose"), 0)
    press(tree, Qt.Key.Key_Right)
    press(tree, Qt.Key.Key_Right)
    press(tree, Qt.Key.Key_Space)
    assert window.session.motion.shown[-1] == Quantity("y", (0,))
    press(tree, Qt.Key.Key_Down)
    press(tree, Qt.Key.Key_Space)
    assert window.session.motion.shown[-1] == Quantity("y", (1,))


def test_clicks_and_drags_move_the_playhead_and_the_playhead_moves_the_line(
    pane: PlotsPane, window: Window, qtbot: QtBot
) -> None:
    session, viewport = window.session, pane.area.viewport()
    QTest.mouseClick(viewport, LEFT, NO_KEY, spot(pane, 9))
    assert session.frame_idx == 9
    hand_drag(pane, 15, 18)
    assert session.frame_idx == 18
    session.go_to(4)
    assert [row.playhead.value() for row in pane.area.rows] == [4, 4]
    hand_drag(pane, 4, 7)  # the line itself
    assert session.frame_idx == 7


def test_the_range_is_shown_chosen_and_dragged(pane: PlotsPane, window: Window) -> None:
    session = window.session
    region = pane.area.rows[0].region
    assert not region.isVisible()
    hand_drag(pane, 5, 10, SHIFT)
    assert session.frame_range == (5, 11) and session.frame_idx == 0
    assert region.isVisible() and np.allclose(region.getRegion(), (4.5, 10.5))
    hand_drag(pane, 7, 9)  # all of it
    assert session.frame_range == (7, 13)
    hand_drag(pane, 12.5, 15.5)  # its end
    assert session.frame_range == (7, 16)
    session.set_range(2, 4)
    assert all(np.allclose(row.region.getRegion(), (1.5, 3.5)) for row in pane.area.rows)


def test_values_under_the_mouse(pane: PlotsPane, window: Window) -> None:
    window.session.go_to(2)
    assert pane.key.rows[1].value == "148.0 px" and pane.where.text().startswith("frame 2 ·")
    hover(pane, 10)
    assert pane.key.rows[1].value == "172.0 px" and pane.where.text().startswith("frame 10 ·")
    assert pane.key.rows[0].value == "75.0 px/s"


def test_zoom_fits_the_values_and_all_comes_back(pane: PlotsPane) -> None:
    first, second = (row.view for row in pane.area.rows)
    before = second.viewRange()
    wheel(pane.area.viewport(), spot(pane, 12), 6)
    (low, high), values = second.viewRange()
    assert high - low < 0.6 * (before[0][1] - before[0][0]) and first.viewRange()[0] == [low, high]
    assert values[1] - values[0] < before[1][1] - before[1][0]
    wheel(pane.area.viewport(), spot(pane, 12, 1), 4, CTRL)
    assert second.viewRange()[0] == [low, high] and pane.area.rows[1].keep_values
    QTest.mouseClick(pane.all_button, LEFT)
    assert np.allclose(second.viewRange(), before, atol=0.5)


def test_labels_are_dots_and_edits_show(pane: PlotsPane, window: Window, qtbot: QtBot) -> None:
    session = window.session
    dots = pane.area.rows[1]._curves[0][3]
    assert len(dots.points()) == 0
    session.go_to(6)
    person = session.instances_on_screen()[0].instance.copy()
    person.points[9] += (40.0, 0.0)
    session.push(AddInstance(session.video.id, 6, person))

    def shown() -> list[tuple[float, float]]:
        return [(p.pos().x(), p.pos().y()) for p in pane.area.rows[1]._curves[0][3].points()]

    qtbot.waitUntil(lambda: shown() == [pytest.approx((6.0, 200.0), abs=1e-3)], timeout=5000)
    session.undo()
    qtbot.waitUntil(lambda: shown() == [], timeout=5000)


def test_export(pane: PlotsPane, window: Window, tmp_path: Path, monkeypatch, qtbot: QtBot) -> None:  # noqa: ANN001
    for action, name in (("curves", "x.csv"), ("plot", "x.png"), ("plot", "x.svg")):
        monkeypatch.setitem(ask.ASKS, f"{action}_file", lambda *_, n=name: {"path": str(tmp_path / n)})
        rows = {"curves": "file.export_curves", "plot": "file.export_plot"}
        window.trigger(rows[action])
        qtbot.waitUntil((tmp_path / name).exists)
    table = pd.read_csv(tmp_path / "x.csv")
    assert list(table.columns[4:]) == ["left_knee:speed", "left_wrist:x"] and len(table) == 24
    assert np.allclose(table["left_wrist:x"], 142.0 + 3 * np.arange(24), atol=1e-3)
    picture = QImage(str(tmp_path / "x.png"))
    assert picture.width() == 2 * pane.area.width()
    inks = {
        picture.pixelColor(x, y).name() for x in range(0, picture.width(), 2) for y in range(picture.height())
    }
    assert theme.tokens().left in inks
    drawing = (tmp_path / "x.svg").read_text()
    assert "left wrist x" in drawing and ("<polyline" in drawing or "<path" in drawing)


def test_the_theme_reaches_the_plots(pane: PlotsPane, window: Window) -> None:
    theme.set_choice("light")
    image = pane.area.grab().toImage()
    assert image.pixelColor(2, 2).name() == theme.LIGHT.panel
    theme.set_choice("dark")
    assert pane.area.grab().toImage().pixelColor(2, 2).name() == theme.DARK.panel


def test_another_video_or_none_leaves_no_old_curve(pane: PlotsPane, window: Window, qtbot: QtBot) -> None:
    window.session.set_layer_visible("first", False)
    qtbot.waitUntil(pane.note.isVisible)
    assert "Nobody" in pane.note.text()
    window.trigger("file.close_project")
    qtbot.wait(80)
    assert window.session.motion.person is None
