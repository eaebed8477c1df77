"""Keeps secrets out of journals and pages: a secret is written as its kind and a short digest.

The digest is keyed per run: equal secrets stay equal within a run, and none can be read or guessed
from the page.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, quote_plus

_JWT = re.compile(r"eyJ[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*){1,2}")  # also one that was cut off
_SECRET_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "apikey", "x-api-key"}
)
SECRET_NAMES = frozenset(
    {"password", "secret", "aws_secret", "aws_key", "api_key", "apikey", "access_token", "token"}
)
"""Fields of JSON whose values nobody may see."""
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}")
_LINE_ENDS = re.compile(r"(\r\n|\n|\r)")
# a field of JSON, and of JSON within a text of JSON, where quotes have backslashes before them
_SECRET_FIELDS = re.compile(
    rf'((\\*")(?:{"|".join(sorted(SECRET_NAMES))})\2\s*:\s*\2)'
    r"(.*?)((?<!\\)\2|$)",
    re.IGNORECASE | re.DOTALL,
)
_SECRET_PARAMETERS = re.compile(
    r"((?:^|[?&])(?:jwt|apikey|access_token|token|key|password|secret)=)([^&#\s\"]+)",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"[A-Za-z0-9-]+")
_MASKED = re.compile(r"«(?:jwt|secret) [0-9a-f]{8}»")


def hidden(secrets: Mapping[str, str]) -> tuple[str, ...]:
    """Return the values that must not be seen; a public key is not one of them."""
    return tuple(value for name, value in secrets.items() if not name.endswith("_public"))


@dataclass(frozen=True, slots=True)
class Mask:
    """Masks with one run's key. `known` are secrets that are hidden wherever they stand."""

    key: bytes
    known: tuple[str, ...] = ()

    def secret(self, kind: str, value: str) -> str:
        digest = hmac.new(self.key, value.encode(), hashlib.sha256).hexdigest()[:8]
        return f"«{kind} {digest}»"

    def text(self, value: str) -> str:
        """Hide everything in a text that looks like a secret or is one of the known ones."""
        for secret in self.known:
            for spelled in _spellings(secret):
                if spelled in value:
                    value = value.replace(spelled, self.secret("secret", secret))
        value = _JWT.sub(lambda found: self.secret("jwt", found[0]), value)
        value = _SECRET_FIELDS.sub(lambda found: found[1] + self._once(found[3]) + found[4], value)
        return _SECRET_PARAMETERS.sub(
            lambda found: found[0] if "«" in found[2] else found[1] + self._once(found[2]), value
        )

    def _once(self, value: str) -> str:
        return value if _MASKED.fullmatch(value) else self.secret("secret", value)

    def reveals(self, value: str) -> bool:
        """Does a text hold a token, or one of the known secrets?"""
        return bool(_JWT.search(value)) or any(
            spelled in value for secret in self.known for spelled in _spellings(secret)
        )

    def header(self, name: str, value: str) -> str:
        """Hide a secret header but for the scheme of a credential; in others, what looks secret."""
        if name.lower() not in _SECRET_HEADERS:
            return self.text(value)
        scheme, blank, rest = value.partition(" ")
        if not (rest and _SCHEME.fullmatch(scheme) and name.lower().endswith("authorization")):
            scheme, blank, rest = "", "", value
        masked = self.text(rest)
        return scheme + blank + (masked if _MASKED.fullmatch(masked) else self._once(rest))

    def plain(self, value: Any) -> Any:
        """Hide what is secret anywhere in a value of JSON; fields that are secret by their names, too.

        A placeholder such as `${secret.jwt}` holds no secret and stays.
        """
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(str(key)): self._field(str(key), one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.plain(one) for one in value]
        return value

    def _field(self, name: str, value: Any) -> Any:
        if name == "keyauth_credentials" and isinstance(value, list):
            return [self._credential(one) for one in value]
        if isinstance(value, str) and name.lower() in SECRET_NAMES:
            return value if _PLACEHOLDER.fullmatch(value) else self._once(value)
        return self.plain(value)

    def _credential(self, value: Any) -> Any:
        """A key of a consumer is a secret; elsewhere `key` names one."""
        found = self.plain(value)
        if isinstance(found, dict) and isinstance(found.get("key"), str):
            found["key"] = self._once(found["key"])
        return found

    def head(self, value: str) -> str:
        """Hide what is secret in the head of a message, line by line, whatever its line ends are."""
        pieces = _LINE_ENDS.split(self.text(value))  # first as a whole: a key has line ends
        return "".join(
            piece if number % 2 else self._line(piece) for number, piece in enumerate(pieces)
        )

    def _line(self, line: str) -> str:
        name, colon, rest = line.partition(":")
        if not colon or name.strip().lower() not in _SECRET_HEADERS:
            return line
        blank = rest[: len(rest) - len(rest.lstrip())]
        return name + colon + blank + self.header(name.strip(), rest.lstrip())

    def headers(self, pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
        return [[name, self.header(name, value)] for name, value in pairs]


@cache
def _spellings(secret: str) -> frozenset[str]:
    """A secret as it is, and as it stands in a query, a form or JSON (a PEM has line ends)."""
    in_json = json.dumps(secret)[1:-1]
    return frozenset({secret, quote(secret, safe=""), quote_plus(secret), in_json})
