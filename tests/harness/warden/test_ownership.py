"""Ours is what carries our tag; everything else is somebody's."""

from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from harness.commands import demo
from harness.warden import ownership

KINDS = st.sampled_from(["services", "routes", "consumers", "plugins"])
DOCUMENTS = st.dictionaries(
    KINDS, st.lists(st.fixed_dictionaries({"name": st.text(min_size=1, max_size=5)}), max_size=4)
)


@given(DOCUMENTS)
def test_what_we_publish_is_ours_and_what_it_was_before_is_not(document: dict[str, Any]) -> None:
    before = sum(len(entities) for entities in document.values())

    assert len(ownership.strangers(document)) == before
    assert ownership.strangers(ownership.tagged(document, "more")) == []
    assert ownership.is_empty(document) == (before == 0)


@given(DOCUMENTS)
def test_tagging_leaves_the_document_that_it_was_given(document: dict[str, Any]) -> None:
    copy = {kind: [dict(one) for one in entities] for kind, entities in document.items()}

    ownership.tagged(document)

    assert document == copy


def test_one_entity_of_somebody_else_is_enough_whatever_its_kind() -> None:
    ours = ownership.tagged({"services": [{"name": "a", "tags": ["mine"]}]})
    theirs = {**ours, "upstreams": [{"id": "u"}], "consumers": [{"username": "shop", "tags": None}]}

    assert ours["services"][0]["tags"] == ["mine", "gateproof"]
    assert ownership.strangers(theirs) == ["upstream 'u'", "consumer 'shop'"]


def test_an_empty_document_is_nobodys() -> None:
    assert ownership.is_empty(ownership.EMPTY)
    assert ownership.is_empty({})
    assert ownership.strangers(ownership.EMPTY) == []
    assert not ownership.is_demo(ownership.EMPTY)


def test_the_demo_is_told_from_what_a_run_left() -> None:
    document = yaml.safe_load(demo.DEMO.read_text())

    assert ownership.is_demo(ownership.tagged(document, ownership.DEMO))
    assert not ownership.is_demo(ownership.tagged(document, "gateproof-run-k3f9"))


def test_a_long_list_is_cut() -> None:
    assert ownership.in_words(["a", "b", "c"]) == "a, b, c"
    assert ownership.in_words(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
