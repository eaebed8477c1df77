"""Which fields travel on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.http.headers import (
    DROPPED_FROM_REQUESTS,
    canonical,
    every,
    forwardable,
    index,
    tokens,
)
from gateway.http.messages import Response, joined, via

FIELDS = [(b"A", b"1"), (b"b", b"2"), (b"a", b"3")]


def test_fields_are_found_in_any_spelling():
    assert index(FIELDS) == {b"a": b"1", b"b": b"2"}
    assert every(FIELDS, b"a") == [b"1", b"3"]
    assert canonical(b"X_Consumer-ID") == b"x-consumer-id"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(b"", []), (b" , ", []), (b"A", [b"a"]), (b"a ,B,, c\t", [b"a", b"b", b"c"])],
)
def test_members_of_a_list(value, expected):
    assert tokens(value) == expected


def test_connection_takes_along_what_it_names_on_every_line():
    fields = [(b"Connection", b"A"), (b"A", b"1"), (b"B", b"2"), (b"connection", b"b")]
    assert forwardable(fields, DROPPED_FROM_REQUESTS) == []


def test_lines_of_one_field_are_joined_and_a_hop_is_added():
    response = Response(200, b"", FIELDS, index(FIELDS), None, "1.0")
    assert joined(response, b"a") == b"1, 3"
    assert joined(response, b"x") is None
    assert via(response) == b"1.0 gateproof"


@given(st.lists(st.tuples(st.binary(max_size=4), st.binary(max_size=8))))
def test_what_travels_on_was_there_in_that_order(fields):
    kept = forwardable(fields, DROPPED_FROM_REQUESTS)
    places = iter(fields)
    assert all(field in places for field in kept)
