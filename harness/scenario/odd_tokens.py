"""Tokens that a gateway must refuse, by the words a feature uses for them. One list."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from harness import tokens


@dataclass(frozen=True, slots=True)
class Honest:
    """What an honest token would be made of. Units: seconds since the epoch."""

    claims: Mapping[str, Any]
    secret: str
    now_s: int
    algorithm: str = "HS256"
    public_key: str = ""

    def signed(self, secret: str = "", algorithm: str = "", **changed: Any) -> str:
        claims = {**self.claims, **changed}
        kept = {name: value for name, value in claims.items() if value is not None}
        return tokens.person_token(
            kept, secret or self.secret, algorithm=algorithm or self.algorithm
        )


def _unsigned(honest: Honest) -> str:
    _, payload, _ = honest.signed().split(".")
    return f"eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}."


def _tampered(honest: Honest) -> str:
    """Another person's payload under an honest signature."""
    header, _, signature = honest.signed().split(".")
    _, payload, _ = honest.signed(userId=1, isAdmin=True, iat=1).split(".")
    return f"{header}.{payload}.{signature}"


def _with_header(honest: Honest, header: str) -> str:
    """An honest payload and signature under another JOSE header, which is JSON or not."""
    _, payload, signature = honest.signed().split(".")
    return f"{_encoded(header)}.{payload}.{signature}"


def _with_payload(honest: Honest, payload: str) -> str:
    """A signed token whose payload is any JSON at all."""
    signed = f"{_encoded(HEADER)}.{_encoded(payload)}"
    return f"{signed}.{_encoded(_hmac(honest.secret, signed))}"


def _hmac(secret: str, signed: str) -> bytes:
    return hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()


def _encoded(value: str | bytes) -> str:
    raw = value.encode() if isinstance(value, str) else value
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


HEADER = '{"alg":"HS256","typ":"JWT"}'


def _confused(honest: Honest) -> str:
    """Signed with the public key, as if that were a shared secret."""
    payload = _encoded(json.dumps(dict(honest.claims)))
    signed = f"{_encoded(HEADER)}.{payload}"
    return f"{signed}.{_encoded(_hmac(honest.public_key, signed))}"


ODD_TOKENS: dict[str, Callable[[Honest], str]] = {
    "a token that is not one": lambda honest: "not-a-token",
    "a token cut in half": lambda honest: honest.signed().rpartition(".")[0][:-20],
    "an unsigned token": _unsigned,
    "a tampered token": _tampered,
    "a token signed with another secret": lambda honest: honest.signed("s" * 40),
    "a token of another algorithm": lambda honest: honest.signed(algorithm="HS512"),
    "a token signed with the public key": _confused,
    "an expired token": lambda honest: honest.signed(exp=honest.now_s - 60),
    "a token that expires this second": lambda honest: honest.signed(exp=honest.now_s),
    "a token that is not valid yet": lambda honest: honest.signed(nbf=honest.now_s + 300),
    "a token that never expires": lambda honest: honest.signed(exp=None),
    "a token that expires in words": lambda honest: honest.signed(exp="tomorrow"),
    "a token of an unknown consumer": lambda honest: honest.signed(kid="nobody"),
    "a token that names no consumer": lambda honest: honest.signed(kid=None),
    "a token with an empty key": lambda honest: honest.signed(kid=""),
    "a token whose key is a number": lambda honest: honest.signed(kid=7),
    "a token whose key is a list": lambda honest: honest.signed(kid=["a", "b"]),
    "a token whose key is an object": lambda honest: honest.signed(kid={"a": 1}),
    "a token whose key is true": lambda honest: honest.signed(kid=True),
    "a token that expires as true": lambda honest: honest.signed(exp=True),
    "a token that expires never, in numbers": lambda honest: _with_payload(
        honest, '{"kid":"' + str(honest.claims["kid"]) + '","exp":1e999}'
    ),
    "a token that becomes valid in words": lambda honest: honest.signed(nbf="now"),
    "a token whose payload is null": lambda honest: _with_payload(honest, "null"),
    "a token whose payload is a number": lambda honest: _with_payload(honest, "5"),
    "a token whose payload is a list": lambda honest: _with_payload(honest, "[]"),
    "a token whose header is null": lambda honest: _with_header(honest, "null"),
    "a token whose header is a number": lambda honest: _with_header(honest, "7"),
    "a token whose header is not JSON": lambda honest: _with_header(honest, "{alg"),
    "a token whose algorithm is a number": lambda honest: _with_header(honest, '{"alg":1}'),
    "a token of an unheard-of algorithm": lambda honest: _with_header(honest, '{"alg":"HS999"}'),
    "a token without an algorithm": lambda honest: _with_header(honest, '{"typ":"JWT"}'),
    "a token with an empty signature": lambda honest: honest.signed().rpartition(".")[0] + ".",
    "a token with four parts": lambda honest: honest.signed() + ".more",
    "a token with a plus in its signature": lambda honest: (
        honest.signed().rpartition(".")[0] + ".ab+/"
    ),
}
