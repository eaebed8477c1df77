"""verdict.json, as scripts read it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness.report import verdict_json
from harness.report.run import VERDICTS, Run

Make = Callable[..., dict[str, Any]]


def test_it_holds_what_the_run_proved(
    scenario: Make, run_of: Callable[..., Run], tmp_path: Path
) -> None:
    run = run_of(scenario(2, "broken", shown=["> GET"]), scenario(1, title="Ümläute"), exit=1)

    verdict_json.write(run, tmp_path / "verdict.json")

    verdict = json.loads((tmp_path / "verdict.json").read_text("utf-8"))
    assert verdict["exit"] == 1
    assert (verdict["run"], verdict["environment"]) == ("k3f9", "embedded")
    assert verdict["counts"] == {**dict.fromkeys(VERDICTS, 0), "proved": 1, "broken": 1}
    assert [one["title"] for one in verdict["scenarios"]] == ["Ümläute", "Example 2"]
    assert verdict["scenarios"][1]["reason"] == "a reason"
    assert verdict["cost"]["processes"] == 9


def test_what_did_not_run_is_counted_and_not_listed(
    scenario: Make, run_of: Callable[..., Run]
) -> None:
    found = verdict_json.drawn(run_of(scenario(1), scenario(2, "not run")))

    assert found["counts"]["not run"] == 1
    assert [one["title"] for one in found["scenarios"]] == ["Example 1"]


def test_a_run_of_which_nothing_is_known_has_a_verdict_too() -> None:
    found = verdict_json.drawn(Run())

    assert (found["exit"], found["scenarios"], found["opened"]) == (None, [], {})
