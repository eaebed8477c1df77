"""Checks over the whole journal: strangers, and arrivals after the Then."""

from typing import Any

import pytest

from harness.checks import late_arrivals, scenario_of, unaccounted

RUN = "k3f9"


def _call(marker: str) -> dict[str, Any]:
    return {"kind": "call", "marker": marker}


def _arrival(marker: str | None, service: str = "users", function: str | None = None) -> Any:
    return {"kind": "arrival", "service": service, "marker": marker, "function": function}


def _expected(count: int, *markers: str, services: tuple[str, ...] = ("users",)) -> Any:
    return {
        "kind": "expectation", "scenario": "s1-k3f9", "services": list(services),
        "markers": list(markers), "count": count,
    }  # fmt: skip


def test_an_arrival_that_a_call_accounts_for_is_no_stranger() -> None:
    assert unaccounted([_arrival("a"), _call("a"), _arrival("a")], RUN, []) == []


@pytest.mark.parametrize("marker", ["b", None, "", "k3f9.s1-k3f9.w0-9"])
def test_an_arrival_without_a_call_is_a_stranger(marker: str | None) -> None:
    stranger = _arrival(marker)

    assert unaccounted([_call("a"), _arrival("a"), stranger], RUN, ["s1-k3f9"]) == [stranger]


def test_an_invocation_of_the_function_of_a_scenario_is_accounted_for_by_its_name() -> None:
    ours = _arrival(None, "auth", "login-s1-k3f9")
    others = [
        _arrival(None, "auth", "login-s1-zzzz"),
        _arrival(None, "auth", "login"),
        _arrival(None, "auth", "logins1-k3f9"),
    ]

    assert unaccounted([ours, *others], RUN, ["s1-k3f9", "s2-k3f9"]) == others


def test_the_function_of_scenario_eleven_is_not_that_of_scenario_one() -> None:
    eleven = _arrival(None, "auth", "login-s11-k3f9")

    assert unaccounted([eleven], RUN, ["s1-k3f9"]) == [eleven]


def test_without_scenarios_every_function_is_a_stranger() -> None:
    assert len(unaccounted([_arrival(None, "auth", "login-s1-k3f9")], RUN, [])) == 1


def test_other_records_are_no_arrivals() -> None:
    assert unaccounted([{"kind": "fault"}, _expected(1, "a"), {"kind": "verdict"}], RUN, []) == []


def test_a_marker_names_its_scenario() -> None:
    assert scenario_of(_arrival("k3f9.s7-k3f9.w0-1")) == "s7-k3f9"
    assert scenario_of(_arrival("forged")) is None
    assert scenario_of(_arrival(None)) is None
    assert scenario_of({}) is None


def test_what_held_at_the_then_and_holds_at_the_end_is_quiet() -> None:
    records = [_call("a"), _arrival("a"), _expected(1, "a"), _expected(0, "b")]

    assert late_arrivals(records) == []


def test_an_arrival_after_the_then_is_told_of_with_both_counts() -> None:
    records = [_expected(0, "a", services=("orders", "users")), _arrival("a")]

    assert late_arrivals(records) == [
        "s1-k3f9 orders and users had been reached 0 times at the Then, "
        "1 times when the run had drained"
    ]


def test_an_arrival_that_is_counted_twice_breaks_exactly_once() -> None:
    assert len(late_arrivals([_arrival("a"), _expected(1, "a"), _arrival("a")])) == 1


def test_only_the_services_and_calls_of_the_expectation_count() -> None:
    records = [
        _expected(1, "a", "b"),
        _arrival("a"),
        _arrival("c"),
        _arrival("a", "orders"),
        _arrival(None),
    ]

    assert late_arrivals(records) == []


def test_an_arrival_that_vanished_from_the_ledger_is_told_of_too() -> None:
    (line,) = late_arrivals([_expected(1, "a")])

    assert "1 times at the Then, 0 times when" in line
