"""The Cloud Token as a data plane reads it: to learn its region, account and environments.

Nothing is verified here; the gate does that. A token that lies only fails to open its gate.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from gateway.tokens import TokenMalformed, claims_of, take_apart

REGION = re.compile(r"[a-z0-9-]+")


class TokenUnreadable(Exception):
    """A file that holds no Cloud Token, in one line that shows none of it."""


@dataclass(frozen=True, slots=True)
class CloudToken:
    raw: str
    region: str
    account: str
    environments: tuple[str, ...]


def read_cloud_token(path: Path) -> CloudToken:
    try:
        raw = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise TokenUnreadable(
            f"cannot be read: {(error.strerror or str(error)).lower()}"
        ) from error
    except UnicodeDecodeError as error:
        raise TokenUnreadable("is not a Cloud Token: not plain text") from error
    return parse_cloud_token(raw)


def parse_cloud_token(raw: str) -> CloudToken:
    try:
        claims = claims_of(take_apart(raw))
    except TokenMalformed as error:
        raise TokenUnreadable(f"is not a Cloud Token: {error}") from error
    region, account, environments = claims.get("cpg"), claims.get("org"), claims.get("envs")
    if not isinstance(region, str) or not REGION.fullmatch(region):
        raise TokenUnreadable("names no region: the claim cpg is missing")
    if not isinstance(account, str) or not account:
        raise TokenUnreadable("names no account: the claim org is missing")
    if not isinstance(environments, list) or not all(isinstance(env, str) for env in environments):
        raise TokenUnreadable("names no environments: the claim envs is missing")
    return CloudToken(raw, region, account, tuple(environments))
