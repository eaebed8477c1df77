"""Cells cannot break a table, and sentences begin and end as sentences do."""

import pytest

from docs.handbook import markdown


def test_a_cell_keeps_its_table_whole() -> None:
    assert markdown.table(["a"], [["one|two\nthree"]]).splitlines()[-1] == "| one\\|two three |"


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("it is", "It is."),
        ("it is.", "It is."),
        ("redis://host is an address", "redis://host is an address."),
        ("`make` it", "`make` it."),
    ],
)
def test_a_sentence(text: str, drawn: str) -> None:
    assert markdown.sentence(text) == drawn
