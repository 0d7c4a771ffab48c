"""The plots pane: curves of the followed person, chosen in a list, tied to playhead and range.

pyqtgraph is imported when the pane is first seen: it takes a third of a second, which the start can do
without.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSplitter, QToolButton, QVBoxLayout, QWidget

from poseapp.app.motion import Curve, both_sides
from poseapp.app.session import Session
from poseapp.labels.quantities import side, title
from poseapp.labels.trajectories import UNITS, Quantity
from poseapp.qt import theme
from poseapp.qt.bridge import connect
from poseapp.qt.items.curve_key import PLOT_OF, CurveKey, KeyRow
from poseapp.qt.items.curve_tree import CurveTree
from poseapp.qt.items.time_axis import time_code

if TYPE_CHECKING:
    from poseapp.qt.items.plot_area import PlotArea

SOON_MS = 30
DECIMALS = {"x": 1, "y": 1, "speed": 1, "score": 2, "length": 1}


class PlotsPane(QWidget):
    """List above, plots below.

    Attributes:
        area: the plots; None until the pane was shown.
        tree: the list.
        key: the plotted curves and their values.
    """

    triggered = Signal(str)  # id of a row of ACTIONS

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.session = session
        self.area: PlotArea | None = None
        self._hover: int | None = None
        self._seen = False
        self.tree, self.key = CurveTree(self), CurveKey(self)
        self.where, self.note = QLabel(self), QLabel(self)
        theme.set_role(self.where, "caption")
        theme.set_role(self.note, "muted")
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.setWordWrap(True)
        self.splitter = self._lay_out()
        self.tree.chosen.connect(session.motion.show)
        self.key.dropped.connect(self._drop)
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self.refresh)
        for signal in (session.motion.changed, session.project_changed, session.video_changed):
            connect(signal, self._refresh_soon, self)
        connect(session.labels_changed, self._refresh_soon, self)
        connect(session.frame_changed, self._say_values, self)
        connect(session.motion.picture_wanted, self.write_picture, self)
        session.settings.on_change(self._on_setting)

    def _lay_out(self) -> QSplitter:
        lower = QWidget(self)
        column = QVBoxLayout(lower)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(self._tools())
        column.addWidget(self.key)
        column.addWidget(self.note, 1)
        self._column = column
        splitter = QSplitter(Qt.Orientation.Vertical, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.tree)
        splitter.addWidget(lower)
        splitter.setStretchFactor(0, 0)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([230, 400])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)
        return splitter

    def _tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(12, 4, 8, 0)
        row.setSpacing(2)
        row.addWidget(self.where, 1)
        self.all_button = self._button("arrows-out-line-horizontal", "Show all frames and fit the values")
        self.all_button.clicked.connect(self.show_all)
        self.clear_button = self._button("eraser", "Plot nothing")
        self.clear_button.clicked.connect(lambda: self.session.motion.show(()))
        self.export_button = self._button("export", "Export the plotted curves or their picture")
        self.export_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.export_button)
        for row_id, words in (("file.export_curves", "Curves as Table…"), ("file.export_plot", "Picture…")):
            action = menu.addAction(words)
            action.triggered.connect(lambda _=False, row_id=row_id: self.triggered.emit(row_id))
        self.export_button.setMenu(menu)
        for button in (self.all_button, self.clear_button, self.export_button):
            row.addWidget(button)
        return row

    def _button(self, icon: str, words: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(theme.icon(icon))
        button.setIconSize(QSize(theme.ICON_PX, theme.ICON_PX))
        button.setAutoRaise(True)
        button.setToolTip(words)
        button.setAccessibleName(words)
        return button

    # -- building, once

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Begin to plot when somebody sees the pane; a layout put back shows every dock for a moment."""
        super().paintEvent(event)
        if not self._seen:
            self._seen = True
            self._soon.start()

    def _build(self) -> PlotArea:
        if self.area is not None:
            return self.area
        from poseapp.qt.items.plot_area import PlotArea

        self.area = PlotArea(self.session, self)
        self.area.hovered.connect(self._on_hover)
        self._column.addWidget(self.area, 4)
        if not self.session.motion.shown:
            session = self.session
            session.motion.show(both_sides(session.selected_keypoint, "speed", session))
        return self.area

    # -- following

    def _refresh_soon(self, *_: object) -> None:
        self._soon.start()

    def refresh(self) -> None:
        """Plot what there is of what is chosen."""
        if self.area is None and not self._seen:
            return
        area = self._build()
        motion, skeleton = self.session.motion, self.session.skeleton
        self.tree.show_skeleton(skeleton)
        self.tree.show_chosen(motion.shown)
        rows: list[KeyRow] = []
        curves: list[tuple[KeyRow, Curve]] = []
        for quantity in motion.shown if skeleton is not None else ():
            assert skeleton is not None
            token = side(quantity, skeleton)
            plot = PLOT_OF[quantity.kind]
            style = sum(row.token == token and PLOT_OF[row.quantity.kind] == plot for row in rows)
            rows.append(KeyRow(quantity, title(quantity, skeleton), token, style))
            curve = motion.curve(quantity)
            if curve is not None and np.isfinite(curve.values).any():
                curves.append((rows[-1], curve))
        self.key.show_rows(rows)
        area.show_curves(curves)
        area.setVisible(bool(curves))
        self.note.setVisible(not curves)
        self.note.setText(self._why_empty())
        for button in (self.clear_button, self.export_button, self.all_button):
            button.setEnabled(bool(rows))
        self._say_values()

    def _why_empty(self) -> str:
        motion = self.session.motion
        if not motion.shown:
            return "Check a box above to plot it over time."
        if any(motion.curve(quantity) is None for quantity in motion.shown):
            return "Following the person…"
        return "Nobody is labelled or predicted in this video yet."

    def _on_setting(self, key: str, value: object) -> None:
        if key == "timeline_axis" and self.area is not None:
            self.area.refresh_axis()

    def _drop(self, quantity: Quantity) -> None:
        motion = self.session.motion
        motion.show(q for q in motion.shown if q != quantity)

    def show_all(self) -> None:
        """Fit frames and values."""
        if self.area is not None:
            self.area.show_all()

    # -- values

    def _on_hover(self, frame_idx: int | None) -> None:
        self._hover = frame_idx
        self._say_values()

    def _say_values(self, *_: object) -> None:
        if self.area is None or not self.isVisible():
            return
        session = self.session
        frame = session.frame_idx if self._hover is None else self._hover
        self.where.setText(f"frame {frame} · {time_code(session.time_of(frame))}")
        self.key.show_values([self._value(row, frame) for row in self.key.rows])

    def _value(self, row: KeyRow, frame_idx: int) -> str:
        curve = self.session.motion.curve(row.quantity)
        if curve is None:
            return "…"
        at = int(np.searchsorted(curve.frames, frame_idx))
        if at >= len(curve.frames) or curve.frames[at] != frame_idx or not np.isfinite(curve.values[at]):
            return "–"
        kind = row.quantity.kind
        return f"{curve.values[at]:.{DECIMALS[kind]}f} {UNITS[kind]}".strip()

    def write_picture(self, path: Path) -> None:
        """Write the plots as `.png` or `.svg`."""
        area = self._build()
        self.refresh()
        if area.write_picture(str(path), self.key):
            self.session.message.emit(f"Wrote {path.name}")
        else:
            self.session.failed.emit(f"the picture could not be written: {path}")
