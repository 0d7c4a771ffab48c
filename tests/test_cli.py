"""The command line: what it prints, where, and with which exit status; in processes where streams matter."""

import io
import json
import signal
import subprocess
import sys
import time

import pytest

from poseapp import __version__
from poseapp.api.progress import Progress
from poseapp.cli import main
from poseapp.cli.main import is_window
from poseapp.cli.output import ProgressLine, text_lines
from poseapp.cli.parser import build_parser
from poseapp.jobs import RunFolder

POSEAPP = [sys.executable, "-m", "poseapp"]


def run(*words, cwd=None) -> subprocess.CompletedProcess:
    return subprocess.run([*POSEAPP, *map(str, words)], capture_output=True, text=True, cwd=cwd, check=False)


def only_json(done: subprocess.CompletedProcess) -> dict:
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1, "one object on one line and nothing else"
    return json.loads(done.stdout)


@pytest.fixture
def mark_skeleton(tmp_path):
    path = tmp_path / "mark.toml"
    path.write_text('name = "mark"\nkeypoints = ["middle", "left_corner", "right_corner"]\n')
    return path


def test_the_journey_by_commands(tmp_path, marks, marks_run, marks_video, mark_skeleton):
    project = tmp_path / "m.pose"
    made = only_json(run("new", project, marks_video, "--skeleton", mark_skeleton, "--json"))
    assert made["frames"] == 12

    predicted = run("predict", project, "--net", marks_run.run, "--device", "cpu", "--json")
    facts = only_json(predicted)
    assert {"frames", "people", "seconds", "fps", "net", "device", "out"} <= set(facts)
    assert facts["frames"] == 12 and "12/12 frames" in predicted.stderr

    assert only_json(run("import", project, marks / "marks.json", "--json"))["instances"] == 24
    trained = only_json(
        run("train", project, "--init", marks_run.checkpoint, "--epochs", 2, "--device", "cpu", "--json")
    )
    assert {"epochs", "seconds", "images_per_second", "train_loss", "val", "checkpoint"} <= set(trained)

    scored = only_json(
        run(
            "evaluate",
            trained["checkpoint"],
            marks / "marks.json",
            "--metric",
            "mean_px",
            "pck@0.2",
            "--json",
        )
    )
    assert {"images", "instances", "keypoints", "mean_px", "pck@0.2", "per_keypoint", "unmatched"} <= set(
        scored
    )

    out = tmp_path / "labels.csv"
    assert only_json(run("export", project, out, "--json"))["format"] == "csv"
    assert only_json(run("convert", facts["out"], tmp_path / "p.json", "--json"))["images"] == 12
    movie = only_json(run("render", marks_video, facts["out"], tmp_path / "m.mp4", "--json"))
    assert movie["frames"] == 12 and (tmp_path / "m.mp4").stat().st_size > 0
    assert only_json(run("info", project, "--json"))["labels"]["instances"] == 24


def test_words_for_people_without_json(marks_video):
    done = run("info", marks_video)
    assert done.returncode == 0
    assert "frames: 12" in done.stdout.splitlines()


@pytest.mark.parametrize(
    "words",
    [
        ("info", "missing.mp4"),
        ("new", "p", "missing.mp4"),
        ("predict", "missing.mp4"),
        ("train", "missing.json"),
        ("evaluate", "default", "missing.json"),
        ("import", "missing.pose", "missing.json"),
        ("export", "missing.pose", "out.json"),
        ("convert", "missing.json", "out.csv"),
        ("convert", "broken.json", "out.csv"),
        ("render", "missing.mp4", "missing.h5", "out.mp4"),
        ("nets", "show", "no_such_net"),
        ("info", "broken.json"),
        ("info", "broken.mp4"),
        ("info", "broken.h5"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_status_1(words, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("broken.json", "broken.mp4", "broken.h5"):
        (tmp_path / name).write_bytes(b'{"images": [1, 2')
    before = sorted(tmp_path.iterdir())
    assert main([*words, "--json"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1 and said.err.startswith("poseapp: ")
    assert sorted(tmp_path.iterdir()) == before, "nothing is left behind"


@pytest.mark.parametrize(
    "words",
    [
        ("predict",),
        ("predict", "--json"),
        ("predict", "a.mp4", "--run", "runs/one"),
        ("predict", "a.mp4", "--no-such-option"),
        ("render", "a.mp4", "p.h5", "o.mp4", "--scale", "-1"),
        ("render", "a.mp4", "p.h5", "o.mp4", "--scale", "nan"),
        ("train", "p.pose", "--minutes", "nan"),
        ("train", "p.pose", "--minutes", "0"),
        ("predict", "a.mp4", "--people", "0"),
        ("predict", "a.mp4", "--people", "many"),
        ("new", "only_a_project"),
        ("evaluate", "default", "t.json", "--boxes", "none"),
        ("export", "p.pose", "o.xyz", "--format", "xyz"),
        ("nets",),
        ("--no-such-option",),
    ],
)
def test_wrong_usage_is_status_2(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_metrics_given_one_by_one_add_up():
    words = build_parser().parse_args(
        ["evaluate", "default", "t.json", "--metric", "mean_px", "pck@0.2", "--metric", "oks_ap"]
    )
    assert words.metric == ["mean_px", "pck@0.2", "oks_ap"]


def test_a_word_that_is_neither_command_nor_file(capsys):
    assert main(["frobnicate"]) == 2
    assert "neither a command nor a file" in capsys.readouterr().err


def test_what_opens_the_window():
    assert is_window([]) and is_window(["walk.mp4"])
    assert not is_window(["info", "walk.mp4"]) and not is_window(["--help"])


def test_a_window_without_a_screen_is_refused_in_one_line(monkeypatch, capsys, marks_video):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    if sys.platform in ("win32", "darwin"):
        pytest.skip("these systems always have a screen")
    assert main([str(marks_video)]) == 1
    assert "no screen" in capsys.readouterr().err


def test_version_and_help():
    assert run("--version").stdout.strip() == f"poseapp {__version__}"
    helped = run("--help")
    assert helped.returncode == 0 and "predict" in helped.stdout


def test_help_and_information_come_without_torch_or_qt(marks_video):
    code = (
        "import sys; from poseapp.cli import main; main(['info', sys.argv[1], '--json']);"
        "bad = [m for m in sys.modules if m in ('torch', 'PySide6')]; sys.exit(3 if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(marks_video)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_ctrl_c_leaves_a_run_that_goes_on(marks, tmp_path):
    out = tmp_path / "run"
    words = ["train", marks / "marks.json", "--net", "fpnpose_t", "--init", "none", "--epochs", 100_000]
    child = subprocess.Popen(
        [*POSEAPP, *map(str, words), "--device", "cpu", "--out", str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    folder = RunFolder(out)
    while child.poll() is None and not any(event["type"] == "checkpoint" for event in folder.events()[0]):
        time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=120)
    assert child.returncode == 130, said
    assert "Traceback" not in said
    assert folder.status["state"] == "cancelled"
    assert (folder.checkpoints_dir / "best.safetensors").is_file()
    folder.write_spec({**folder.spec, "epochs": 1})
    assert only_json(run("train", out, "--json"))["state"] == "done"


def test_progress_on_a_terminal_is_a_bar_over_itself():
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    line = ProgressLine(stream)
    line(Progress(1, 4, "frames", "predicting the first"))
    line(Progress(4, 4, "frames"))
    line.close()
    first, second = stream.getvalue().split("\r")[1:]
    assert first.startswith("[######....") and "1/4 frames" in first
    assert second.startswith("[########################] 4/4 frames")
    assert len(second.rstrip("\n")) >= len(first), "the longer line before is covered"


def test_progress_elsewhere_is_plain_lines_and_few():
    stream = io.StringIO()
    line = ProgressLine(stream)
    for done in range(1, 101):
        line(Progress(done, 100, "", "learning"))
    line.close()
    line(Progress(1, 2, "steps", "exporting"))
    assert stream.getvalue() == "100%  learning\n1/2 steps  exporting\n"


def test_values_as_text():
    values = {"a_b": 0.123456, "list": [1, 2], "rows": [{"x": None, "y": True}], "deep": {"z": {}}}
    assert text_lines(values) == ["a b: 0.1235", "list: 1, 2", "rows:", "  x -, y yes", "deep:", "  z: none"]


def test_rows_of_the_same_fields_are_a_table():
    values = {
        "per_keypoint": {
            "left_hip": {"count": 10, "pck": 0.5},
            "neck": {"count": 9, "pck": 1.0},
            "c": {"count": 1, "pck": None},
        }
    }
    assert text_lines(values) == [
        "per keypoint:",
        "            count  pck",
        "  left hip     10  0.5",
        "  neck          9    1",
        "  c             1    -",
    ]
