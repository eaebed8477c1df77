"""Slower is what lies beyond the noise of the two runs."""

import random
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.report.run import Feature, Rule, Run, Scenario
from harness.report.slowness import slower


def _run(times: Iterable[float], *, rig: str = "shared", **said: object) -> Run:
    scenarios = [
        Scenario(
            f"f::{number}", "f", 1, "a", "F", "", f"T{number}", rig=rig, verdict="proved",
            took_s=took, worker="gw0", began=float(number), **said,  # type: ignore[arg-type]
        )
        for number, took in enumerate([9.0, *times])  # the first waits for the environment
    ]  # fmt: skip
    return Run(features=(Feature("f", "a", "F", "", (), (Rule("", "", (), tuple(scenarios)),)),))


def _noisy(seed: int, factor: float = 1.0) -> list[float]:
    chance = random.Random(seed)
    return [factor * 0.1 * (1 + n % 7) * chance.lognormvariate(0, 0.2) for n in range(100)]


def test_what_takes_ten_times_as_long_is_slower() -> None:
    before, after = _noisy(1), _noisy(2)
    after[40] = before[40] * 10

    (found,) = slower(_run(before), _run(after))

    assert found.scenario.title == "T41"
    assert before[40] < found.bound_s < found.after_s == after[40]


@settings(max_examples=50)
@given(st.integers(), st.integers(), st.floats(min_value=0.3, max_value=4))
def test_noise_and_a_slower_machine_are_not_slower(one: int, two: int, factor: float) -> None:
    assert slower(_run(_noisy(one)), _run(_noisy(two, factor))) == []


def test_a_slow_scenario_is_seen_on_a_slower_machine_too() -> None:
    times = _noisy(1)
    after = [3 * one for one in times]
    after[40] *= 10

    assert [one.scenario.title for one in slower(_run(times), _run(after))] == ["T41"]


def test_hundredths_of_a_second_are_never_slower() -> None:
    assert slower(_run([0.001] * 50), _run([0.001] * 49 + [0.2])) == []


def test_the_first_scenario_of_a_worker_waits_for_the_environment() -> None:
    before, after = _run([0.1] * 10), _run([0.1] * 10)

    assert slower(before, after) == []
    assert next(iter(before.scenarios)).took_s == 9.0


def test_waiting_for_a_counting_window_is_not_slow() -> None:
    waits = (("the next counting window", 30.0),)
    times = [0.5] * 20

    assert slower(_run(times), _run([one + 30 for one in times], waits=waits)) == []


def test_of_a_few_scenarios_nothing_is_said() -> None:
    assert slower(_run([0.1, 0.1]), _run([0.1, 90.0])) == []


def test_scenarios_in_rigs_have_a_noise_of_their_own() -> None:
    times = _noisy(1)

    assert slower(_run(times), _run([one * 3 for one in times], rig="rig1")) == []
