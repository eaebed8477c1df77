"""services.upstream.sending"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.upstream.scripts import Script
from services.upstream.sending import pieces


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (Script(), [b"abcdef"]),
        (Script(piece_bytes=4), [b"abcd", b"ef"]),
        (Script(cut_after_bytes=3), [b"abc"]),
        (Script(cut_after_bytes=3, piece_bytes=2), [b"ab", b"c"]),
        (Script(cut_after_bytes=0), []),
        (Script(cut_after_bytes=99), [b"abcdef"]),
    ],
)
def test_pieces(script: Script, expected: list[bytes]) -> None:
    assert list(pieces(b"abcdef", script)) == expected


@given(st.binary(max_size=50), st.none() | st.integers(1, 60), st.none() | st.integers(0, 60))
def test_pieces_are_the_answer_up_to_the_cut(
    answer: bytes, size: int | None, cut: int | None
) -> None:
    sent = list(pieces(answer, Script(piece_bytes=size, cut_after_bytes=cut)))
    assert b"".join(sent) == answer[: len(answer) if cut is None else cut]
    assert all(len(piece) <= (size or 50) for piece in sent)
