"""Looks for odd labels in a thread of its own: with many thousands of frames that takes a while."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from psygnal import Signal

if TYPE_CHECKING:
    from poseapp.training.checks import LabelProblem


class LabelCheck:
    """One look at the labels of a project, begun at once.

    Attributes:
        done: psygnal signal with the problems; fires in the checking thread.
        failed: psygnal signal with one line: the labels could not be read; fires in the checking thread.
    """

    done = Signal(list)
    failed = Signal(str)

    def __init__(self, project: Path) -> None:
        self._project = project
        self._thread = threading.Thread(target=self._run, name="label-check", daemon=True)

    def start(self) -> None:
        """Begin; connect to the signals before."""
        self._thread.start()

    def wait(self) -> None:
        """Wait until it has ended."""
        self._thread.join()

    def _run(self) -> None:
        try:
            found = label_problems(self._project)
        except Exception as error:
            self.failed.emit(str(error) or type(error).__name__)
            raise  # a mistake of ours stays loud
        self.done.emit(found)


def label_problems(project: Path) -> list[LabelProblem]:
    """What is odd about the labels of a project, errors first; reads it through a connection of its own.

    Raises:
        PoseError: the project cannot be read.
    """
    from poseapp.api.exchange import read_source
    from poseapp.training.checks import check_labels

    return list(check_labels(read_source(project)))
