"""The gateway's settings: read once from the command line, the environment and the files it names."""

import argparse
import os
import re
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from gateway.arguments import (
    CONNECTIONS,
    DRAIN_S,
    GATE_TEMPLATE,
    SPILL_BYTES,
    SettingsRefused,
    parser,
)
from gateway.cloud_token import CloudToken, TokenUnreadable, read_cloud_token
from gateway.counters.address import RedisAddress, parse_redis_url

__all__ = [
    "Address",
    "AdminAccess",
    "Cloud",
    "Keeping",
    "Settings",
    "SettingsRefused",
    "read_settings",
]

HEADER_NAME = re.compile(r"[A-Za-z0-9-]+")
GROUP_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
SHORTEST_SECRET = 16
SMALLEST_SPILL = 64 * 1024
LONGEST_DRAIN_S = 3600.0
UNLIMITED = 2**63 - 1  # what a signed counter holds: more can only be meant to make one overflow


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class Cloud:
    """The Cloud Gate this gateway belongs to, as its token says."""

    token: CloudToken
    gate: str
    environment: str


@dataclass(frozen=True, slots=True)
class Keeping:
    """What outlives the process, and where. Without a folder or a key something is not kept."""

    state: Path | None = None
    spill_bytes: int = SPILL_BYTES
    snapshot_key: bytes | None = field(default=None, repr=False)
    group: str = "default"


@dataclass(frozen=True, slots=True)
class AdminAccess:
    """Who may ask the admin port: the names it answers to, the token it wants."""

    token: bytes | None = field(default=None, repr=False)
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Settings:
    config: Path | None
    check: Path | None
    cloud: Cloud | None
    gate_ca: Path | None
    reports: str | None
    listen: Address
    admin: Address
    redis: RedisAddress | None
    name: str
    transaction_header: str
    log_level: str
    admin_access: AdminAccess = AdminAccess()
    keeping: Keeping = Keeping()
    drain_s: float = DRAIN_S
    connections: int = CONNECTIONS
    body_bytes: int = UNLIMITED


def read_settings(argv: Sequence[str], environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of a command line; SettingsRefused with one line when they cannot work."""
    environment = os.environ if environment is None else environment  # noqa: TID251 - the one place
    given = parser().parse_args(argv)
    if sum(source is not None for source in (given.config, given.cloud_token, given.check)) == 0:
        raise SettingsRefused("nothing to serve: give --config FILE or --cloud-token FILE")
    if given.check is not None and (given.config or given.cloud_token):
        raise SettingsRefused("--check FILE stands alone: it serves nothing")
    admin = address("--admin", given.admin)
    token = secret("--admin-token-file", given.admin_token_file, environment, "GATEWAY_ADMIN_TOKEN")
    if not admin.is_loopback and token is None:
        raise SettingsRefused(
            f"--admin {given.admin} is not a loopback address: use 127.0.0.1:{admin.port}, "
            "or give --admin-token-file FILE"
        )
    if not HEADER_NAME.fullmatch(given.transaction_header):
        raise SettingsRefused(
            f"--transaction-header {given.transaction_header!r} is no header name"
        )
    cloud = read_cloud(given)
    return Settings(
        config=given.config,
        check=given.check,
        cloud=cloud,
        gate_ca=certificates("--gate-ca", given.gate_ca),
        reports=reports_url(given, cloud),
        listen=address("--listen", given.listen),
        admin=admin,
        redis=redis_address(given.redis, environment.get("GATEWAY_REDIS_URL")),
        name=given.name,
        transaction_header=given.transaction_header,
        log_level=given.log_level,
        admin_access=AdminAccess(token, frozenset(name.lower() for name in given.admin_host)),
        keeping=read_keeping(given, environment),
        drain_s=drain(given.drain),
        connections=connections(given.max_connections),
        body_bytes=body_bytes(given.max_body),
    )


def read_keeping(given: argparse.Namespace, environment: Mapping[str, str]) -> Keeping:
    if not GROUP_NAME.fullmatch(given.group):
        raise SettingsRefused(f"--group {given.group!r} is no name: letters, digits, ._- only")
    if given.spill_bytes < SMALLEST_SPILL:
        raise SettingsRefused(f"--spill-bytes {given.spill_bytes} is below {SMALLEST_SPILL}")
    key = secret(
        "--snapshot-key-file", given.snapshot_key_file, environment, "GATEWAY_SNAPSHOT_KEY"
    )
    return Keeping(given.state, given.spill_bytes, key, given.group)


def connections(most: int) -> int:
    if most < 1:
        raise SettingsRefused(f"--max-connections {most} is not a number from 1 on")
    return most


def body_bytes(most: int) -> int:
    if not 0 <= most <= UNLIMITED:
        raise SettingsRefused(f"--max-body {most} is not a number of bytes, or 0 for no limit")
    return most or UNLIMITED


def drain(seconds: float) -> float:
    if not 0 <= seconds <= LONGEST_DRAIN_S:
        raise SettingsRefused(f"--drain {seconds:g} is not from 0 to {LONGEST_DRAIN_S:g} seconds")
    return seconds


def secret(
    option: str, path: Path | None, environment: Mapping[str, str], variable: str
) -> bytes | None:
    """A secret from its file, else from the environment; never from the command line."""
    if path is not None:
        try:
            found, name = path.read_bytes().strip(), f"{option} {path}"
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise SettingsRefused(f"{option} {path} cannot be read: {why}") from error
    elif variable in environment:
        found, name = environment[variable].encode(errors="surrogateescape").strip(), variable
    else:
        return None
    if len(found) < SHORTEST_SECRET or b"\n" in found:
        raise SettingsRefused(f"{name} must hold one line of at least {SHORTEST_SECRET} characters")
    return found


def address(option: str, text: str) -> Address:
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdigit() or int(port) > 65535:
        raise SettingsRefused(f"{option} {text} is not HOST:PORT, for example 127.0.0.1:8000")
    return Address(host, int(port))


def certificates(option: str, path: Path | None) -> Path | None:
    """The file, if it holds what TLS needs; found out here and not at the first connection."""
    if path is None:
        return None
    if not path.is_file():
        raise SettingsRefused(f"{option} {path} is not a file")
    try:
        ssl.create_default_context(cafile=str(path))
    except OSError as error:
        raise SettingsRefused(f"{option} {path} holds no PEM certificates") from error
    return path


def read_cloud(given: argparse.Namespace) -> Cloud | None:
    if given.cloud_token is None:
        return None
    try:
        token = read_cloud_token(given.cloud_token)
    except TokenUnreadable as error:
        raise SettingsRefused(f"--cloud-token {given.cloud_token}: {error}") from error
    gate = given.gate or GATE_TEMPLATE.format(cpg=token.region)
    return Cloud(token, web_url("--gate", gate).rstrip("/"), chosen_environment(given, token))


def chosen_environment(given: argparse.Namespace, token: CloudToken) -> str:
    if given.environment is not None:
        return str(given.environment)
    if len(token.environments) != 1:
        known = ", ".join(token.environments) or "none"
        raise SettingsRefused(
            f"the Cloud Token has several environments ({known}): give --environment"
        )
    return token.environments[0]


def reports_url(given: argparse.Namespace, cloud: Cloud | None) -> str | None:
    """Where analytics go; None for nowhere."""
    if given.reports == "off" or (given.reports is None and given.config is not None):
        return None
    if cloud is None:
        if given.reports is not None:
            raise SettingsRefused(
                "--reports URL needs --cloud-token FILE, which says whose reports they are"
            )
        return None
    if given.reports is None:
        return f"{cloud.gate}/reports"
    return web_url("--reports", given.reports)


def web_url(option: str, url: str) -> str:
    try:
        split = urlsplit(url)
        valid = split.scheme in ("http", "https") and bool(split.hostname) and split.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise SettingsRefused(f"{option} {url} is not a URL such as https://host:port")
    return url


def redis_address(option: str | None, variable: str | None) -> RedisAddress | None:
    """The default Redis. A password stands in the environment only: everybody can read a command line."""
    if option is None and variable is None:
        return None
    name = "GATEWAY_REDIS_URL" if option is None else "--redis"
    try:
        found = parse_redis_url(option or variable or "")
    except ValueError as error:
        raise SettingsRefused(f"{name} is not a Redis URL: {error}") from error
    if option is not None and found.password is not None:
        raise SettingsRefused(
            "--redis must not hold a password: put the URL into GATEWAY_REDIS_URL"
        )
    return found
