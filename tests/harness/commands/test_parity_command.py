"""`gateproof parity`: what it runs, and what its exit codes say."""

import json
from pathlib import Path
from typing import Any

import pytest

from harness.cli import main
from harness.commands import parity

Said = pytest.CaptureFixture[str]


@pytest.fixture
def report(tmp_path: Path) -> Any:
    def write(name: str, environment: str = "embedded", death: str = "", **verdicts: str) -> str:
        (tmp_path / name).mkdir(exist_ok=True)
        scenarios = [{"id": i, "verdict": v, "reason": ""} for i, v in verdicts.items()]
        written = {"environment": environment, "scenarios": scenarios, "death": death}
        (tmp_path / name / "verdict.json").write_text(json.dumps(written))
        return str(tmp_path / name)

    return write


def test_two_reports_that_agree_are_code_0(report: Any, capsys: Said) -> None:
    assert main(["parity", report("a", x="proved"), report("b", x="proved")]) == 0
    assert "1 the same, 0 differ" in capsys.readouterr().out


def test_a_verdict_that_was_altered_is_code_1(report: Any, capsys: Said) -> None:
    assert main(["parity", report("a", x="proved"), report("b", x="broken")]) == 1
    assert "differs  x" in capsys.readouterr().out


def test_nothing_to_compare_is_code_2(report: Any, tmp_path: Path, capsys: Said) -> None:
    assert main(["parity", report("a"), report("b")]) == 2
    assert main(["parity", report("a", x="proved")]) == 2
    assert main(["parity", report("a", x="proved"), str(tmp_path / "none")]) == 2
    assert main(["parity", "--between", "embedded"]) == 2
    assert main(["parity", "--between", "embedded,moon"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 5
    assert all(line.startswith("gateproof: ") for line in lines)


def test_a_run_that_died_is_code_3(report: Any, capsys: Said) -> None:
    alive, dead = report("a", x="proved"), report("b", x="proved", death="users died")

    assert main(["parity", alive, dead]) == 3
    assert "is of a run that died: users died" in capsys.readouterr().err


def test_both_environments_are_run_one_after_the_other(
    report: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[tuple[str, Path]] = []

    def ran(environment: str, folder: Path, options: Any) -> int:
        runs.append((environment, folder))
        report(f"all/{folder.name}", environment, x="proved")
        return 0

    (tmp_path / "all").mkdir()
    monkeypatch.setattr(parity, "_run", ran)
    folder = str(tmp_path / "all")

    assert main(["parity", "--between", "embedded,external", "--report", folder]) == 0
    assert [(name, path.name) for name, path in runs] == [
        ("embedded", "1-embedded"), ("external", "2-external"),
    ]  # fmt: skip


@pytest.mark.parametrize("code", [2, 3, 130])
def test_a_run_without_verdicts_ends_it_with_its_own_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Said, code: int
) -> None:
    monkeypatch.setattr(parity, "_run", lambda *_: code)

    arguments = ["--between", "embedded,embedded", "--report", str(tmp_path)]
    assert main(["parity", *arguments]) == code
    assert f"the run in embedded ended with {code}" in capsys.readouterr().err
