"""Every control has a name for screen readers and a way to it by keys: in the window and in each dialog."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFileDialog,
    QHeaderView,
    QInputDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QScrollBar,
    QTextEdit,
)

from poseapp.app.actions import ACTIONS
from poseapp.qt.menus import ROWS
from tests.gui.answering import answer

KINDS = (
    QAbstractButton, QLineEdit, QAbstractSpinBox, QComboBox, QAbstractItemView, QAbstractSlider,
    QPlainTextEdit, QTextEdit,
)  # fmt: skip
WHOLE = (QComboBox, QAbstractSpinBox, QAbstractItemView, QLineEdit, QMenu)
QTS_OWN = (QFileDialog, QMessageBox, QInputDialog)


def controls(root):
    """What a user can act on, without the parts Qt makes controls of."""
    for widget in root.findChildren(object):
        if not isinstance(widget, KINDS) or isinstance(widget, (QScrollBar, QHeaderView)):
            continue
        parents, at = [], widget.parentWidget()
        while at is not None and at is not root:
            parents.append(at)
            at = at.parentWidget()
        is_part = any(isinstance(p, WHOLE) for p in parents)
        if widget.isVisible() and not is_part and not widget.objectName().startswith("qt_"):
            yield widget


def name_of(widget):
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name).replace("&", "").strip() if interface is not None else ""


def told(widget):
    at, path = widget, []
    while at is not None:
        path.append(at.objectName() or type(at).__name__)
        at = at.parentWidget()
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return f"{'/'.join(reversed(path[:4]))} {text!r} {widget.toolTip()!r}"


def troubles(root):
    found = []
    for widget in controls(root):
        if not name_of(widget):
            found.append(f"no name: {told(widget)}")
        by_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus or widget.focusProxy() is not None
        # A button that leaves the keys with the video must stand for a command: keys and palette have it.
        if not by_tab and widget.property("action") not in ROWS:
            found.append(f"no way to it by keys: {told(widget)}")
    return found


def test_the_window_and_all_its_panes(qtbot, open_window, predicted_path):
    window = open_window(predicted_path)
    window.trigger("label.accept")
    window.palette_.open_palette()
    found = {}
    for name in window.panes:
        window.show_pane(name)
        QApplication.processEvents()
        found.update({told(widget): widget for widget in controls(window)})
        assert not troubles(window), "\n".join(troubles(window))
    assert len(found) > 30


def test_the_start_page(window, open_window, project_path):
    open_window(project_path)
    window.trigger("file.close_project")
    assert not troubles(window.start), "\n".join(troubles(window.start))


ASKING = sorted({row.ask: row.id for row in ACTIONS if row.ask}.values())


@pytest.mark.parametrize("action_id", ASKING)
def test_the_dialog_of(qtbot, open_window, predicted_path, action_id):
    window = open_window(predicted_path)
    window.trigger("label.accept")
    session = window.session
    people = session.instances_on_screen()
    if people:
        session.select(people[0].ref, 0)
    session.set_range(0, 5)

    def look(dialog):
        if not isinstance(dialog, QTS_OWN):
            problems.extend(troubles(dialog))

    problems: list[str] = []
    if not ROWS[action_id].enabled(session):
        pytest.skip("off here")
    trouble = answer(look)
    window.trigger(action_id)
    assert not trouble
    assert not problems, "\n".join(problems)


def test_the_canvas_and_the_timeline_say_what_they_show(qtbot, open_window, predicted_path):
    window = open_window(predicted_path)
    session = window.session
    person = session.instances_on_screen()[0]
    session.select(person.ref, 9)
    canvas = QAccessible.queryAccessibleInterface(window.video.canvas)
    said = lambda: canvas.text(QAccessible.Text.Description)  # noqa: E731
    qtbot.waitUntil(lambda: "left wrist" in said())
    assert said().startswith("walk.mp4, frame 0 of 24, 1 person") and "person 1" in said()
    window.trigger("go.next_frame")
    qtbot.waitUntil(lambda: "frame 1 of 24" in said())
    session.select(None)
    qtbot.waitUntil(lambda: "nobody selected" in said())
    timeline = QAccessible.queryAccessibleInterface(window.timeline.tracks)
    words = lambda: timeline.text(QAccessible.Text.Description)  # noqa: E731
    qtbot.waitUntil(lambda: words().startswith("Frame 1 of 24, 00:00.040"))
    assert f"0 frames labelled, {len(session.doubtful_frames())} doubtful" in words()
