"""Spill records: what was written whole is read back, and nothing else is."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.spill.records import framed, read_record, unframed

LINES = st.lists(st.binary(min_size=1).filter(lambda line: b"\n" not in line))


@given(LINES)
def test_what_was_written_is_read_back(lines):
    assert unframed(framed(lines)) == (lines, 0)


@given(LINES.filter(bool), st.data())
def test_a_torn_end_costs_the_last_record_only(lines, data):
    content = framed(lines)
    cut = data.draw(st.integers(1, len(framed(lines[-1:]))))
    found, broken = unframed(content[:-cut])
    assert found == lines[:-1]
    assert broken == (cut < len(framed(lines[-1:])))


@given(LINES.filter(bool), st.data())
def test_a_changed_byte_is_never_believed(lines, data):
    content = bytearray(framed(lines))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    found, broken = unframed(bytes(content))
    assert all(line in lines for line in found)
    assert broken >= 1
    assert len(found) < len(lines)


def test_what_is_no_record_is_none():
    for record in (b"", b"x", b"00000000 1", b"00000000 one x", b"00000000 2 ab"):
        assert read_record(record) is None
