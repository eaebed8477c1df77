"""Areas, promises and examples, and what their verdicts add up to."""

from collections.abc import Callable
from typing import Any

import pytest

from harness.report.page import outline
from harness.report.page.headline import headline, notices
from harness.report.run import Run

Make = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("verdicts", "promise"),
    [
        (["proved", "proved"], "proved"),
        (["proved", "broken", "unknown"], "broken"),
        (["proved", "unknown"], "unknown"),
        (["proved", "not runnable here"], "proved"),
        (["not runnable here", "not supported"], "not supported"),
    ],
)
def test_one_failure_breaks_a_promise_and_one_proof_is_enough(
    verdicts: list[str], promise: str, scenario: Make, run_of: Callable[..., Run]
) -> None:
    run = run_of(*(scenario(number, verdict) for number, verdict in enumerate(verdicts)))

    (area,) = outline.areas(run)

    assert [one.verdict for one in area.promises] == [promise]
    assert area.counts.total() == len(verdicts)
    assert area.title == "Quotas"


@pytest.mark.parametrize(
    ("verdicts", "words"),
    [
        (["proved"], "Every promise held"),
        (["proved", "broken"], "1 promise is broken"),
        (["unknown"], "1 promise could not be judged"),
        (["not runnable here"], "0 of 1 promises held, none broke"),
    ],
)
def test_the_first_sentence_says_what_was_found(
    verdicts: list[str], words: str, scenario: Make, run_of: Callable[..., Run]
) -> None:
    run = run_of(*(scenario(number, verdict) for number, verdict in enumerate(verdicts)))

    assert headline(outline.areas(run)[0].promises).words == words


def test_a_specification_without_a_run_says_so(run_of: Callable[..., Run]) -> None:
    assert headline([]).words == "Nothing is promised here"


def test_what_has_to_be_known_first_comes_first(scenario: Make, run_of: Callable[..., Run]) -> None:
    run = run_of(scenario(), death="eu-1 died", interrupted=True, stray=["a stranger arrived"])

    assert notices(run) == [
        "The environment died: eu-1 died",
        "The run was interrupted: what had not begun by then was not run.",
        "The run as a whole: a stranger arrived",
    ]


def test_a_row_is_shown_unless_the_title_names_it(
    scenario: Make, run_of: Callable[..., Run]
) -> None:
    def row(id_: str) -> str:
        return outline.row_of(next(run_of(scenario(id=id_)).scenarios))

    assert row("f.feature::Twice[1-2]") == "1-2"
    assert row("f.feature::After <n> calls[3]") == ""
    assert row("f.feature::Once") == ""
