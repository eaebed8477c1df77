"""Whose API key it is."""

from collections.abc import Iterable
from hashlib import sha256

from gateway.document.entities import Consumer, KeyCredential


class Keys:
    """Every API key's owner, found by the key's hash.

    How long a look-up takes then says nothing about how much of a guessed key is right.
    """

    def __init__(self, consumers: Iterable[Consumer]) -> None:
        self._owners = {
            digest(credential.key.encode()): (consumer, credential)
            for consumer in consumers
            for credential in consumer.keyauth_credentials
        }

    def find(self, key: bytes) -> tuple[Consumer, KeyCredential] | None:
        return self._owners.get(digest(key))


def digest(key: bytes) -> bytes:
    return sha256(key).digest()
