"""Real child processes: begun, found again, stopped, cancelled, killed, failing."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import nullcontext
from pathlib import Path

import pytest

from poseapp.errors import PoseError, TrainingError
from poseapp.jobs import JobCancelled, RunFolder, start, supervised
from poseapp.jobs.process import is_same_process, kill_tree, process_identity
from poseapp.jobs.screen import has_screen, virtual_screen

ROOT = Path(__file__).parents[2]
LONG_S = 60.0

WORK = """
import sys, time
sys.path.insert(0, {root!r})
from poseapp.jobs import RunFolder, supervised
run = RunFolder(sys.argv[1])
with supervised(run):
    for number in range(100_000):
        run.emit("progress", done=number)
        {inside}
        time.sleep(0.01)
"""


def begin(tmp_path: Path, inside: str) -> RunFolder:
    script = tmp_path / "work.py"
    script.write_text(textwrap.dedent(WORK).format(root=str(ROOT), inside=inside))
    run = RunFolder.create(tmp_path / "run", {"kind": "test"})
    start(run, [sys.executable, str(script), str(run.path)])
    return run


def wait_for_event(run: RunFolder, kind: str) -> None:
    while not any(event["type"] == kind for event in run.events()[0]):
        assert run.is_active, run.status
        time.sleep(0.02)


def test_stop_ends_the_work_and_says_so(tmp_path):
    run = begin(tmp_path, "if run.stop_requested(): break")
    wait_for_event(run, "progress")
    assert run.alive()
    run.request_stop()
    assert run.wait(LONG_S)["state"] == "stopped"
    assert not run.alive()
    assert run.events()[0][-1]["type"] == "stopped"


def test_cancel_is_heard(tmp_path):
    run = begin(tmp_path, "run.check_cancelled()")
    wait_for_event(run, "progress")
    run.request_cancel(grace_s=LONG_S)
    assert run.wait(LONG_S)["state"] == "cancelled"


def test_cancel_kills_a_deaf_process(tmp_path):
    run = begin(tmp_path, "pass")
    wait_for_event(run, "progress")
    pid, identity = run.status["pid"], run.status["identity"]
    run.request_cancel(grace_s=0.2)
    assert run.wait(LONG_S)["state"] in ("cancelled", "lost")
    assert not is_same_process(pid, identity)


def test_a_killed_process_is_lost_and_can_begin_again(tmp_path):
    run = begin(tmp_path, "if run.stop_requested(): break")
    wait_for_event(run, "progress")
    os.kill(run.status["pid"], signal.SIGKILL)
    assert run.wait(LONG_S)["state"] == "lost"
    run.request_stop()
    start(run, [sys.executable, str(tmp_path / "work.py"), str(run.path)])
    wait_for_event(run, "progress")
    assert not run.stop_requested()
    run.request_stop()
    assert run.wait(LONG_S)["state"] == "stopped"


@pytest.mark.parametrize("request_file", ["stop", "cancel"])
def test_what_ended_a_run_does_not_end_its_next_process(tmp_path, request_file):
    run = RunFolder.create(tmp_path / "run", {})
    with pytest.raises(JobCancelled) if request_file == "cancel" else nullcontext(), supervised(run):
        (run.path / request_file).touch()
        run.check_cancelled()
    assert run.status["state"] == ("cancelled" if request_file == "cancel" else "stopped")
    with supervised(run):
        assert not run.stop_requested() and not run.cancel_requested()
    assert run.status["state"] == "done"
    # A run that has not begun can be called off.
    other = RunFolder.create(tmp_path / "other", {})
    (other.path / request_file).touch()
    with pytest.raises(JobCancelled) if request_file == "cancel" else nullcontext(), supervised(other):
        assert (other.path / request_file).exists()
        other.check_cancelled()


def test_requests_to_a_killed_process_do_not_end_the_next(tmp_path):
    run = begin(tmp_path, "pass")
    wait_for_event(run, "progress")
    run.request_stop()
    os.kill(run.status["pid"], signal.SIGKILL)
    assert run.wait(LONG_S)["state"] == "lost"
    with supervised(run):
        assert not run.stop_requested()
    assert run.status["state"] == "done"


def test_a_running_run_is_not_begun_twice(tmp_path):
    run = begin(tmp_path, "if run.stop_requested(): break")
    wait_for_event(run, "progress")
    with pytest.raises(PoseError, match="going on already"):
        start(run, [sys.executable, "-c", ""])
    with pytest.raises(PoseError, match="going on in process"), supervised(run):
        pass
    run.request_stop()
    assert run.wait(LONG_S)["state"] == "stopped"


def test_failure_is_one_line_and_a_traceback_in_the_log(tmp_path):
    run = begin(tmp_path, "raise KeyError('left_knee')")
    status = run.wait(LONG_S)
    assert status["state"] == "failed"
    assert status["error"] == "KeyError: 'left_knee'"
    assert "Traceback" in run.log_path.read_text()
    assert run.events()[0][-1] == {**run.events()[0][-1], "type": "failed", "error": "KeyError: 'left_knee'"}


def test_a_process_that_never_speaks_is_lost_with_its_last_line(tmp_path):
    run = RunFolder.create(tmp_path / "run", {})
    start(run, [sys.executable, "-c", "import sys; sys.exit('no such module')"])
    status = run.wait(LONG_S)
    assert status["state"] == "lost"
    assert "no such module" in status["error"]


def test_a_program_that_is_not_there_fails_at_once(tmp_path):
    run = RunFolder.create(tmp_path / "run", {})
    with pytest.raises(PoseError, match="cannot start"):
        start(run, [str(tmp_path / "nothing")])
    assert run.status["state"] == "failed"


def test_a_run_outlives_its_starter(tmp_path):
    script = tmp_path / "work.py"
    script.write_text(textwrap.dedent(WORK).format(root=str(ROOT), inside="if run.stop_requested(): break"))
    run = RunFolder.create(tmp_path / "run", {})
    starter = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from poseapp.jobs import RunFolder, start\n"
        f"start(RunFolder({str(run.path)!r}), [{sys.executable!r}, {str(script)!r}, {str(run.path)!r}])\n"
    )
    subprocess.run([sys.executable, "-c", starter], check=True)
    wait_for_event(run, "progress")
    assert RunFolder(run.path).alive()
    run.request_stop()
    assert run.wait(LONG_S)["state"] == "stopped"


def test_supervised_keeps_a_state_the_work_set_itself(tmp_path):
    run = RunFolder.create(tmp_path / "run", {})
    with supervised(run):
        run.set_status("stopped")
    assert run.status["state"] == "stopped" and run.status["ended"] is not None


def test_supervised_names_users_errors_in_their_words(tmp_path):
    run = RunFolder.create(tmp_path / "run", {})
    with pytest.raises(TrainingError), supervised(run):
        raise TrainingError("no labels in walk.pose: label a frame first")
    assert run.status["error"] == "no labels in walk.pose: label a frame first"
    other = RunFolder.create(tmp_path / "other", {})
    other.request_cancel(grace_s=LONG_S)
    with pytest.raises(JobCancelled), supervised(other):
        other.check_cancelled()
    assert other.status["state"] == "cancelled"


def test_identity_belongs_to_one_process_and_ends_with_it():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    identity = process_identity(child.pid)
    assert identity and is_same_process(child.pid, identity)
    assert identity != process_identity(os.getpid())
    child.kill()
    # The zombie still has the pid: it must not count as alive.
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not is_same_process(child.pid, identity)
    child.communicate()
    kill_tree(child.pid)
    assert process_identity(-1) is None


def test_a_virtual_screen_takes_windows():
    assert has_screen({"DISPLAY": ":1"}) and not has_screen({})
    with virtual_screen() as display:
        if display is None:
            pytest.skip("Xvfb is not installed")
        socket = Path("/tmp/.X11-unix") / f"X{display[1:]}"
        assert socket.exists()
    assert not socket.exists()
