"""What a run's verdicts add up to. Whatever happens, nothing ran is never a success."""

from itertools import product

import pytest

from harness.verdicts import Broken, Exit, Verdict, exit_code

P, B, U = Verdict.PROVED, Verdict.BROKEN, Verdict.UNKNOWN
D, S, R = Verdict.KNOWN_DEVIATION, Verdict.NOT_SUPPORTED, Verdict.NOT_RUNNABLE


@pytest.mark.parametrize(
    ("verdicts", "code", "strict_code"),
    [
        ([], 2, 2),
        ([P], 0, 0),
        ([P, P, D, S], 0, 0),
        ([P, B], 1, 1),
        ([P, U], 1, 1),
        ([U], 1, 1),
        ([B], 1, 1),
        ([P, R], 0, 1),
        ([R], 2, 1),
        ([D], 2, 2),
        ([S], 2, 2),
        ([D, S], 2, 2),
    ],
    ids=str,
)
def test_the_exit_code_of_a_run(verdicts: list[Verdict], code: int, strict_code: int) -> None:
    assert exit_code(verdicts) == code
    assert exit_code(verdicts, strict=True) == strict_code


EVERY = [list(one) for length in range(5) for one in product(Verdict, repeat=length)]
"""Every run of up to four scenarios: drawn at random, the one that matters may not be among them."""


@pytest.mark.parametrize("strict", [False, True])
def test_success_takes_something_proved_and_nothing_broken_or_unknown(strict: bool) -> None:
    for verdicts in EVERY:
        assert (exit_code(verdicts, strict=strict) == 0) == (
            P in verdicts
            and B not in verdicts
            and U not in verdicts
            and not (strict and R in verdicts)
        ), verdicts


def test_being_strict_never_makes_a_run_better() -> None:
    for verdicts in EVERY:
        assert not (exit_code(verdicts) != 0 and exit_code(verdicts, strict=True) == 0), verdicts


def test_the_codes_are_those_that_scripts_rely_on() -> None:
    assert {code.name: int(code) for code in Exit} == {
        "PROVED": 0,
        "BROKEN": 1,
        "NOTHING_RAN": 2,
        "ENVIRONMENT_DIED": 3,
        "INTERRUPTED": 130,
    }


def test_what_is_broken_may_carry_the_call_that_shows_it() -> None:
    call = object()

    assert Broken("text", call).exchange is call
    assert Broken("text").exchange is None
    assert isinstance(Broken("text"), AssertionError)
