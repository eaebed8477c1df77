"""The compressed block gives back what went in, and holds nothing that HTML could mistake."""

import re

from hypothesis import given
from hypothesis import strategies as some

from harness.report.page.packing import packed, unpacked

TEXT = some.text(some.characters(codec="utf-8"))


@given(some.dictionaries(TEXT, TEXT))
def test_what_is_packed_can_be_unpacked(pieces: dict[str, str]) -> None:
    assert unpacked(packed(pieces)) == pieces


def test_the_block_is_harmless_wherever_it_stands() -> None:
    block = packed({"a": "</script><script>alert(1)</script>]]>-->"})

    assert re.fullmatch(r"[A-Za-z0-9+/=]+", block)


def test_the_same_pieces_make_the_same_block() -> None:
    assert packed({"a": "b"}) == packed({"a": "b"})


def test_half_a_character_costs_no_page() -> None:
    assert unpacked(packed({"a": "\ud800"})) == {"a": "?"}
