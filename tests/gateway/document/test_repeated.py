"""A key that is written twice: every one of them is named with its place, all at once."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.document.fields import DocumentRefused
from gateway.document.reading import Surroundings, read_snapshot
from gateway.document.repeated import Repeated, parse_json
from gateway.policies.order import KINDS

TWICE = """
{"_format_version": "3.0", "_format_version": "3.0",
 "services": [{"name": "s", "url": "http://h", "url": "http://i", "bogus": 1,
   "routes": [{"name": "r", "paths": ["/a"], "paths": ["/b"], "name": "q", "a/b": 1, "a/b": 2}],
   "plugins": [{"name": "rate-limiting", "config": {"minute": 5, "minute": 50}}]}],
 "routes": [{"name": "t", "paths": ["/t"], "service": {"name": "s", "name": "s"}}]}
"""


def test_every_place_is_named_and_nothing_seems_to_be_missing():
    with pytest.raises(DocumentRefused) as refused:
        read_snapshot(parse_json(TWICE.replace('"_format_version": "3.0",', "", 1)),
                      Surroundings(KINDS))  # fmt: skip
    found = [(it.pointer, it.message) for it in refused.value.problems]
    assert {pointer for pointer, message in found if message == "is written twice"} == {
        "/services/0/url",
        "/services/0/routes/0/name",
        "/services/0/routes/0/paths",
        "/services/0/routes/0/a~1b",
        "/services/0/plugins/0/config/minute",
    }
    others = {pointer: message for pointer, message in found if message != "is written twice"}
    assert set(others) == {"/services/0/bogus", "/services/0/routes/0/a~1b", "/routes/0/service"}
    assert others["/routes/0/service"].endswith("found an object with a key written twice")


def test_at_the_top_it_is_the_only_complaint():
    with pytest.raises(DocumentRefused) as refused:
        read_snapshot(parse_json(TWICE), Surroundings(KINDS))
    assert [str(it) for it in refused.value.problems] == ["/_format_version is written twice"]


def test_it_is_no_dict_and_shows_no_values():
    found = parse_json('{"secret": "x", "secret": "hunter2"}')
    assert not isinstance(found, dict)
    assert "hunter2" not in repr(found)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_everything_else_is_read_as_it_is(value):
    assert parse_json(json.dumps(value)) == value


@given(st.dictionaries(st.text(), st.integers(), min_size=1), st.data())
def test_any_key_written_twice_is_seen(value, data):
    key = data.draw(st.sampled_from(sorted(value)))
    written = json.dumps(value)[:-1] + f", {json.dumps(key)}: 0}}"
    assert parse_json(written) == Repeated((key,), {**value, key: 0})
