"""JSON web tokens: where they stand in a request, taking them apart, judging their claims. Pure.

Checking a signature needs a library that takes 100 ms to import; `signature` does that lazily.
"""

import binascii
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from functools import cache
from math import isfinite
from typing import Any

BASE64URL = re.compile(r"[A-Za-z0-9_-]*={0,2}")
BEARER = re.compile(r"[Bb]earer\s+(.+)", re.ASCII)

HMAC = ("HS256", "HS384", "HS512")
ALGORITHMS = (*HMAC, "RS256", "RS384", "RS512", "ES256", "ES384", "ES512")
KNOWN_ALGORITHMS = (*ALGORITHMS, "PS256", "PS384", "PS512", "EdDSA")


class TokenMalformed(Exception):
    """What is wrong with the token, in Kong's words."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token taken apart; nothing in it is believed yet."""

    header: dict[str, Any]
    claims: Any
    algorithm: str
    signed: bytes
    signature: bytes


def bearer(value: str) -> str | None:
    """The token in an Authorization value. Unanchored and in two spellings, as in Kong."""
    found = BEARER.search(value)
    return found[1] if found else None


def take_apart(token: str) -> Token:
    """The parts of a token; TokenMalformed when it is none."""
    parts = token.split(".")
    if len(parts) < 3:
        raise TokenMalformed("Bad token; invalid JSON")
    header, claims = decoded_json(parts[0]), decoded_json(parts[1])
    if not isinstance(header, dict):
        raise TokenMalformed("Bad token; invalid alg")
    if claims is None or isinstance(claims, (int, float)):
        raise TokenMalformed("Bad token; invalid JSON")
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in KNOWN_ALGORITHMS:
        raise TokenMalformed("Bad token; invalid alg")
    signature = decoded(parts[2]) if len(parts) == 3 else None
    if signature is None:
        raise TokenMalformed("Bad token; invalid signature")
    return Token(header, claims, algorithm, f"{parts[0]}.{parts[1]}".encode(), signature)


def decoded_json(part: str) -> Any:
    """A JSON value, strictly: NaN and Infinity would make a token that never expires."""
    raw = decoded(part)
    if raw is None:
        raise TokenMalformed("Bad token; invalid JSON")
    try:
        return json.loads(raw.decode(), parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        raise TokenMalformed("Bad token; invalid JSON") from error


def refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def decoded(part: str) -> bytes | None:
    """base64url, padded or not; None when it is something else (Python would skip bad characters).

    Bits behind the last byte have to be zero: a token has one text, not four (RFC 4648, 3.5).
    """
    if not BASE64URL.fullmatch(part):
        return None
    part = part.rstrip("=")
    try:
        raw = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except binascii.Error:
        return None
    return raw if urlsafe_b64encode(raw).rstrip(b"=") == part.encode() else None


def key_claim(token: Token, name: str) -> Any:
    """The claim that names the credential: the payload's, else the JOSE header's."""
    value = token.claims.get(name) if isinstance(token.claims, dict) else None
    return token.header.get(name) if value is None or value is False else value


def claims_of(token: Token) -> dict[str, Any]:
    return token.claims if isinstance(token.claims, dict) else {}


def is_instant(value: Any) -> bool:
    """Whether a claim can be compared with a clock."""
    return (
        isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite_number(value)
    )


def isfinite_number(value: float) -> bool:
    try:
        return isfinite(value)
    except OverflowError:
        return False


@dataclass(frozen=True, slots=True)
class Validity:
    """From when until when a token may be used; None is not limited."""

    not_before: float | None
    expires: float | None


def validity(claims: dict[str, Any], required: tuple[str, ...]) -> Validity | None:
    """When the token is valid; None when exp or nbf is there, or has to be, and is no number."""
    for name in ("exp", "nbf"):
        if (name in claims or name in required) and not is_instant(claims.get(name)):
            return None
    return Validity(claims.get("nbf"), claims.get("exp"))


@cache
def algorithms() -> dict[str, Any]:
    """PyJWT's algorithms by name."""
    from jwt.algorithms import get_default_algorithms

    return dict(get_default_algorithms())


def prepared_key(algorithm: str, key: str | bytes) -> Any:
    """The key as the algorithm wants it; ValueError when it cannot be one."""
    secret = key.encode() if isinstance(key, str) else key
    if algorithm in HMAC:
        # Any bytes are a secret, as in Kong. Confusing it with a public key is impossible here:
        # a credential has one algorithm, and the token's has to be the same.
        if not secret:
            raise ValueError("an empty secret is everybody's")
        return secret
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from jwt.exceptions import InvalidKeyError

    try:
        # A public key only: whoever put a private one here by mistake is told so.
        return algorithms()[algorithm].prepare_key(load_pem_public_key(secret))
    except (InvalidKeyError, UnsupportedAlgorithm, TypeError, ValueError) as error:
        raise ValueError(f"not a key for {algorithm}") from error


def signature_fits(token: Token, key: Any) -> bool:
    """Whether the signature is the key's. Never raises for what a client can send."""
    try:
        return bool(algorithms()[token.algorithm].verify(token.signed, key, token.signature))
    except (ValueError, TypeError):
        return False
