"""services.strict_json"""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.strict_json import parse, render

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_what_is_rendered_is_parsed_again(value: object) -> None:
    assert parse(render(value)) == value


@pytest.mark.parametrize("text", ["NaN", "[-Infinity]", "1e999", "-1e999", "{", ""])
def test_what_the_standard_does_not_know_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any ValueError is the promise
        parse(text)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        parse(b'"\xff"')


def test_what_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        parse("[" * 100_000)


def test_a_lone_surrogate_survives() -> None:
    assert json.loads(render(parse('"\\ud800"'))) == "\ud800"
