"""Everything in a report folder is drawn from the journal, and one that fails costs no other."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.report import Results, outputs, page
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

    assert {path.name for path in journal.parent.iterdir()} == {
        "run.ndjson", outputs.PAGE, *outputs.WRITERS,
    }  # fmt: skip


def test_a_page_that_cannot_be_written_costs_no_verdict(
    journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError("no template\nat all")

    monkeypatch.setattr(page, "write", fail)

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


def test_a_run_is_added_to_the_history_that_somebody_keeps(journal: Path, tmp_path: Path) -> None:
    Outputs(journal.parent, history=tmp_path / "runs.json").write(journal)

    assert json.loads((tmp_path / "runs.json").read_text())["runs"][0]["run"] == "k3f9"


def test_a_history_that_is_none_is_one_line_and_costs_nothing_else(
    journal: Path, tmp_path: Path
) -> None:
    (tmp_path / "runs.json").write_text("odd")

    (complaint,) = Outputs(journal.parent, history=tmp_path / "runs.json").write(journal)

    assert "is no history of runs" in complaint
    assert (journal.parent / outputs.PAGE).is_file()
