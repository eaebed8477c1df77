"""Sealed documents: opened whole by whoever has key and name, and by nobody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.last_good.seal import TAG_BYTES, LastGood, SealBroken, opened, sealed, tag_of

KEY = b"k" * 32
GOOD = LastGood(7, "2026-01-31T12:00:00.000+00:00", b'{"_format_version":"3.0"}')


@given(st.integers(1), st.binary(), st.text(), st.binary(min_size=1))
def test_what_was_sealed_is_opened(version, document, name, key):
    found = LastGood(version, "now", document)
    assert opened(sealed(found, name, key), name, key) == found


@given(st.integers(0), st.integers(1, 255))
def test_a_changed_byte_is_noticed(place, change):
    content = bytearray(sealed(GOOD, "a,b,c", KEY))
    content[place % len(content)] ^= change
    with pytest.raises(SealBroken):
        opened(bytes(content), "a,b,c", KEY)


@given(st.integers(0, 200))
def test_what_is_cut_short_is_noticed(length):
    content = sealed(GOOD, "a,b,c", KEY)
    with pytest.raises(SealBroken):
        opened(content[: min(length, len(content) - 1)], "a,b,c", KEY)


def test_what_belongs_to_others_is_named():
    with pytest.raises(SealBroken, match="it belongs to a,b,c, this gateway is a,b,d"):
        opened(sealed(GOOD, "a,b,c", KEY), "a,b,d", KEY)


def test_another_key_opens_nothing():
    with pytest.raises(SealBroken, match="changed, cut short, or sealed with another key"):
        opened(sealed(GOOD, "a,b,c", KEY), "a,b,c", b"x" * 32)


def test_the_tag_is_the_first_line():
    content = sealed(GOOD, "n", KEY)
    assert tag_of(content) == content.split(b"\n")[0]
    assert len(tag_of(content)) == TAG_BYTES
