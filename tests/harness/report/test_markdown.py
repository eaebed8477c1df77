"""Text in Markdown does nothing."""

from hypothesis import given
from hypothesis import strategies as st

from harness.report import markdown


@given(st.text())
def test_inline_is_one_line_without_markup(text: str) -> None:
    shown = markdown.inline(text)

    assert len(shown.splitlines()) <= 1
    assert "<" not in shown
    assert "&" not in shown.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")


@given(st.text("`~a\n", max_size=50))
def test_a_block_cannot_be_closed_from_within(text: str) -> None:
    first, *_, last = markdown.block(text).split("\n")

    assert first == last
    assert first not in text


def test_what_reads_backwards_is_not_let_through() -> None:
    assert "\u202e" not in markdown.inline("a\u202eb") + markdown.block("a\u202eb")
