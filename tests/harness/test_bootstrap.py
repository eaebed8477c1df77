"""The very first command: which Python it goes on with, and what it says when there is none."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness import bootstrap
from harness.setup import interpreters

ROOT = Path(__file__).resolve().parents[2]


def _checkout(folder: Path) -> Path:
    """A copy of what the first command reads, without a .venv."""
    shutil.copytree(ROOT / "harness", folder / "harness")
    for file in ("requirements.lock", "pyproject.toml", "redis.lock"):
        shutil.copy(ROOT / file, folder / file)
    return folder


def _bootstrap(checkout: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-ESm", "harness.bootstrap", *argv]
    return subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)


def test_no_python_is_one_line_and_a_failure(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code = bootstrap.main(["check", "--python", str(tmp_path / "python3.13")], "")

    assert code == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "python3.13 does not run; install Python 3.11 or newer" in said


def test_check_asks_for_a_setup_when_there_is_none(tmp_path: Path) -> None:
    assert _bootstrap(_checkout(tmp_path), "check").returncode == 1


def test_check_needs_no_installed_package(tmp_path: Path) -> None:
    """-S leaves site-packages out, and nothing is complained about."""
    assert _bootstrap(_checkout(tmp_path), "check").stderr == ""


def test_an_unknown_command_names_those_that_exist(tmp_path: Path) -> None:
    answer = _bootstrap(_checkout(tmp_path), "install")

    assert answer.returncode == 2
    assert (
        answer.stderr == "setup: unknown command 'install'; there is setup, check, doctor, lock\n"
    )


@pytest.mark.parametrize("module", [bootstrap, interpreters])
def test_a_python_that_is_too_old_can_read_what_tells_it_so(module: object) -> None:
    source = Path(str(module.__file__)).read_text()  # type: ignore[attr-defined]
    tree = ast.parse(source, feature_version=(3, 6))

    future = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.level == 0]
    assert "__future__" not in [node.module for node in future]


def test_an_old_python_executes_what_tells_it_so() -> None:
    """Annotations that name newer types must stay text: an old Python evaluates the others."""
    for module in (bootstrap, interpreters):
        tree = ast.parse(Path(module.__file__ or "").read_text())
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        arguments = [each for node in functions for each in node.args.args]
        noted = [node.returns for node in functions] + [each.annotation for each in arguments]
        assert all(isinstance(each, ast.Name | ast.Constant | None) for each in noted)
