"""The mark on every call."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import markers
from harness.markers import Marker

WORDS = st.text("abcdefghjkmnpqrstvwxyz0123456789-", min_size=1, max_size=20)


@given(WORDS, WORDS, WORDS)
def test_a_marker_is_read_back_as_it_was_written(run: str, scenario: str, call: str) -> None:
    marker = Marker(run, scenario, call)

    assert markers.read(str(marker)) == marker


@pytest.mark.parametrize("text", [None, "", "a", "a.b", "a.b.c.d", "..", "a..c", "a.b."])
def test_what_is_no_marker_is_none(text: str | None) -> None:
    assert markers.read(text) is None


def test_the_longest_marker_of_a_big_run_has_at_most_64_characters() -> None:
    assert len(str(Marker("k3f9", "s99999-k3f9", "gw99-999999"))) <= 64
