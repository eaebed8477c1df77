"""The shape of an answer: what stays the same when only values differ."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report import evidence, shapes
from harness.report.run import Call, Scenario

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def _call(body: str = '{"a": 1}', **said: object) -> Call:
    record = {"status": 200, "headers": [["X-A", "1"]], "body": body, "step": "Ada calls",
              "method": "GET", "url": "http://h:1/users", "replica": "eu-1"}  # fmt: skip
    return evidence.call({**record, **said})


def _scenario(*calls: Call) -> Scenario:
    return Scenario("id", "f", 1, "a", "F", "R", "T", suffix="s1-k3f9", calls=calls)


def _told(before: list[Call], after: list[Call]) -> list[str]:
    was = shapes.by_request(_scenario(*before))
    now = shapes.by_request(_scenario(*after))
    assert was.keys() == now.keys()
    return [one for name in was for one in shapes.differences(was[name], now[name])]


def test_values_are_not_part_of_a_shape() -> None:
    before = _call('{"a": 1, "b": ["x"]}', headers=[["X-A", "1"]])
    after = _call('{"b": ["y", "z"], "a": 2.5}', headers=[["x-a", "2"]])

    assert _told([before], [after]) == []


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (_call(status=401), ["200 is gone", "401 is new"]),
        (_call(headers=[]), ["200 without x-a"]),
        (_call(headers=[["X-A", ""], ["X-B", ""]]), ["200 with x-b"]),
        (_call('{"a": "1"}'), ["200 body {a: number} → {a: text}"]),
        (_call('{"a": true}'), ["200 body {a: number} → {a: true or false}"]),
        (_call('{"b": 1}'), ["200 body {a: number} → {b: number}"]),
        (_call("[1]"), ["200 body {a: number} → [number]"]),
        (_call("hello"), ["200 body {a: number} → text"]),
        (_call(""), ["200 body {a: number} → empty"]),
        (_call(status=None), ["200 is gone", "no answer is new"]),
    ],
)
def test_another_shape_is_told_in_words(after: Call, told: list[str]) -> None:
    assert _told([_call()], [after]) == told


def test_what_was_not_recorded_whole_has_no_shape_to_compare() -> None:
    assert _told([_call()], [_call("{", body_size=9000)]) == []
    assert _told([_call("x" * 4096)], [_call()]) == [], "an older run does not say that it cut"


def test_a_request_that_was_repeated_more_often_is_the_same() -> None:
    waiting = _call(status=503)

    assert _told([waiting, _call()], [waiting, waiting, waiting, _call()]) == []


def test_replicas_suffixes_and_ports_make_no_difference_and_fences_are_left_out() -> None:
    before = _call(url="http://h:1/functions/f-s1-k3f9")
    after = _call(url="http://h:2/functions/f-s1-k3f9", replica="eu-2")
    fence = _call(url="http://h:2/gateproof-fence", status=404)
    later = replace(_scenario(after, fence), suffix="s1-k3f9")

    assert shapes.by_request(_scenario(before)) == shapes.by_request(later)


@given(JSON)
def test_every_body_has_a_shape(value: object) -> None:
    assert shapes.body(json.dumps(value))


def test_a_body_of_a_million_brackets_is_no_trouble() -> None:
    assert shapes.body("[" * 1_000_000)
    assert "…" in shapes.body("[" * 100 + "]" * 100)
