"""The line that runs a scenario again."""

import shlex

from harness.report.again import again


def test_it_names_just_that_scenario() -> None:
    assert shlex.split(again("f.feature::It's one", "reference", "embedded")) == [
        "gateproof", "e2e", "f.feature::It's one",
    ]  # fmt: skip


def test_it_says_what_was_not_as_usual() -> None:
    assert again("f", "kong", "containers", "real") == (
        "gateproof e2e f --gateway kong --env containers --kafka real"
    )
