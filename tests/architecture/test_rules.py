"""The rules of docs/architecture.md, checked by the tools that know them."""

import subprocess
import sys
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
