"""The window's side of the preview process: order, newest question first, processes that die."""

import io
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import moderngl
import numpy as np
import pytest

from poseapp.app import synth_preview
from poseapp.app.synth_preview import PreviewPicture, Question, SynthPreview
from poseapp.jobs.process import kill_tree
from poseapp.synth import preview as preview_process
from poseapp.synth.preview import read_answer, serve
from poseapp.synth.settings import SynthSettings

ROOT = Path(__file__).resolve().parents[2]
SMALL = SynthSettings(width=64, height=48, max_people=1)
# Answers as the real one does, with a grey picture whose brightness is the request's index; what it does
# before is in each test.
FAKE = """
import json, os, struct, sys, time
import cv2, numpy as np
def send(header, payload=b""):
    words = json.dumps({**header, "bytes": len(payload)}).encode()
    sys.stdout.buffer.write(struct.pack(">I", len(words)) + words + payload); sys.stdout.flush()
for line in sys.stdin:
    request = json.loads(line)
    BEFORE
    png = cv2.imencode(".png", np.full((8, 8, 3), request["index"], np.uint8))[1].tobytes()
    send({"type": "picture", "id": request["id"], "width": 8, "height": 8, "people": [], "draw_ms": 1.0}, png)
"""


class Listener:
    """Notes what a preview says."""

    def __init__(self, preview: SynthPreview) -> None:
        self.pictures: list[PreviewPicture] = []
        self.texts: list[str] = []
        self.shares: list[float] = []
        self.answered = threading.Event()
        self.failed = threading.Event()
        preview.pictured.connect(self.pictures.append)
        preview.restarted.connect(self.texts.append)
        preview.building.connect(lambda share, _text: self.shares.append(share))
        preview.answered.connect(self.answered.set)
        preview.failed.connect(self._on_failed)

    def _on_failed(self, text: str) -> None:
        self.texts.append(text)
        self.failed.set()

    def has_answer(self, timeout_s: float) -> bool:
        """Wait for all pictures; False at once where it failed."""
        end = time.monotonic() + timeout_s
        while not self.answered.wait(0.02):
            if self.failed.is_set() or time.monotonic() > end:
                return False
        return True


@pytest.fixture
def make() -> Iterator:
    """Makes a preview (of a fake process where its behaviour is given) with its listener."""
    made: list[SynthPreview] = []

    def build(before: str | None = None) -> tuple[SynthPreview, Listener]:
        argv = None if before is None else [sys.executable, "-P", "-c", FAKE.replace("BEFORE", before)]
        made.append(SynthPreview(argv))
        return made[-1], Listener(made[-1])

    yield build
    for preview in made:
        preview.close()


def question(*indices: int, seed: int = 0, settings: SynthSettings = SMALL) -> Question:
    return Question(settings, seed, indices, "halpe26", 64)


def test_real_pictures_with_their_keypoints(make, monkeypatch):
    monkeypatch.setenv("POSEAPP_BODY_DIR", str(ROOT / ".body"))
    preview, said = make()
    wanted = question(0, 1)
    preview.ask(wanted)
    assert said.has_answer(240), said.texts
    assert [picture.index for picture in said.pictures] == [0, 1]
    for picture in said.pictures:
        assert picture.question is wanted
        assert (picture.width, picture.height) == (64, 48)
        image = cv2.imdecode(np.frombuffer(picture.png, np.uint8), cv2.IMREAD_COLOR)
        assert image.shape == (48, 64, 3) and image.std() > 1
        assert all(person.points.shape == (26, 2) for person in picture.people)
    assert any(len(picture.people) for picture in said.pictures)
    # The same question again has the same answer, another seed another.
    first = [picture.png for picture in said.pictures]
    for seed, same in ((0, True), (1, False)):
        said.answered.clear()
        said.pictures.clear()
        preview.ask(question(0, 1, seed=seed))
        assert said.has_answer(120), said.texts
        assert ([picture.png for picture in said.pictures] == first) is same


def test_the_newest_question_wins(make):
    preview, said = make("time.sleep(0.05)")
    preview.ask(question(*range(40)))
    time.sleep(0.4)
    newest = question(41, 42)
    preview.ask(newest)
    assert said.answered.wait(20)
    assert [p.index for p in said.pictures if p.question is newest] == [41, 42]
    assert len(said.pictures) < 20, "what was not drawn yet is left out"
    said.pictures.clear()
    time.sleep(0.3)
    assert said.pictures == []


def test_a_killed_process_is_started_again(make):
    preview, said = make("time.sleep(0.02)")
    preview.ask(question(0))
    assert said.answered.wait(20)
    os.kill(preview._child.process.pid, signal.SIGKILL)
    said.answered.clear()
    preview.ask(question(1))
    assert said.answered.wait(20)
    assert [p.index for p in said.pictures] == [0, 1]
    assert not said.failed.is_set()


def test_a_process_that_dies_in_the_middle_is_told_of_and_started_again(make, tmp_path):
    flag = tmp_path / "died"
    preview, said = make(f"os.path.exists({str(flag)!r}) or (open({str(flag)!r}, 'w'), os._exit(9))")
    preview.ask(question(0, 1))
    assert said.answered.wait(20)
    assert [p.index for p in said.pictures] == [0, 1]
    assert len(said.texts) == 1 and "started again" in said.texts[0]


def test_a_process_that_always_dies_is_given_up_with_its_last_words(make):
    preview, said = make("sys.exit('no OpenGL on this machine')")
    preview.ask(question(0, 1, 2))
    assert said.failed.wait(20)
    assert "no OpenGL on this machine" in said.texts[-1]
    assert said.pictures == []


def test_an_error_is_one_line_and_ends_the_question(make):
    before = 'send({"type": "failed", "id": request["id"], "error": "bad"}); continue'
    preview, said = make(before)
    preview.ask(question(0, 1, 2))
    assert said.failed.wait(20)
    time.sleep(0.2)
    assert said.texts == ["bad"]


def test_progress_of_building_and_its_end(make):
    before = (
        'first = "told" not in globals(); told = True\n'
        "    for share in (0.1, 0.6) if first else ():\n"
        '        send({"type": "building", "share": share, "text": "building"})'
    )
    preview, said = make(before)
    preview.ask(question(0))
    assert said.answered.wait(20)
    assert said.shares == [0.1, 0.6]


def test_stopping_while_it_builds_ends_the_process_and_what_it_started(make, tmp_path):
    note = tmp_path / "pid"
    before = (
        "import subprocess\n"
        "    baker = subprocess.Popen([sys.executable, '-P', '-c', 'import time; time.sleep(60)'])\n"
        f"    open({str(note)!r}, 'w').write(str(baker.pid)); baker.wait()"
    )
    preview, said = make(before)
    preview.ask(question(0))
    end = time.monotonic() + 20
    while not (note.exists() and note.read_text()) and time.monotonic() < end:
        time.sleep(0.02)
    preview.stop()
    pid = int(note.read_text())
    while _lives(pid) and time.monotonic() < end:
        time.sleep(0.02)
    assert not _lives(pid)
    assert not said.failed.is_set() and said.texts == [], "nobody needs to be told"


def test_what_is_asked_while_a_stopped_process_goes_down_gets_another(make, monkeypatch):
    def kill_late(pid: int) -> None:
        threading.Timer(0.6, kill_tree, (pid,)).start()

    preview, said = make("time.sleep(0.8)")
    preview.ask(question(0))
    assert said.answered.wait(20)
    child = preview._child.process
    monkeypatch.setattr(synth_preview, "kill_tree", kill_late)
    said.answered.clear()
    preview.stop()
    preview.ask(question(1))
    assert said.answered.wait(20)
    assert [p.index for p in said.pictures] == [0, 1]
    assert said.texts == [] and child.returncode is not None
    monkeypatch.undo()


def test_a_stopped_process_is_let_go_without_a_further_question(make):
    preview, said = make("time.sleep(0.02)")
    preview.ask(question(0))
    assert said.answered.wait(20)
    child = preview._child.process
    preview.stop()
    end = time.monotonic() + 20
    while not child.stdout.closed and time.monotonic() < end:
        time.sleep(0.02)
    assert child.returncode is not None and child.stdout.closed


def _lives(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False


def test_closing_ends_the_process_and_the_thread(make):
    preview, said = make("time.sleep(30)")
    preview.ask(question(0))
    end = time.monotonic() + 20
    while preview._child is None and time.monotonic() < end:
        time.sleep(0.01)
    child = preview._child.process
    preview.close()
    assert not preview._thread.is_alive()
    assert child.poll() is not None
    assert said.pictures == []
    preview.ask(question(1))  # too late, and no harm
    assert said.texts == []


def test_a_moments_cameras_follow_each_other(make):
    before = 'request["index"] = 10 * request["index"] + request["camera"]'
    preview, said = make(before)
    preview.ask(question(0, 1, 2, 3, settings=SynthSettings(cameras=2)))
    assert said.answered.wait(20)
    images = [cv2.imdecode(np.frombuffer(p.png, np.uint8), 0)[0, 0] for p in said.pictures]
    assert images == [0, 1, 10, 11]


def served(*lines: bytes) -> list[dict]:
    """What the process's loop answers."""
    out = io.BytesIO()
    serve(lines, out)
    out.seek(0)
    answers = []
    while (answer := read_answer(out)) is not None:
        answers.append(answer[0])
    return answers


def test_the_process_answers_nonsense_with_one_line():
    answers = served(
        b"no json\n", b'{"id": 7, "settings": {"colour": 1}, "seed": 0, "index": 0}\n', b"[1, 2]\n", b"3\n",
        b'{"id": 8}\n', b'{"id": 9, "settings": [], "seed": 0, "index": 0}\n',
    )  # fmt: skip
    assert [a["type"] for a in answers] == ["failed"] * 6
    assert [a["id"] for a in answers] == [None, 7, None, None, 8, 9]
    assert "colour" in answers[1]["error"] and "not list" in answers[2]["error"]
    assert all(a["error"] and "\n" not in a["error"] for a in answers)


@pytest.mark.parametrize("kind", [RuntimeError, IndexError, KeyError, moderngl.Error, cv2.error, MemoryError])
def test_whatever_drawing_meets_the_next_request_is_answered(monkeypatch, kind):
    met = [kind("first line\nsecond line")]

    def draw(request: dict, out: object) -> tuple[dict, bytes]:
        if met:
            raise met.pop()
        return {"type": "picture", "id": request["id"]}, b""

    monkeypatch.setattr(preview_process, "_draw", draw)
    answers = served(b'{"id": 1}\n', b'{"id": 2}\n')
    assert [(a["type"], a["id"]) for a in answers] == [("failed", 1), ("picture", 2)]
    assert kind.__name__ in answers[0]["error"] and "\n" not in answers[0]["error"]
