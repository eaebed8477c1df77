"""Anchors are stable, readable and apart."""

import re

import pytest

from harness.report import anchors

FILE = "features/quotas/quotas.feature"
ID = f"{FILE}::The call after <limit> calls to <service>[/users-Users-3-4]"


def test_an_anchor_reads_like_what_it_names() -> None:
    assert anchors.area("quotas") == "area-quotas"
    assert anchors.feature(FILE).startswith("feature-quotas-")
    assert anchors.rule(FILE, "Budgets are apart").startswith("rule-quotas-budgets-are-apart-")
    assert anchors.example(ID).startswith("quotas-the-call-after-limit-calls-to-service-users-")
    assert anchors.step(ID, 3) == f"{anchors.example(ID)}-step-3"


def test_an_anchor_never_changes() -> None:
    """Links that people keep depend on it."""
    assert anchors.example(f"{FILE}::One") == "quotas-one-7d4c"


def test_titles_that_read_alike_have_anchors_of_their_own() -> None:
    long = f"{FILE}::{'a very long title ' * 20}"
    alike = [f"{FILE}::A b", f"{FILE}::A-b", f"{FILE}::a b", f"{FILE}::A b[1]", long, f"{long}2"]

    assert len({anchors.example(one) for one in alike}) == len(alike)


@pytest.mark.parametrize(
    "name", ["", "…", "<script>alert(1)</script>", "été", "日本語", "\ud800", "1::2", "\u202etxt"]
)
def test_any_text_becomes_an_anchor_that_a_url_can_hold(name: str) -> None:
    drawn = [
        anchors.area(name),
        anchors.feature(name),
        anchors.rule(name, name),
        anchors.example(name),
        anchors.step(name, 1),
    ]

    assert all(re.fullmatch(r"[a-z][a-z0-9-]*", anchor) for anchor in drawn)
    assert not set(drawn) & set(anchors.VIEWS)
