"""API keys: found by their hash, so that no comparison can be timed."""

from gateway.document.entities import Consumer, KeyCredential
from gateway.policies.keys import Keys, digest


def test_a_key_has_one_owner():
    first, second = (KeyCredential(name, name * 3, None, None) for name in ("a", "ü"))
    consumer = Consumer("c", "acme", None, None, None, (), (first, second))
    keys = Keys([consumer])
    assert keys.find(b"aaa") == (consumer, first)
    assert keys.find("üüü".encode()) == (consumer, second)
    assert keys.find(b"aa") is keys.find(b"") is None


def test_the_table_holds_no_key():
    keys = Keys([Consumer("c", "a", None, None, None, (), (KeyCredential("i", "k", None, None),))])
    assert list(keys._owners) == [digest(b"k")]
    assert len(digest(b"k")) == 32
