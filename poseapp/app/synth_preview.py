"""The window's side of `poseapp.synth.preview`: asks for pictures, the newest question first; no Qt.

OpenGL and the building of the body model are kept out of the window's process: a driver that crashes takes a
preview with it, never labels.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import IO, Any

import numpy as np
import numpy.typing as npt
from psygnal import Signal

from poseapp.jobs.process import kill_tree, python_argv
from poseapp.synth.body.model import body_is_built
from poseapp.synth.preview import read_answer
from poseapp.synth.settings import SynthSettings

TRIES = 2  # how often a picture is asked for when the process ends over it
INSTALL = 'pip install "poseapp[synth]"'


def is_installed() -> bool:
    """Whether what draws people is installed; nothing of it is loaded."""
    return find_spec("moderngl") is not None and (body_is_built() or find_spec("anny") is not None)


@dataclass(frozen=True)
class PreviewPerson:
    """One person of a picture.

    Attributes:
        points: ``(K, 2)`` pixels of the picture, NaN where unlabelled.
        visibility: ``(K,)`` as in `Instance`.
    """

    points: npt.NDArray[np.float64]
    visibility: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Question:
    """What pictures are wanted.

    Attributes:
        settings: what is drawn.
        seed: of the data set.
        indices: numbers of the pictures, drawn in this order, as in a data set with other people in every
            picture (`poseapp.synth.preview.looked_at`); a moment's cameras follow each other.
        keypoints: name of the skeleton whose keypoints come with them.
        size: longest side of each picture in pixels.
    """

    settings: SynthSettings
    seed: int
    indices: Sequence[int]
    keypoints: str
    size: int


@dataclass(frozen=True)
class PreviewPicture:
    """One picture as the data set is going to have them.

    Attributes:
        question: what it answers.
        index: its number, see `Question`.
        width: pixels.
        height: pixels.
        png: the picture.
        people: who is in it.
        draw_ms: how long it took to draw.
    """

    question: Question
    index: int
    width: int
    height: int
    png: bytes
    people: list[PreviewPerson]
    draw_ms: float


class _ProcessEnded(Exception):
    """The drawing process is gone; the text is the last line it printed."""


@dataclass(frozen=True)
class _Child:
    """A drawing process and what it prints."""

    process: subprocess.Popen[bytes]
    errors: IO[bytes]

    def last_words(self) -> str:
        """The last line that an ended process printed."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(2)
        self.errors.seek(0)
        lines = [line for line in self.errors.read().decode("utf-8", "replace").splitlines() if line.strip()]
        return lines[-1].strip()[:300] if lines else f"exit status {self.process.returncode}"

    def let_go(self) -> None:
        """Close the pipes of an ended process."""
        with suppress(OSError):
            self.process.__exit__(None, None, None)  # waits, too
        self.errors.close()


class SynthPreview:
    """Draws pictures in a process of its own; a new question replaces the one before.

    All signals fire in the asking thread's helper, never in the caller's.

    Attributes:
        pictured: a `PreviewPicture` of the newest question.
        building: share (0..1) and text while the body model is built, once on a machine.
        answered: the newest question has all its pictures.
        failed: one line; the rest of the question is not drawn.
        restarted: one line: the process ended by itself and was begun again.
    """

    pictured = Signal(object)
    building = Signal(float, str)
    answered = Signal()
    failed = Signal(str)
    restarted = Signal(str)

    def __init__(self, argv: list[str] | None = None) -> None:
        self._argv = argv or python_argv("-m", "poseapp.synth.preview")
        self._changed = threading.Condition()
        self._wanted: deque[tuple[Question, int]] = deque()
        self._question: Question | None = None
        self._closed = False
        self._child: _Child | None = None
        self._killed: list[_Child] = []  # for the thread, which may be reading from it, to let go
        self._next_id = 0
        self._thread: threading.Thread | None = None

    def ask(self, question: Question) -> None:
        """Want these pictures, and none of the question before."""
        with self._changed:
            if self._closed:
                return
            self._question = question
            self._wanted = deque((question, index) for index in question.indices)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="synth-preview", daemon=True)
                self._thread.start()
            self._changed.notify()

    def stop(self) -> None:
        """Want nothing any more and end the process, also while it builds the body; `ask` begins it anew."""
        with self._changed:
            self._wanted.clear()
            self._question = None
            self._kill()
            self._changed.notify()

    def close(self) -> None:
        """End the process for good."""
        with self._changed:
            self._closed = True
            self._wanted.clear()
            self._question = None
            self._kill()
            self._changed.notify()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(5)

    # -- in the thread

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._wanted and not self._closed and not self._killed:
                    self._changed.wait()
                killed, self._killed = self._killed, []
                closed = self._closed
                question, index = self._wanted.popleft() if self._wanted else (None, 0)
            for child in killed:
                child.let_go()
            if closed:
                return
            if question is None:
                continue
            try:
                self._answer(question, index)
            except _ProcessEnded as error:
                self._give_up(question, f"the preview process ended: {error}")
            except OSError as error:
                self._give_up(question, f"the preview process cannot be started: {error}")

    def _answer(self, question: Question, index: int) -> None:
        for attempt in range(TRIES):
            try:
                header, png = self._exchange(question, index)
            except _ProcessEnded as error:
                if not self._is_wanted(question):
                    return
                if attempt + 1 == TRIES:
                    raise
                self.restarted.emit(f"The preview ended by itself ({error}) and was started again")
                continue
            break
        if not self._is_wanted(question):
            return
        if header["type"] == "failed":
            self._give_up(question, str(header["error"]))
            return
        self.pictured.emit(_picture(header, png, question, index))
        with self._changed:
            done = self._question is question and not self._wanted
        if done:
            self.answered.emit()

    def _exchange(self, question: Question, index: int) -> tuple[dict[str, Any], bytes]:
        """One request and its answer.

        Raises:
            _ProcessEnded: it ended before it had answered.
        """
        child = self._living_child(question)
        stdin, stdout = child.process.stdin, child.process.stdout
        assert stdin is not None and stdout is not None
        self._next_id += 1
        moment, camera = divmod(index, question.settings.cameras)
        request = {
            "id": self._next_id, "settings": question.settings.to_dict(), "seed": question.seed,
            "index": moment, "camera": camera, "keypoints": question.keypoints, "size": question.size,
        }  # fmt: skip
        try:
            stdin.write(json.dumps(request).encode() + b"\n")
            stdin.flush()
        except OSError:
            raise _ProcessEnded(child.last_words()) from None
        while True:
            answer = read_answer(stdout)  # type: ignore[arg-type]
            if answer is None:
                raise _ProcessEnded(child.last_words())
            if answer[0]["type"] != "building":
                return answer
            self.building.emit(float(answer[0]["share"]), str(answer[0]["text"]))

    def _living_child(self, question: Question) -> _Child:
        with self._changed:
            if self._question is not question:
                raise _ProcessEnded("stopped")
            if self._child is not None and self._child.process.poll() is None:
                return self._child
            if self._child is not None:
                self._child.let_go()
                self._child = None
            errors = tempfile.TemporaryFile()  # noqa: SIM115  closed by let_go
            try:
                # A session of its own: what builds the body is ended with it.
                process = subprocess.Popen(
                    self._argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                    start_new_session=sys.platform != "win32",
                )  # fmt: skip
            except OSError:
                errors.close()
                raise
            self._child = _Child(process, errors)
            return self._child

    def _is_wanted(self, question: Question) -> bool:
        with self._changed:
            return self._question is question

    def _give_up(self, question: Question, text: str) -> None:
        with self._changed:
            if self._question is not question:
                return
            self._wanted.clear()
            self._question = None
        self.failed.emit(text)

    def _kill(self) -> None:
        """End the process; what is asked next gets another, also while this one is still going down."""
        if self._child is None:
            return
        if self._child.process.poll() is None:
            kill_tree(self._child.process.pid)
        self._killed.append(self._child)
        self._child = None


def _picture(header: dict[str, Any], png: bytes, question: Question, index: int) -> PreviewPicture:
    people = [
        PreviewPerson(
            np.array([(np.nan, np.nan) if p is None else p for p in person["points"]], np.float64),
            np.array(person["visibility"], np.uint8),
        )
        for person in header["people"]
    ]
    width, height, draw_ms = int(header["width"]), int(header["height"]), float(header["draw_ms"])
    return PreviewPicture(question, index, width, height, png, people, draw_ms)
