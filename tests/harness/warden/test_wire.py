"""One JSON object a line, whatever is in it."""

from hypothesis import given
from hypothesis import strategies as st

from harness.warden.wire import KINDS, EnvironmentDied, Refused, pack, unpack

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_a_message_is_one_line_and_comes_back_as_it_was(message: dict[str, object]) -> None:
    line = pack(message)

    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert unpack(line) == message


def test_errors_keep_their_kind_over_the_wire() -> None:
    assert {"died": EnvironmentDied, "refused": Refused} == KINDS
