"""The dialog of label statistics; counting happens beside the window."""

from __future__ import annotations

import threading

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QLabel, QScrollArea, QWidget

from poseapp.api.statistics import StatisticsResult, count_labels
from poseapp.errors import PoseError
from poseapp.labels.project import Project
from poseapp.qt import theme
from poseapp.qt.dialogs.form import FormDialog
from poseapp.qt.items.statistics_paint import StatisticsPicture


class StatisticsDialog(FormDialog):
    """What the labels of a project are, in all or of one video.

    Attributes:
        picture: the bars.
        chooser: all videos or one.
    """

    counted = Signal(object)

    def __init__(self, parent: QWidget | None, project: Project) -> None:
        super().__init__(parent, "Label Statistics", "", "Close", 660)
        self.cancel_button.hide()
        self._result: StatisticsResult | None = None
        self.chooser = QComboBox()
        self.chooser.setAccessibleName("Videos")
        self.add_row("Videos", self.chooser)
        self.summary = QLabel("Counting…")
        theme.set_role(self.summary, "title")
        self.body.addWidget(self.summary)
        self.picture = StatisticsPicture()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        theme.set_role(scroll, "panel")
        theme.set_role(self.picture, "content")
        scroll.setWidget(self.picture)
        scroll.setMinimumHeight(560)
        self.body.addWidget(scroll, 1)
        self.chooser.currentIndexChanged.connect(self._show)
        self.counted.connect(self._on_counted)
        self._thread = threading.Thread(target=self._count, args=(project,), name="statistics", daemon=True)
        self._thread.start()

    def _count(self, project: Project) -> None:
        found: StatisticsResult | str
        try:
            found = count_labels(project)
        except (PoseError, OSError) as error:
            found = str(error)
        try:
            self.counted.emit(found)
        except RuntimeError:
            return  # closed meanwhile

    def _on_counted(self, found: StatisticsResult | str) -> None:
        if isinstance(found, str):
            self.summary.setText(found)
            return
        self._result = found
        self.chooser.blockSignals(True)
        several = len(found.videos) != 1
        self.chooser.addItem(f"All {len(found.videos)} videos" if several else found.videos[0].video)
        if len(found.videos) > 1:
            for video in found.videos:
                self.chooser.addItem(video.video)
        self.chooser.blockSignals(False)
        self._show()

    def _show(self) -> None:
        if self._result is None:
            return
        at = self.chooser.currentIndex()
        shown = self._result.total if at <= 0 else self._result.videos[at - 1]
        videos = self._result.videos if at <= 0 else [shown]
        points = sum(row.visible + row.hidden for row in shown.keypoints)
        if shown.people:
            self.summary.setText(
                f"{shown.labelled:,} of {shown.frames:,} frames labelled · {shown.people:,} people · "
                f"{points:,} keypoints"
            )
        else:
            self.summary.setText("No labels yet")
        self.picture.show_statistics(shown, videos)
