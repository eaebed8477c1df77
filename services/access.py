"""Who is calling: the check of a signed token that Users and Orders share."""

import warnings
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a valid token names."""

    user_id: str
    is_admin: bool

    def may_see(self, user_id: str) -> bool:
        """An admin may see everybody, anyone else only themselves."""
        return self.is_admin or self.user_id == user_id


def caller_of(authorization: str | None, secret: str) -> Caller | None:
    """The caller named by an `Authorization: Bearer` header, or None if it names nobody.

    The token is a JWT signed with HS256 and `secret`; `exp` is required and has not passed.
    """
    scheme, _, token = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer":
        return None
    jwt = token_library()
    try:
        claims = jwt.decode(token.strip(), secret, ["HS256"], options=EXPECTATIONS)
    except (jwt.PyJWTError, *ODD_JSON):
        return None
    return _caller(claims.get("userId"), claims.get("isAdmin"))


# What the library lets through when a part of a token is JSON of a hostile shape.
ODD_JSON = (ValueError, RecursionError, OverflowError)

# `aud`, `iss`, `sub` and `jti` mean nothing to these services, whatever type they have.
EXPECTATIONS = {
    "require": ["exp"],
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
    "verify_iat": False,
}


def _caller(user_id: object, is_admin: object) -> Caller | None:
    odd = isinstance(user_id, bool) or not isinstance(user_id, int | str) or user_id == ""
    if odd or not isinstance(is_admin, bool):
        return None
    return Caller(str(user_id), is_admin)


@cache
def token_library() -> Any:
    """PyJWT, loaded on first use: it takes 100 ms of a start that should take 200.

    Its warning about secrets under 32 bytes is silenced; settings says so once instead.
    """
    jwt = import_module("jwt")
    warnings.filterwarnings("ignore", category=jwt.InsecureKeyLengthWarning)
    return jwt


def warm_up() -> None:
    """Load what checking a token needs, so that the first caller does not wait for it."""
    token_library()
