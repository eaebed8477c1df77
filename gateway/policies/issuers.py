"""Who may sign: every credential by its key, with the key as its algorithm wants it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gateway.document.entities import Consumer, Credential
from gateway.tokens import HMAC, decoded, prepared_key


@dataclass(frozen=True, slots=True)
class Issuer:
    """A credential, its consumer, and the key as the algorithm wants it (None: unusable)."""

    consumer: Consumer
    credential: Credential
    key: Any


class Issuers:
    """Every credential by its key. Keys are prepared when they are first used."""

    def __init__(self, consumers: Iterable[Consumer]) -> None:
        self._owners = {
            credential.key: (consumer, credential)
            for consumer in consumers
            for credential in consumer.jwt_secrets
        }
        self._prepared: dict[tuple[str, bool], Issuer] = {}

    def find(self, key: str, secret_is_base64: bool) -> Issuer | None:
        prepared = self._prepared.get((key, secret_is_base64))
        if prepared is None and (owner := self._owners.get(key)) is not None:
            prepared = Issuer(*owner, usable_key(owner[1], secret_is_base64))
            self._prepared[key, secret_is_base64] = prepared
        return prepared


def usable_key(credential: Credential, secret_is_base64: bool) -> Any:
    """The verification key of a credential, or None when what it holds is none."""
    material: str | bytes | None = credential.rsa_public_key
    if credential.algorithm in HMAC:
        material = credential.secret
        if secret_is_base64:
            material = decoded(credential.secret.replace("+", "-").replace("/", "_"))
    if material is None:
        return None
    try:
        return prepared_key(credential.algorithm, material)
    except ValueError:
        return None
