"""Queries, forms and fields as maps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.backends.lambda_arguments import (
    arguments,
    body_arguments,
    content_type,
    gathered,
    header_pairs,
    is_parseable,
    query_pairs,
    single_or_list,
)


def test_names_that_come_more_than_once_have_lists():
    assert arguments("a=1&b=2&a=3&a") == {"a": ["1", "3", True], "b": "2"}
    assert single_or_list(gathered([("x", 1)])) == {"x": 1}
    assert arguments("") == {}


@pytest.mark.parametrize(
    ("value", "parseable"),
    [
        ("application/json", True),
        ("APPLICATION/JSON; charset=utf-8", True),
        ("application/x-www-form-urlencoded", True),
        ("multipart/form-data; boundary=x", False),
        ("text/plain", False),
        ("", False),
    ],
)
def test_which_bodies_hold_arguments(value, parseable):
    assert is_parseable(value) is parseable
    assert (body_arguments(b"{}", value) is not None) is parseable


def test_the_type_of_a_body(unit):
    assert content_type(unit.exchange(headers=[("content-TYPE", "a/b")])) == "a/b"
    assert content_type(unit.exchange()) == ""


def test_fields_say_who_calls_only_as_the_gateway_found(unit):
    sent = [("Accept", "*/*"), ("X-Consumer-ID", "root"), ("x_request_id", "mine")]
    assert header_pairs(unit.exchange(headers=sent, added=[(b"X-Corr", b"1")])) == [
        ("accept", "*/*"),
        ("x-corr", "1"),
        ("x-request-id", "r" * 32),
    ]


@given(st.text())
def test_no_query_breaks_it(query):
    for name, value in query_pairs(query):
        assert isinstance(name, str)
        assert value is True or isinstance(value, str)


@given(st.binary(), st.sampled_from(["application/json", "application/x-www-form-urlencoded"]))
def test_no_body_breaks_it(body, kind):
    assert isinstance(body_arguments(body, kind), (dict, type(None)))
