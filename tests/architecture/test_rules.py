"""The rules of docs/architecture.md, checked by the tools that know them."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run_tool(*command: str) -> str:
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_import_rules():
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    run_tool("-c", code)


def test_ruff():
    run_tool("-m", "ruff", "check", "--no-cache", ".")


def test_types():
    run_tool("-m", "mypy")


@pytest.mark.parametrize(
    "module",
    [
        "poseapp",
        "poseapp.api",
        "poseapp.app.session",
        "poseapp.app.actions",
        "poseapp.cli.parser",
        "poseapp.formats",
        "poseapp.labels.project",
        "poseapp.nets.card",
        "poseapp.qt.main",
        "poseapp.qt.window",
        "poseapp.video",
    ],
)
def test_no_torch_behind(module):
    run_tool("-c", f"import sys, {module}; assert 'torch' not in sys.modules, 'torch came in'")


def test_no_qt_behind_the_headless_parts():
    code = "import sys, poseapp.cli.parser; assert not any(m.startswith('PySide6') for m in sys.modules)"
    run_tool("-c", code)


def test_no_process_imports_from_the_working_folder():
    """Python's -m and -c put the working folder first among the places modules come from; -P does not."""
    wrong = []
    for path in (ROOT / "poseapp").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call | ast.List):
                continue
            parts = list(ast.walk(node))
            words = {part.value for part in parts if isinstance(part, ast.Constant)}
            starts = any(isinstance(part, ast.Attribute) and part.attr == "executable" for part in parts)
            if starts and words & {"-m", "-c"} and "-P" not in words:
                wrong.append(f"{path.relative_to(ROOT).as_posix()}:{node.lineno}")
    assert not wrong, wrong


def test_everything_imported_is_a_stated_dependency():
    """And nothing else: a package that is not imported is not asked for."""
    homes = {
        "PySide6": "PySide6-Essentials",
        "cv2": "opencv-python-headless",
        "yaml": "pyyaml",
        "sleap_io": "sleap-io",
        "tomli_w": "tomli-w",
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    lines = project["dependencies"] + extras["synth"] + extras["sleap"]
    stated = {re.split(r"[<>=!~ ;\[]", line)[0].lower() for line in lines}
    used = set()
    for path in (ROOT / "poseapp").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                used |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                used.add(node.module.split(".")[0])
    used -= set(sys.stdlib_module_names) | {"poseapp"}
    assert {homes.get(name, name).lower() for name in used} == stated
