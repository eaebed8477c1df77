"""The specification without a run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.report import docs_only
from harness.report.history import History
from harness.report.run import Run

Make = Callable[..., dict[str, Any]]
FEATURE = """
Feature: Quotas

  Rule: A promise

    Example: Example 1
      Then it is so

    Example: New
      Then it is so
"""


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    path = tmp_path / "features" / "quotas" / "q.feature"
    path.parent.mkdir(parents=True)
    path.write_text(FEATURE)
    return [path]


def test_without_any_run_nothing_is_known(files: list[Path], tmp_path: Path) -> None:
    run = docs_only.drawn(files, tmp_path, History())

    assert [one.verdict for one in run.scenarios] == ["not run", "not run"]
    assert run.problems == ("these are the features without a run; no verdict is known",)


def test_verdicts_are_the_last_known_of_an_older_run(
    files: list[Path], tmp_path: Path, scenario: Make, run_of: Callable[..., Run]
) -> None:
    older = run_of(scenario(1, "broken", reason="got 401"), scenario(2))

    known, new = docs_only.drawn(files, tmp_path, History(), older).scenarios

    assert (known.verdict, known.took_s) == ("broken", 0.25)
    assert known.reason == "last known, from run k3f9: got 401"
    assert new.verdict == "not run"


def test_the_history_is_newer_than_an_older_run(
    files: list[Path], tmp_path: Path, scenario: Make, run_of: Callable[..., Run]
) -> None:
    older = run_of(scenario(1, "broken"), exit=1)
    history = History().with_run(run_of(scenario(1)))

    run = docs_only.drawn(files, tmp_path, history, older)

    assert [one.verdict for one in run.scenarios] == ["proved", "not run"]
    assert run.counts["proved"] == 1
