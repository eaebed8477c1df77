"""Cloud Tokens: who may sync and report, from verified claims. Pure: the time is an argument.

The checks run in one order: signature (in `keys`), audience and issuer, expiry, region,
revocation, environment, scope. A wrong region is refused and never tried elsewhere.
"""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Any, TypeGuard

AUDIENCE = "CloudGate"
SYNC = "sync"
REPORTS = "reports"


@dataclass(frozen=True, slots=True)
class Refused:
    """A token that does not get in: status, code for programs, message for people."""

    status: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class CloudToken:
    """What a usable token says about its holder."""

    account: str
    environments: tuple[str, ...]
    index: str
    scopes: frozenset[str]
    id: str | None


@dataclass(frozen=True, slots=True)
class Doorkeeper:
    """What one gate asks of every token."""

    issuer: str
    region: str
    revoked: Set[str]

    def admit(self, claims: Mapping[str, Any], now_s: float) -> CloudToken | Refused:
        """The token, or the first check it fails. The claims' signature has been verified."""
        for check in CHECKS:
            refused = check(self, claims, now_s)
            if refused:
                return refused
        return CloudToken(
            claims["org"],
            tuple(claims["envs"]),
            claims["idx"],
            frozenset(claims["scopes"]),
            claims.get("jti"),
        )


def bearer(authorization: str | None) -> str | Refused:
    """The token in an Authorization header."""
    scheme, _, token = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return Refused(401, "missing-token", "send a Cloud Token as Authorization: Bearer")
    return token.strip()


def permitted(token: CloudToken, scope: str) -> Refused | None:
    """Why the token may not do what `scope` stands for, or None."""
    if scope not in token.scopes:
        return Refused(403, "missing-scope", f'the token does not hold the scope "{scope}"')
    return None


def environment(token: CloudToken, asked: str | None) -> str | Refused:
    """The environment meant: the one asked for, or the token's only one."""
    if asked is None and len(token.environments) == 1:
        return token.environments[0]
    if asked is None:
        known = ", ".join(token.environments)
        return Refused(400, "which-environment", f"choose one with ?environment=: {known}")
    if asked not in token.environments:
        return Refused(403, "wrong-environment", f'the token is not for environment "{asked}"')
    return asked


def _audience(_gate: Doorkeeper, claims: Mapping[str, Any], _now_s: float) -> Refused | None:
    named = claims.get("aud")
    if named == AUDIENCE or (isinstance(named, list) and AUDIENCE in named):
        return None
    return Refused(401, "wrong-audience", f"the token is not for {AUDIENCE}")


def _issuer(gate: Doorkeeper, claims: Mapping[str, Any], _now_s: float) -> Refused | None:
    if claims.get("iss") == gate.issuer:
        return None
    return Refused(401, "wrong-issuer", f"the token was not issued by {gate.issuer}")


def _expiry(_gate: Doorkeeper, claims: Mapping[str, Any], now_s: float) -> Refused | None:
    expires, starts = claims.get("exp"), claims.get("nbf", 0)
    if not _is_time(expires) or not _is_time(starts):
        return Refused(401, "malformed-token", "exp must be a time, and nbf where there is one")
    if not now_s < expires:  # put this way, NaN has expired
        return Refused(401, "expired-token", "the token has expired; get a new one")
    if not now_s >= starts:
        return Refused(401, "early-token", "the token is not valid yet")
    return None


def _shape(_gate: Doorkeeper, claims: Mapping[str, Any], _now_s: float) -> Refused | None:
    texts = all(
        isinstance(claims.get(name), str) and claims[name] for name in ("org", "cpg", "idx")
    )
    lists = _are_texts(claims.get("envs")) and _are_texts(claims.get("scopes"))
    if texts and lists and isinstance(claims.get("jti", ""), str):
        return None
    message = "org, cpg, idx and jti must be texts, envs and scopes lists of texts"
    return Refused(401, "malformed-token", message)


def _region(gate: Doorkeeper, claims: Mapping[str, Any], _now_s: float) -> Refused | None:
    if claims["cpg"] == gate.region:
        return None
    message = f'this is the gate of region "{gate.region}", the token names another'
    return Refused(403, "wrong-region", message)


def _revocation(gate: Doorkeeper, claims: Mapping[str, Any], _now_s: float) -> Refused | None:
    if claims.get("jti") not in gate.revoked:
        return None
    return Refused(403, "revoked-token", "the token has been revoked; get a new one")


def _environments(_gate: Doorkeeper, claims: Mapping[str, Any], _now_s: float) -> Refused | None:
    if claims["envs"]:
        return None
    return Refused(403, "wrong-environment", "the token is for no environment")


Check = Callable[[Doorkeeper, Mapping[str, Any], float], Refused | None]
CHECKS: tuple[Check, ...] = (
    _audience, _issuer, _expiry, _shape, _region, _revocation, _environments
)  # fmt: skip


def _is_time(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)
