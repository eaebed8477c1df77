"""Reading one object: values as they should be, or a complaint with the place, never an exception."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.document.fields import DocumentRefused, Fields, Problem, escaped, shown


def fields(raw):
    problems = []
    return Fields(raw, "/at", problems), problems


@pytest.mark.parametrize(
    ("method", "arguments", "good", "bad"),
    [
        ("text", (), ["a", "ä b"], ["", 5, True, [], {}, "a\nb", "\x7f", "\ud800"]),
        ("secret", (), ["a", "ä b"], ["", 5, True, [], {}, "a\nb"]),
        ("number", (7, 1, 10), [1, 10, 3.0], [0, 11, 1.5, True, "3", float("nan"), float("inf"), 10**400]),
        ("flag", (False,), [True, False], [0, 1, "true", []]),
        ("choice", (("a", "b"), "a"), ["a", "b"], ["c", 1, [], {}]),
        ("texts", (), [[], ["a"]], ["a", {}, [1], [""], ["a\n"], [None]]),
    ],
)  # fmt: skip
def test_values(method, arguments, good, bad):
    for value in good:
        read, problems = fields({"x": value})
        found = getattr(read, method)("x", *arguments)
        assert problems == []
        assert found == (tuple(value) if isinstance(value, list) else value)
    for value in bad:
        read, problems = fields({"x": value})
        getattr(read, method)("x", *arguments)
        assert [problem.pointer.startswith("/at/x") for problem in problems] == [True]


def test_null_is_as_good_as_absent():
    read, problems = fields({"x": None})
    assert read.text("x", "d") == "d"
    assert read.secret("x") is None
    assert read.number("x", 3, 0, 9) == 3
    assert read.flag("x", True) is True
    assert read.choice("x", ("a",), "a") == "a"
    assert read.texts("x", ("t",)) == ("t",)
    assert read.object("x") is None
    assert read.objects("x") == []
    assert read.reference("x") is None
    assert not read.has("x")
    read.only("x")
    read.finish()
    assert problems == []


def test_what_is_no_object_is_told_once_and_misses_nothing_besides():
    problems = []

    Fields(7, "/services/0", problems).text("host", required=True)

    assert [str(one) for one in problems] == ["/services/0 must be an object, found 7"]


def test_what_is_required_is_missed():
    read, problems = fields({})
    read.text("x", required=True)
    read.secret("y", required=True)
    assert [str(problem) for problem in problems] == ["/at/x is required", "/at/y is required"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", "a"), ("", None), ({"name": "a"}, "a"), ({"id": "a"}, "a"), ({"username": "a"}, "a"),
        (5, ...), ([], ...), ({}, ...), ({"name": "a", "id": "b"}, ...), ({"name": 5}, ...), ({"other": "a"}, ...),
    ],
)  # fmt: skip
def test_references(value, expected):
    read, problems = fields({"x": value})
    found = read.reference("x")
    if expected is ...:
        assert found is None
        assert len(problems) == 1
    else:
        assert (found, problems) == (expected, [])


def test_objects_know_their_places():
    read, problems = fields({"list": [{"a": 1}, 5], "one": {"b": 2}, "no": "x"})
    first, second = read.objects("list")
    assert (first.pointer, second.pointer) == ("/at/list/0", "/at/list/1")
    assert read.object("one").pointer == "/at/one"
    assert read.objects("no") == []
    read.object("no")
    assert [problem.pointer for problem in problems] == ["/at/list/1", "/at/no", "/at/no"]


def test_what_nobody_asked_for_is_unknown():
    read, problems = fields({"a": 1, "b/c": 2, 3: 4, "~": 5, "seen": 6, "\ud800": 7})
    read.ignore("seen")
    read.finish()
    assert [problem.pointer for problem in problems] == [
        "/at/a",
        "/at/b~1c",
        "/at/3",
        "/at/~0",
        "/at/\\ud800",
    ]
    assert read.names() == ["a", "b/c", "~", "seen", "\ud800"]
    json.dumps([problem.pointer for problem in problems]).encode()


def test_only_some_values():
    read, problems = fields({"a": True, "b": 1, "c": "x"})
    read.only("a", True)
    read.only("b", 2, 3)
    read.only("c")
    assert [str(problem) for problem in problems] == [
        "/at/b is not in this version: only 2 or 3 is accepted, found 1",
        '/at/c is not in this version: leave it out, found "x"',
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "null"), (True, "true"), (False, "false"), ("a", '"a"'), ("x" * 99, f'"{"x" * 57}…"'),
        (5, "5"), (1.5, "1.5"), ([], "a list"), ({}, "an object"),
        (b"x", "a bytes"),
    ],
)  # fmt: skip
def test_found_values_are_shown_in_short(value, expected):
    assert shown(value) == expected


def test_a_number_of_any_length_is_shown():
    assert shown(1 << 99_999) == "a very long number"


def test_pointers():
    assert escaped("a~b") == "a~0b"
    assert escaped("a/b", "/") == "a~1b"
    problem = Problem("", "must be\x1b[31m red")
    assert str(problem) == "/ must be\\x1b[31m red"
    assert str(DocumentRefused([problem, problem])) == f"{problem}; {problem}"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.characters(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(ANYTHING, ANYTHING)
def test_nothing_breaks_a_reader(raw, value):
    for content in (raw, {"x": value}, {"x": raw, "y": value}):
        read, problems = fields(content)
        read.text("x"), read.secret("x"), read.number("x", 1, 0, 5), read.flag("x", True)
        read.choice("x", ("a",), "a"), read.texts("x"), read.object("x"), read.objects("x")
        read.reference("x"), read.only("x", 1)
        read.finish()
        for problem in problems:
            assert "\n" not in str(problem)
            str(problem).encode()
