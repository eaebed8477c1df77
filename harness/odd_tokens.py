"""Tokens that a gateway must refuse, by the words a feature uses for them. One list."""

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

    def signed(self, secret: str = "", algorithm: str = "HS256", **changed: Any) -> str:
        claims = {**self.claims, **changed}
        kept = {name: value for name, value in claims.items() if value is not None}
        return tokens.person_token(kept, secret or self.secret, algorithm=algorithm)


def _unsigned(honest: Honest) -> str:
    _, payload, _ = honest.signed().split(".")
    return f"eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}."


def _tampered(honest: Honest) -> str:
    """Another person's payload under an honest signature."""
    header, _, signature = honest.signed().split(".")
    _, payload, _ = honest.signed(userId=1, isAdmin=True, iat=1).split(".")
    return f"{header}.{payload}.{signature}"


ODD_TOKENS: dict[str, Callable[[Honest], str]] = {
    "a token that is not one": lambda honest: "not-a-token",
    "a token cut in half": lambda honest: honest.signed().rpartition(".")[0][:-20],
    "an unsigned token": _unsigned,
    "a tampered token": _tampered,
    "a token signed with another secret": lambda honest: honest.signed("s" * 40),
    "a token of another algorithm": lambda honest: honest.signed(algorithm="HS512"),
    "an expired token": lambda honest: honest.signed(exp=honest.now_s - 60),
    "a token that expires this second": lambda honest: honest.signed(exp=honest.now_s),
    "a token that is not valid yet": lambda honest: honest.signed(nbf=honest.now_s + 300),
    "a token that never expires": lambda honest: honest.signed(exp=None),
    "a token that expires in words": lambda honest: honest.signed(exp="tomorrow"),
    "a token of an unknown consumer": lambda honest: honest.signed(kid="nobody"),
    "a token that names no consumer": lambda honest: honest.signed(kid=None),
}
