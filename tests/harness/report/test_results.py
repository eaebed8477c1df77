"""What a run's results add up to, and what the drained journal still turns."""

from collections.abc import Callable
from typing import Any

import pytest

from harness.report import Results
from harness.verdicts import Exit

Make = Callable[..., dict[str, Any]]


@pytest.fixture
def results() -> Results:
    return Results("k3f9")


def _drained(**said: Any) -> dict[str, Any]:
    cost = {"memory_mib": 200.0, "cpu_s": 2.0, "processes": 9}
    return {"late": [], "unaccounted": [], "unread": [], "cost": cost, "opened": {}, **said}


def _finished(results: Results, **said: Any) -> Exit:
    results.finish(**({"death": "", "interrupted": False, "strict": False} | said))
    return results.exit


def test_before_anything_ran_nothing_ran(results: Results) -> None:
    assert results.exit is Exit.NOTHING_RAN
    assert _finished(results) is Exit.NOTHING_RAN


@pytest.mark.parametrize(
    ("verdicts", "exit_code"),
    [
        (["proved"], 0), (["proved", "broken"], 1), (["proved", "unknown"], 1),
        (["not runnable here"], 2), (["proved", "not runnable here"], 0),
    ],
)  # fmt: skip
def test_the_verdicts_decide(
    results: Results, scenario: Make, verdicts: list[str], exit_code: int
) -> None:
    for number, verdict in enumerate(verdicts):
        results.add(scenario(number, verdict))

    assert _finished(results) == exit_code


def test_what_is_not_runnable_breaks_a_strict_run(results: Results, scenario: Make) -> None:
    results.add(scenario(1))
    results.add(scenario(2, "not runnable here"))

    assert _finished(results, strict=True) is Exit.BROKEN


def test_an_interrupted_run_says_so_and_a_dead_environment_wins(
    results: Results, scenario: Make
) -> None:
    results.add(scenario())

    assert _finished(results, interrupted=True) is Exit.INTERRUPTED
    assert _finished(results, interrupted=True, death="users died") is Exit.ENVIRONMENT_DIED
    assert _finished(results, death="users died") is Exit.ENVIRONMENT_DIED


@pytest.mark.parametrize("order", [("proved", "broken"), ("broken", "proved")])
def test_a_failure_after_the_last_step_outweighs_what_came_before(
    results: Results, scenario: Make, order: tuple[str, str]
) -> None:
    for verdict in order:
        results.add(scenario(1, verdict))

    assert results.counts == {"broken": 1}


def test_a_late_arrival_turns_a_proved_scenario_to_broken(results: Results, scenario: Make) -> None:
    results.add(scenario(1))
    results.add(scenario(2))
    results.drained(_drained(late=["s1-k3f9 users had been reached 0 times at the Then, 1 later"]))

    one, two = results.scenarios.values()
    assert (one["verdict"], two["verdict"]) == ("broken", "proved")
    assert one["reason"] == ("late arrival: users had been reached 0 times at the Then, 1 later")
    assert _finished(results) is Exit.BROKEN


def test_a_stranger_breaks_the_scenario_that_it_names(results: Results, scenario: Make) -> None:
    results.add(scenario(1, "unknown"))
    results.drained(_drained(unaccounted=[{"scenario": "s1-k3f9", "line": "users was reached"}]))

    (one,) = results.scenarios.values()
    assert (one["verdict"], one["reason"]) == ("broken", "a reason; users was reached")
    assert results.stray == []


@pytest.mark.parametrize("named", [None, "s9-k3f9", "s1-other"])
def test_a_stranger_that_names_no_scenario_of_the_run_breaks_the_run(
    results: Results, scenario: Make, named: str | None
) -> None:
    results.add(scenario())
    results.drained(_drained(unaccounted=[{"scenario": named, "line": "users was reached"}]))

    assert results.stray == ["users was reached"]
    assert results.counts == {"proved": 1}
    assert _finished(results) is Exit.BROKEN


def test_a_ledger_that_was_not_read_breaks_the_run(results: Results, scenario: Make) -> None:
    results.add(scenario())
    results.drained(_drained(unread=["shared/users: gone"]))

    assert results.stray == ["a ledger could not be read: shared/users: gone"]
    assert _finished(results) is Exit.BROKEN


def test_a_scenario_without_a_suffix_takes_no_blame(results: Results, scenario: Make) -> None:
    """A scenario that never got to its first step has no suffix; nor has a stray arrival."""
    results.add(scenario(1, suffix=""))
    results.drained(_drained(unaccounted=[{"scenario": "", "line": "odd"}]))

    assert results.counts == {"proved": 1}
    assert results.stray == ["odd"]


def test_waits_are_summed_by_reason_longest_first(results: Results, scenario: Make) -> None:
    results.add(scenario(1, waits=[("an event", 0.5), ("the turn", 2.0)]))
    results.add(scenario(2, waits=[("an event", 1.0)]))

    assert results.waits() == [("the turn", 2.0), ("an event", 1.5)]


def test_the_slowest_steps_come_first(results: Results, scenario: Make) -> None:
    steps = [{"text": f"step {n}", "took_s": n / 10} for n in (1, 3, 2)]
    results.add(scenario(1, steps=steps))

    assert results.slowest_steps(2) == [(0.3, "step 3", "Example 1"), (0.2, "step 2", "Example 1")]


def test_readiness_names_the_parts_that_decided_it(results: Results) -> None:
    assert results.readiness() == "no shared environment"
    results.opened = {
        "took_s": 1.25, "cpu_s": 1.5, "parts": ["gate-eu", "eu-1", "users"],
        "critical_path": [{"part": "gate-eu", "took_s": 0.75}, {"part": "eu-1", "took_s": 0.5}],
    }  # fmt: skip

    assert results.readiness() == (
        "1.25 s (1.50 CPU seconds) for 3 parts: gate-eu 0.75 s, eu-1 0.50 s"
    )


def test_what_the_drained_journal_turned_is_told(results: Results, scenario: Make) -> None:
    results.add(scenario(1))
    results.add(scenario(2))

    turned = results.drained(_drained(late=["s2-k3f9 users had been reached"]))

    assert [one["title"] for one in turned] == ["Example 2"]


def test_only_the_last_word_on_a_scenario_is_news(results: Results, scenario: Make) -> None:
    assert results.add(scenario(1))
    assert not results.add(scenario(1)), "a teardown that went well says nothing new"
    assert results.add(scenario(1, "broken"))
