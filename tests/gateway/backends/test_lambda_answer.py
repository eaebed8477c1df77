"""What a function says in proxy integration: taken when it is an answer, refused with Kong's reasons."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.backends.lambda_answer import FunctionAnswer, OddAnswer, read_answer


def read(**said):
    return read_answer(json.dumps(said).encode())


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"statusCode": 200}, FunctionAnswer(200, [], b"")),
        ({"statusCode": "201", "body": "hé"}, FunctionAnswer(201, [], "hé".encode())),
        ({"statusCode": 204.0}, FunctionAnswer(204, [], b"")),
        ({"statusCode": 200, "body": "aGk=", "isBase64Encoded": True}, FunctionAnswer(200, [], b"hi")),
        ({"statusCode": 200, "body": "aGk=", "isBase64Encoded": False}, FunctionAnswer(200, [], b"aGk=")),
        ({"statusCode": 200, "headers": {"A": 1, "B": True, "C": 1.5, "D": 2.0, "E": " x\ty "}},
         FunctionAnswer(200, [(b"A", b"1"), (b"B", b"true"), (b"C", b"1.5"), (b"D", b"2"), (b"E", b"x\ty")], b"")),
        ({"statusCode": 200, "headers": {"Set-Cookie": "x", "A": "1"}, "multiValueHeaders": {"set-cookie": ["a=1", "b=2"]}},
         FunctionAnswer(200, [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2"), (b"A", b"1")], b"")),
        ({"statusCode": 200, "multiValueHeaders": {"A": "single", "B": []}}, FunctionAnswer(200, [(b"A", b"single")], b"")),
        ({"statusCode": 200, "cookies": ["ignored"], "more": {}}, FunctionAnswer(200, [], b"")),
    ],
)  # fmt: skip
def test_answers(said, expected):
    assert read(**said) == expected


STATUS, HEADERS = "statusCode validation failed", "headers must be a table"
VALUES = "headers must hold names and values of HTTP"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({}, STATUS),
        *[({"statusCode": value}, STATUS) for value in (99, 600, 0, -200, 200.5, "abc", "2e2", " 200", "", None, True, [], {}, 10**30)],
        *[({"statusCode": value}, STATUS) for value in (100, 101, "103")],
        *[({"statusCode": 200, "headers": value}, HEADERS) for value in ("x", 1, None, [], [["a", "b"]])],
        ({"statusCode": 200, "multiValueHeaders": "x"}, "multiValueHeaders must be a table"),
        *[({"statusCode": 200, "headers": {"A": value}}, VALUES) for value in ({}, None, "a\r\nSet-Cookie: x", "a\0", "a\nb", [["x"]])],
        *[({"statusCode": 200, "headers": {name: "x"}}, VALUES) for name in ("", "a b", "a:b", "a\r\nb", "é")],
        *[({"statusCode": 200, "body": value}, "body must be a string") for value in (1, None, {}, [])],
        *[({"statusCode": 200, "isBase64Encoded": value}, "isBase64Encoded must be a boolean") for value in ("true", 1, None)],
        *[({"statusCode": 200, "body": value, "isBase64Encoded": True}, "body must be base64") for value in ("a", "%%%%", "aGk", "é")],
    ],
)  # fmt: skip
def test_every_violation_has_its_reason(said, reason):
    with pytest.raises(OddAnswer, match=f"^{reason}$"):
        read(**said)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Expecting value at character 1"),
        (b"hi", "Expecting value at character 1"),
        (b'{"statusCode": 200', "at character 19"),
        (b"null", "proxy response must be json format"),
        (b"5", "proxy response must be json format"),
        (b'"text"', "proxy response must be json format"),
        (b"[]", STATUS),
        (b"\xff", "not JSON"),
        (b"NaN", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"1" * 5000, "not JSON"),
    ],
)
def test_what_is_no_json_object(content, reason):
    with pytest.raises(OddAnswer, match=reason):
        read_answer(content)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = ("statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded")


@given(st.dictionaries(st.sampled_from(FIELDS), JSON | st.just(200) | st.text()))
def test_whatever_a_function_says_is_an_answer_or_odd(said):
    try:
        answer = read(**said)
    except OddAnswer:
        return
    assert 200 <= answer.status <= 599
    for name, value in answer.headers:
        assert not set(b"\r\n\0") & {*name, *value}


@given(st.binary(max_size=50))
def test_whatever_bytes_come_are_an_answer_or_odd(content):
    try:
        read_answer(content)
    except OddAnswer:
        pass


def test_a_lone_surrogate_is_a_question_mark():
    assert read_answer(b'{"statusCode":200,"body":"\\ud800"}').body == b"?"
    with pytest.raises(OddAnswer):
        read_answer(b'{"statusCode":200,"headers":{"A":"\\ud800"}}')
