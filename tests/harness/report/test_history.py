"""The history of runs, for who keeps one."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.report import history
from harness.report.history import BrokenHistory, History
from harness.report.run import Run

Make = Callable[..., dict[str, Any]]
ID = "features/quotas/q.feature::Example 1"


@pytest.fixture
def ran(scenario: Make, run_of: Callable[..., Run]) -> Callable[..., Run]:
    """A run of one scenario."""
    number = iter(range(1, 1000))

    def make(verdict: str = "proved", took: float = 0.25, commit: str = "", **said: Any) -> Run:
        at = next(number)
        failed = verdict in ("broken", "unknown")
        run = run_of(scenario(1, verdict, took_s=took), exit=1 if failed else 0)
        return replace(run, id=f"r{at}", began=float(at), commit=commit, **said)

    return make


def _of(*runs: Run) -> History:
    found = History()
    for run in runs:
        found = found.with_run(run)
    return found


def test_a_run_is_remembered_and_read_back(ran: Callable[..., Run], tmp_path: Path) -> None:
    path = tmp_path / "deep" / "runs.json"

    history.remember(ran(), path)
    history.remember(ran("broken", 0.5), path)

    found = history.read(path)
    assert [one.verdicts[ID] for one in found.runs] == [("proved", 0.25), ("broken", 0.5)]
    assert (found.runs[0].gateway, found.runs[0].environment) == ("reference", "embedded")


def test_a_run_is_remembered_once(ran: Callable[..., Run]) -> None:
    run = ran()

    assert len(_of(run, run).runs) == 1


def test_runs_stand_in_the_order_of_time(ran: Callable[..., Run]) -> None:
    first, second = ran(), ran()

    assert [one.run for one in _of(second, first).runs] == [first.id, second.id]


@pytest.mark.parametrize("said", [{"exit": 3}, {"exit": 130}, {"finished": False}, {"exit": 2}])
def test_a_run_that_died_says_nothing(ran: Callable[..., Run], said: dict[str, Any]) -> None:
    assert _of(replace(ran(), **said)).runs == ()


def test_the_oldest_go_first(ran: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> None:
    found = _of(*(ran() for _ in range(history.KEPT_RUNS + 3)))
    assert len(found.runs) == history.KEPT_RUNS
    newest = found.runs[-1].run

    monkeypatch.setattr(history, "KEPT_BYTES", 1000)
    content = history.encoded(found)

    assert len(content) <= 1000
    assert json.loads(content)["runs"][-1]["run"] == newest


def test_times_to_expect_are_the_middle_of_what_was_measured(ran: Callable[..., Run]) -> None:
    assert _of(ran(took=1), ran(took=2), ran(took=90)).expected_s() == {ID: 2}


def test_the_last_known_verdict_is_the_newest(ran: Callable[..., Run]) -> None:
    verdict, took, run = _of(ran("broken"), ran(took=0.5)).last()[ID]

    assert (verdict, took, run.run) == ("proved", 0.5, "r2")


def test_both_proved_and_failed_at_one_commit_is_flaky(ran: Callable[..., Run]) -> None:
    flaky = _of(ran(commit="abc"), ran("broken", commit="abc")).flaky()

    assert flaky == {ID: "failed in 1 of 2 runs, also where nothing had changed"}


def test_one_break_and_one_fix_is_not_flaky(ran: Callable[..., Run]) -> None:
    assert _of(ran(commit="a"), ran("broken", commit="b"), ran(commit="c")).flaky() == {}


def test_changes_that_are_not_committed_are_no_proof(ran: Callable[..., Run]) -> None:
    found = _of(ran(commit="a", dirty=True), ran("broken", commit="a", dirty=True))

    assert found.flaky() == {}


def test_on_and_off_is_flaky(ran: Callable[..., Run]) -> None:
    flaky = _of(ran(), ran("broken"), ran(), ran("unknown")).flaky()

    assert flaky == {ID: "failed in 2 of 4 runs, on and off"}


def test_another_gateway_says_little_about_this_one(
    ran: Callable[..., Run], tmp_path: Path
) -> None:
    kong = ran("broken", commit="a", gateway="kong")
    ours = ran(commit="a")
    for run in (kong, ours):
        history.remember(run, tmp_path / "runs.json")

    assert history.flaky_in(tmp_path / "runs.json", ours) == {}


def test_a_history_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert history.read(tmp_path / "runs.json").runs == ()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"kind": "other"}', b"\xff"])
def test_something_else_is_refused_and_left_as_it_is(
    content: bytes, ran: Callable[..., Run], tmp_path: Path
) -> None:
    path = tmp_path / "runs.json"
    path.write_bytes(content)

    with pytest.raises(BrokenHistory, match="is no history of runs"):
        history.remember(ran(), path)

    assert path.read_bytes() == content
    assert history.flaky_in(path, ran()) == {}


def test_odd_fields_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "runs.json"
    verdicts = {"a": ["proved", 1], "b": "odd", "c": [], "d": [1, 2]}
    path.write_text(
        json.dumps({"kind": "gateproof-history", "runs": [7, {"verdicts": verdicts}, {"at": "x"}]})
    )

    found = history.read(path)
    assert [dict(one.verdicts) for one in found.runs] == [{"a": ("proved", 1.0)}, {}]
