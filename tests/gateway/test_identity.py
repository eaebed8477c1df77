"""Identity headers: what is known, and nothing that is not."""

from gateway.document.entities import Consumer, Credential, KeyCredential
from gateway.identity import identity_headers

JWT = Credential("id-1", "key-1", "s", "HS256", None, None, None)


def test_nobody_has_none(unit):
    assert identity_headers(unit.exchange()) == []
    assert identity_headers(unit.exchange(groups=("gold",))) == []


def test_everything_that_is_known(unit):
    acme = Consumer("c1", "acmé", "a-1", None, None, ())
    exchange = unit.exchange(consumer=acme, credential=JWT, groups=("gold", "eu"))
    assert identity_headers(exchange) == [
        (b"X-Consumer-ID", b"c1"),
        (b"X-Consumer-Username", "acmé".encode()),
        (b"X-Consumer-Custom-ID", b"a-1"),
        (b"X-Credential-Identifier", b"key-1"),
        (b"X-Consumer-Groups", b"gold, eu"),
    ]


def test_what_is_not_known_is_not_there(unit):
    bare = Consumer("c1", None, None, None, None, ())
    assert identity_headers(unit.exchange(consumer=bare)) == [(b"X-Consumer-ID", b"c1")]
    key = KeyCredential("id-2", "secret", None, None)
    assert (b"X-Credential-Identifier", b"id-2") in identity_headers(
        unit.exchange(consumer=bare, credential=key)
    )
