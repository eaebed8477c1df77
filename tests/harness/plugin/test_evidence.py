"""What an exception says about a promise, and what a failure has to show."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from harness.eventually import GaveUp, Waits
from harness.plugin.evidence import (
    Watch,
    before_the_first_step,
    ends_the_run,
    verdict_of,
    worker_was_killed,
)
from harness.scenario.exchange import Exchange
from harness.scenario.stage import Stage
from harness.specification.catalogue import Example
from harness.verdicts import Broken, NotRunnable, PlanRefused, Unknown, Verdict
from harness.warden.wire import EnvironmentDied, Refused, WardenLost

EXAMPLE = Example(
    "features/quotas/q.feature::E", "quotas", "Quotas", "A rule", "E", "q", 1, frozenset(), ()
)


@pytest.mark.parametrize(
    ("error", "verdict", "reason"),
    [
        (None, "proved", ""),
        (Broken("expected 429, got 200"), "broken", "expected 429, got 200"),
        (AssertionError("expected 1, found 2\nassert 2 == 1"), "broken", "expected 1, found 2"),
        (AssertionError(), "broken", "an assertion without words"),
        (GaveUp("waited 2 s for x"), "broken", "waited 2 s for x"),
        (Unknown("call 1 got no answer"), "unknown", "call 1 got no answer"),
        (PlanRefused("the document"), "unknown", "the document"),
        (EnvironmentDied("users died"), "unknown", "users died"),
        (WardenLost("the warden is gone"), "unknown", "the warden is gone"),
        (Refused("not yours"), "unknown", "not yours"),
        (NotRunnable("needs a real broker"), "not runnable here", "needs a real broker"),
        (KeyError("x"), "unknown", "the harness failed: KeyError: 'x'"),
        (KeyboardInterrupt(), "unknown", "the harness failed: KeyboardInterrupt: "),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_every_kind_of_error_has_its_verdict(
    error: BaseException | None, verdict: str, reason: str
) -> None:
    assert verdict_of(error) == (Verdict(verdict), reason)


def test_a_mistake_of_the_harness_is_never_the_subjects() -> None:
    assert verdict_of(TypeError("bad"))[0] is Verdict.UNKNOWN


@pytest.mark.parametrize("error", [EnvironmentDied("x"), WardenLost("x"), PlanRefused("x")])
def test_after_some_errors_nothing_more_is_to_be_learned(error: Exception) -> None:
    assert ends_the_run(error)


@pytest.mark.parametrize("error", [None, Broken("x"), Unknown("x"), Refused("x"), ValueError()])
def test_after_other_errors_the_run_goes_on(error: Exception | None) -> None:
    assert not ends_the_run(error)


def test_the_scenario_of_a_killed_worker_is_told_by_its_odd_phase() -> None:
    assert worker_was_killed(SimpleNamespace(when="???"))  # type: ignore[arg-type]
    assert not worker_was_killed(SimpleNamespace(when="call"))  # type: ignore[arg-type]


def test_a_scenario_without_a_step_is_reported_without_a_suffix() -> None:
    seen = before_the_first_step(EXAMPLE, Verdict.UNKNOWN, "the worker was killed").plain()

    assert (seen["id"], seen["suffix"]) == (EXAMPLE.id, "")
    assert (seen["verdict"], seen["reason"]) == ("unknown", "the worker was killed")
    assert (seen["steps"], seen["shown"], seen["took_s"]) == ([], [], 0.0)


@pytest.fixture
def here(stage: Callable[..., Stage]) -> Stage:
    return stage()


def test_steps_are_remembered_with_their_time_and_whether_they_passed(here: Stage) -> None:
    watch = Watch(EXAMPLE, here)
    watch.begin("Given", "a route")
    watch.end(passed=True)
    watch.begin("Then", "it is answered")
    step_while_running = here.step
    watch.end(passed=False)
    seen = watch.finish(Verdict.BROKEN, "r", None).plain()

    assert step_while_running == "it is answered"
    assert [(s["keyword"], s["text"], s["passed"]) for s in seen["steps"]] == [
        ("Given", "a route", True),
        ("Then", "it is answered", False),
    ]
    assert all(step["took_s"] >= 0 for step in seen["steps"])
    assert seen["suffix"] == "s1-k3f9"


def test_waits_are_reported(here: Stage) -> None:
    here.waits = Waits()
    here.waits.note("an event", 0.5)

    assert Watch(EXAMPLE, here).finish(Verdict.PROVED, "", None).waits == [("an event", 0.5)]


def _followed(here: Stage, **made: Any) -> Watch:
    watch = Watch(EXAMPLE, here)
    watch.follow(SimpleNamespace(**({"batch": [], "made": []} | made)))  # type: ignore[arg-type]
    return watch


def test_a_failure_shows_the_call_that_it_is_about(
    here: Stage, exchange: Callable[..., Exchange]
) -> None:
    about, other = exchange(200, url="http://h/about"), exchange(200, url="http://h/other")
    watch = _followed(here, batch=[other], made=[other])

    shown = watch.finish(Verdict.BROKEN, "r", Broken("r", about)).shown

    assert shown[0] == "> GET http://h/about  (to eu-1)"
    assert shown[-1] == "by hand: curl -i -X GET http://h/about"


@pytest.mark.parametrize("verdict", [Verdict.BROKEN, Verdict.UNKNOWN])
def test_a_failure_about_no_call_shows_the_last_of_the_when_step(
    here: Stage, exchange: Callable[..., Exchange], verdict: Verdict
) -> None:
    first, last, fence = (exchange(200, url=f"http://h/{name}") for name in ("a", "b", "fence"))
    watch = _followed(here, batch=[first, last], made=[first, last, fence])

    assert watch.finish(verdict, "r", AssertionError("r")).shown[0].startswith("> GET http://h/b ")


def test_without_a_when_the_last_call_of_all_is_shown(
    here: Stage, exchange: Callable[..., Exchange]
) -> None:
    watch = _followed(here, made=[exchange(200, url="http://h/only")])

    assert "http://h/only" in watch.finish(Verdict.BROKEN, "r", None).shown[0]


def test_without_any_call_nothing_is_shown(here: Stage) -> None:
    assert Watch(EXAMPLE, here).finish(Verdict.BROKEN, "r", None).shown == []
    assert _followed(here).finish(Verdict.BROKEN, "r", None).shown == []


def test_what_is_proved_shows_nothing(here: Stage, exchange: Callable[..., Exchange]) -> None:
    assert _followed(here, made=[exchange()]).finish(Verdict.PROVED, "", None).shown == []


def test_reasons_and_calls_are_shown_without_secrets(
    here: Stage, exchange: Callable[..., Exchange]
) -> None:
    secret = here.desk.secrets["jwt"]
    call = exchange(200, {"X-Odd": secret}, body=f"got {secret}")

    seen = _followed(here).finish(Verdict.BROKEN, f"found {secret}", Broken("r", call))

    assert seen.reason.startswith("found «secret ")
    assert secret not in "".join(seen.shown)
