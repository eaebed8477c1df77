"""The issuer's public keys: a JWK set from a file or URL, read again when it may have changed."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.access import ODD_JSON, token_library
from services.cloud_gate.tokens import Refused
from services.failures import Failure, notice
from services.strict_json import parse

FETCH_TIMEOUT_S = 2.0
REFETCH_S = 1.0
Jwks = Mapping[str, dict[str, Any]]


def read_jwks(text: bytes) -> Jwks:
    """The RSA keys of a JWK set by `kid`; ValueError says what is wrong with it."""
    try:
        given = parse(text)
    except json.JSONDecodeError as found:
        where = f"line {found.lineno}, column {found.colno}"
        raise ValueError(f"not JSON at {where}: {found.msg.lower()}") from None
    keys = given.get("keys") if isinstance(given, dict) else None
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise ValueError('a JWK set is an object with a list of "keys"')
    usable = {key["kid"]: key for key in keys if _is_usable(key)}
    if not usable:
        raise ValueError("it holds no RSA key with kid, n and e")
    return usable


def _is_usable(key: Mapping[str, Any]) -> bool:
    named = all(isinstance(key.get(name), str) and key[name] for name in ("kid", "n", "e"))
    return named and key.get("kty") == "RSA" and key.get("use", "sig") == "sig"


@dataclass(slots=True)
class FileKeys:
    """Keys of a file; a file that changed is read again, a broken one leaves the last good keys."""

    file: Path
    _seen: tuple[int, int, int] | None = None
    _keys: Jwks = field(default_factory=dict)

    def load(self) -> None:
        """Read the file; ValueError or OSError if it cannot be used."""
        self._seen = self._mark()
        self._keys = read_jwks(self.file.read_bytes())

    async def find(self, kid: str) -> dict[str, Any] | None:
        """The key called `kid`, from the file as it is now."""
        try:
            if self._mark() != self._seen:
                self.load()
        except (OSError, ValueError) as found:
            notice("cloud_gate", f"keeping the last keys: cannot use {self.file}: {found}")
        return self._keys.get(kid)

    def _mark(self) -> tuple[int, int, int]:
        stat = self.file.stat()
        return stat.st_mtime_ns, stat.st_size, stat.st_ino


def fetch(url: str) -> bytes:
    """The body behind a URL."""
    from urllib.request import urlopen  # only where --jwks is a URL

    with urlopen(url, timeout=FETCH_TIMEOUT_S) as answer:
        body: bytes = answer.read(1 << 20)
        return body


@dataclass(slots=True)
class UrlKeys:
    """Keys of a URL, fetched when a `kid` is unknown, at most once a second."""

    url: str
    get: Callable[[str], bytes] = fetch
    now_s: Callable[[], float] = time.monotonic
    _fetched_s: float | None = None
    _keys: Jwks = field(default_factory=dict)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def find(self, kid: str) -> dict[str, Any] | None:
        """The key called `kid`, asking the URL once more before saying there is none."""
        async with self._one_at_a_time:
            waited = self._fetched_s is None or self.now_s() - self._fetched_s >= REFETCH_S
            if kid not in self._keys and waited:
                await self._fetch()
        return self._keys.get(kid)

    async def _fetch(self) -> None:
        self._fetched_s = self.now_s()
        try:
            self._keys = read_jwks(await asyncio.to_thread(self.get, self.url))
        except (OSError, ValueError) as found:
            notice("cloud_gate", f"keeping the last keys: cannot use {self.url}: {found}")


Keys = FileKeys | UrlKeys


def open_keys(source: str) -> Keys:
    """The keys behind `--jwks`; a Failure if a file cannot be used."""
    if source.startswith(("http://", "https://")):
        return UrlKeys(source)
    keys = FileKeys(Path(source))
    try:
        keys.load()
    except (OSError, ValueError) as found:
        reason = found.strerror.lower() if isinstance(found, OSError) and found.strerror else found
        raise Failure(f"cloud_gate: cannot use --jwks {source}: {reason}; name a JWK set") from None
    return keys


async def verified(token: str, keys: Keys) -> Mapping[str, Any] | Refused:
    """The claims of a token signed with RS512 by one of the keys; its other checks come later."""
    jwt = token_library()
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, *ODD_JSON):
        return Refused(401, "malformed-token", "the token is not a JWT")
    kid = header.get("kid")
    if header.get("alg") != "RS512" or not isinstance(kid, str):
        return Refused(
            401, "malformed-token", "a Cloud Token is signed with RS512 and names its kid"
        )
    key = await keys.find(kid)
    if key is None:
        return Refused(401, "unknown-key", f'no key "{kid}" is published')
    try:
        claims: Mapping[str, Any] = jwt.decode(
            token, jwt.PyJWK(key, "RS512"), ["RS512"], options=ONLY_THE_SIGNATURE
        )
    except (jwt.PyJWTError, *ODD_JSON):
        return Refused(401, "bad-signature", "the token's signature does not fit")
    return claims


# The claims are judged by `tokens`, in the order promised there.
CLAIM_CHECKS = ("aud", "exp", "iat", "iss", "jti", "nbf", "sub")
ONLY_THE_SIGNATURE = {f"verify_{name}": False for name in CLAIM_CHECKS}
