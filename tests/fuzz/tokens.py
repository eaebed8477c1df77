"""A grammar of mistakes in JSON web tokens. Pure; a token comes in signed and goes out spoilt."""

import base64
import json
import random
from collections.abc import Callable
from typing import Any

Draw = random.Random
Sign = Callable[[dict[str, Any], dict[str, Any]], str]

ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 1e308, 2**63, -(2**63), 10**400, "", "0", "9999999999", "now", [], {},
    [1], {"a": 1}, "\x00", "ä", "a" * 5000, 4102444800, 1.5, "NaN",
)  # fmt: skip

ODD_HEADERS: tuple[dict[str, Any], ...] = (
    {"alg": "none"}, {"alg": "None"}, {"alg": "HS512"}, {"alg": "RS256"}, {"alg": "ES256"}, {"alg": ""},
    {"alg": None}, {"alg": ["HS256"]}, {"alg": "HS256 "}, {"alg": "hs256"}, {}, {"alg": "HS256", "b64": False},
    {"alg": "HS256", "crit": ["exp"]}, {"alg": "HS256", "kid": "../../dev/null"}, {"alg": "HS256", "jwk": {}},
    {"alg": "HS256", "zip": "DEF"}, {"alg": "HS256", "jku": "http://127.0.0.1:9/"}, {"alg": "EdDSA"},
)  # fmt: skip


def spoilt(draw: Draw, sign: Sign, claims: dict[str, Any], header: dict[str, Any]) -> str:
    """Draw a token: spoilt claims or header under a good signature, or a spoilt text."""
    way = draw.randrange(4)
    if way == 0:
        return sign(_odd_claims(draw, claims), header)
    token = sign(claims, header)
    if way == 1:
        return _with_header(draw, token)
    for _ in range(draw.choice((1, 1, 2))):
        token = draw.choice(_TEXTS)(draw, token)
    return token


def _odd_claims(draw: Draw, claims: dict[str, Any]) -> dict[str, Any]:
    """Spoil claims and sign them: what a sloppy issuer, not an attacker, would send."""
    spoilt = dict(claims)
    for _ in range(draw.choice((1, 1, 2))):
        name = draw.choice((*claims, "exp", "nbf", "iat", "aud", "sub"))
        if draw.random() < 0.25:
            spoilt.pop(name, None)
        else:
            spoilt[name] = draw.choice(ODD_VALUES)
    return spoilt


def _with_header(draw: Draw, token: str) -> str:
    """Put another header before a payload and its signature, which is then wrong."""
    _, payload, signature = token.split(".")
    drawn = _coded(draw.choice(ODD_HEADERS))
    return f"{drawn}.{payload}.{draw.choice((signature, '', 'AA'))}"


def _coded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _changed(draw: Draw, token: str) -> str:
    place = draw.randrange(len(token)) if token else 0
    letters = "ABCxyz019-_.=+/ %\t~,;"
    return token[:place] + draw.choice(letters) + token[place + 1 :]


def _cut(draw: Draw, token: str) -> str:
    return token[: draw.randrange(len(token) + 1)]


def _without_signature(draw: Draw, token: str) -> str:
    return token.rpartition(".")[0] + draw.choice(("", ".", ".."))


def _more_parts(draw: Draw, token: str) -> str:
    return draw.choice((token + ".", "." + token, token + ".x", token.replace(".", "..", 1)))


def _padded(draw: Draw, token: str) -> str:
    return token.replace(".", draw.choice(("=.", "==.", ".=")), 1)


def _last_bits(draw: Draw, token: str) -> str:
    """Change only bits that decoding throws away: another text of the same signature."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    if not token or token[-1] not in alphabet:
        return token
    return token[:-1] + alphabet[alphabet.index(token[-1]) ^ draw.choice((1, 2, 3))]


def _other_case(draw: Draw, token: str) -> str:
    return token.swapcase() if draw.random() < 0.5 else token.upper()


def _other_payload(draw: Draw, token: str) -> str:
    parts = (token + "..").split(".")[:3]
    parts[1] = _coded({"kid": "caller", "exp": 4102444800, "isAdmin": True})
    return ".".join(parts)


_TEXTS = (_changed, _cut, _without_signature, _more_parts, _padded, _last_bits, _other_case,
          _other_payload)  # fmt: skip
