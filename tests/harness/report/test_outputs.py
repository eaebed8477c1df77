"""Everything in a report folder is drawn from the journal, and one that fails costs no other."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.report import Results, outputs
from harness.report.outputs import Outputs

Make = Callable[..., dict[str, Any]]


@pytest.fixture
def journal(tmp_path: Path, scenario: Make) -> Path:
    one = scenario(1)
    records = [
        {"kind": "run", "format": 1, "run": "k3f9"},
        {"kind": "verdict", "scenario": one["suffix"], **one},
        {"kind": "finished", "at": 2.0, "exit": 0},
    ]
    path = tmp_path / "run.ndjson"
    path.write_text("".join(json.dumps(record, separators=(",", ":")) + "\n" for record in records))
    return path


def test_every_file_is_written(journal: Path) -> None:
    assert Outputs(journal.parent).write(journal) == []

    assert {path.name for path in journal.parent.iterdir()} == {"run.ndjson", *outputs.WRITERS}


def test_a_page_that_cannot_be_written_costs_no_verdict(
    journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("no template\nat all")

    monkeypatch.setattr(outputs, "WRITERS", {outputs.PAGE: fail, **{
        name: write for name, write in outputs.WRITERS.items() if name != outputs.PAGE
    }})  # fmt: skip

    (complaint,) = Outputs(journal.parent).write(journal)

    assert complaint.startswith(f"{journal.parent / outputs.PAGE} could not be written: ValueError")
    assert "\n" not in complaint
    assert json.loads((journal.parent / "verdict.json").read_text())["exit"] == 0


def test_the_summary_goes_where_a_ci_server_reads_it_behind_what_is_there(
    journal: Path, tmp_path: Path
) -> None:
    step_summary = tmp_path / "step.md"
    step_summary.write_text("before\n")

    Outputs(journal.parent, step_summary=step_summary).write(journal)

    assert step_summary.read_text().startswith("before\n## Gateproof: 1 proved")


def test_a_step_summary_that_cannot_be_written_is_complained_about(journal: Path) -> None:
    (complaint,) = Outputs(journal.parent, step_summary=journal.parent).write(journal)

    assert "could not be written: IsADirectoryError" in complaint


def test_a_journal_that_lost_something_is_complained_about(journal: Path, scenario: Make) -> None:
    known = Results("k3f9")
    known.add(scenario(1))
    known.add(scenario(2))

    (complaint,) = Outputs(journal.parent).write(journal, known=known)

    assert complaint.startswith("run.ndjson does not hold everything: 1 of 2 proved")


def test_something_that_is_no_run_is_one_line(tmp_path: Path) -> None:
    (complaint,) = Outputs(tmp_path).write(tmp_path / "nowhere")

    assert "cannot be read" in complaint
