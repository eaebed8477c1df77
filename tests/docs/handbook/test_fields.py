"""The probe sees what the readers ask, and what it says of defaults and ranges is what they do."""

from typing import Any

import pytest

from docs.handbook import fields
from docs.handbook.fields import Field
from gateway.document.fields import Fields, Problem
from gateway.document.plugins import PluginKind
from gateway.policies.order import KINDS

PLUGINS = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())


def read_made_up(asked: Fields) -> object:
    inside = asked.object("inside")
    assert inside is not None, "a probe goes into every object"
    asked.raw("size")
    return (
        asked.number("size", 3, 1, 9),
        asked.text("must", required=True),
        inside.choice("one", ("a", "b"), "b"),
        asked.only("later", True),
    )


def test_it_notes_kind_range_default_and_what_is_required() -> None:
    found = fields.of_plugin(PluginKind("made-up", read_made_up)).fields

    assert found["size"] == Field("size", "number", "whole number, 1 to 9", 3)
    assert found["must"].required
    assert (found["inside.one"].type, found["inside.one"].default) == ("one of `a`, `b`", "b")
    assert fields.accepted_in_words(found["later"]) == "`true`"


def test_a_document_has_every_kind_of_entity() -> None:
    kinds = fields.of_document()

    assert {"", "services", "routes", "consumers", "plugins"} <= kinds.keys()
    assert kinds["routes"].rules == ["must have at least one of paths, methods, hosts, headers"]
    assert kinds["services"].fields["retries"].default == 5


def problems_of(kind: PluginKind, name: str, value: Any) -> list[str]:
    outer, _, inner = name.rpartition(".")
    raw = {outer: {inner: value}} if outer else {name: value}
    found: list[Problem] = []
    kind.read(Fields(raw, "", found))
    return [one.pointer for one in found if one.pointer.startswith(f"/{name.replace('.', '/')}")]


@PLUGINS
def test_writing_a_default_down_is_as_good_as_leaving_it_out(kind: PluginKind) -> None:
    for one in fields.of_plugin(kind).fields.values():
        value = list(one.default) if isinstance(one.default, tuple) else one.default
        if value is not None:
            assert problems_of(kind, one.name, value) == []


@PLUGINS
def test_a_value_of_another_type_is_refused(kind: PluginKind) -> None:
    asked = fields.of_plugin(kind).fields.values()
    typed = [one for one in asked if one.kind in ("text", "number", "flag", "texts")]
    for one in typed:
        assert problems_of(kind, one.name, {"an": "object"}) != [], one.name
