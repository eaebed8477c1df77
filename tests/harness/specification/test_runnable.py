"""What an environment lacks is found before anything is planned, and named."""

from collections.abc import Callable
from typing import Any

import pytest

from harness.specification import runnable
from harness.specification.catalogue import Example, Understood
from harness.specification.fragments import Fragment

ATTACHED = {"rig": "absent", "document": "absent", "redis": "absent", "eu-2": "absent",
            "gateway": "real", "kafka": "absent"}  # fmt: skip


@pytest.fixture
def understood(examples: Callable[..., list[Example]]) -> Callable[..., Understood]:
    def make(fragment: Fragment | None = None, *, rig: bool = False, tag: str = "") -> Understood:
        text = f"Feature: F\n\n  {tag}\n  Scenario: S\n    Given something\n"
        return Understood(examples(text)[0], fragment or Fragment(), frozenset(), rig)

    return make


@pytest.mark.parametrize(
    ("fragment", "rig", "words"),
    [
        (Fragment(parts=frozenset({"eu-1"})), False, None),
        (Fragment(parts=frozenset({"eu-2", "redis"})), False, "needs eu-2 and redis; external has"),
        (Fragment(services={"a": {}}), False, "needs a document of its own to be published; ext"),
        (Fragment(scripts={"a": {}}), False, "needs a document of its own to be published; ext"),
        (Fragment(services={"a": {}}), True, "needs an environment of its own; external has none"),
    ],
)
def test_what_is_absent_is_named(
    understood: Callable[..., Understood], fragment: Fragment, rig: bool, words: str | None
) -> None:
    found = runnable.not_runnable(understood(fragment, rig=rig), "external", ATTACHED)

    assert (found is None) == (words is None)
    assert found is None or found.startswith(words or "")


def test_where_nothing_is_absent_everything_runs(understood: Callable[..., Understood]) -> None:
    everything = Fragment(services={"a": {}}, parts=frozenset({"eu-2", "redis", "kafka"}))

    assert (
        runnable.not_runnable(understood(everything, rig=True), "embedded", {"redis": "real"})
        is None
    )


def test_a_tag_that_asks_for_the_real_thing_still_counts(
    understood: Callable[..., Understood],
) -> None:
    one = understood(tag="@needs-real-kafka")

    found = runnable.not_runnable(one, "embedded", {"kafka": "emulated"})
    assert found is not None
    assert "needs kafka to be real" in found


def test_reasons_are_by_example(understood: Callable[..., Understood]) -> None:
    facts: dict[str, Any] = {"environment": "external", "fidelity": ATTACHED}
    one = understood(rig=True)

    assert list(
        runnable.unfit(
            [
                one,
            ],
            facts,
        )
    ) == [one.example.id]
    assert runnable.unfit([understood()], facts) == {}
