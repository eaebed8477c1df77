"""Which Redis: from a plugin's `redis` block or from a URL."""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from gateway.document.fields import Fields

DEFAULT_TIMEOUT_MS = 2000


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """Which Redis, which database, as whom. Equal addresses share one connection."""

    host: str = ""
    port: int = 6379
    socket_path: str = ""
    database: int = 0
    username: str | None = None
    password: str | None = None
    timeout_ms: int = DEFAULT_TIMEOUT_MS

    def __str__(self) -> str:
        return self.socket_path or f"{self.host}:{self.port}"


def read_address(fields: Fields) -> RedisAddress:
    """The `redis` block of a plugin."""
    for later in ("ssl", "ssl_verify"):
        fields.only(later, False)
    fields.only("server_name")
    address = RedisAddress(
        host=fields.text("host", required=True) or "",
        port=fields.number("port", 6379, 1, 65535) or 6379,
        database=fields.number("database", 0, 0, 2**31) or 0,
        username=fields.text("username"),
        password=fields.text("password"),
        timeout_ms=fields.number("timeout", DEFAULT_TIMEOUT_MS, 1, 2**31 - 2) or DEFAULT_TIMEOUT_MS,
    )
    fields.finish()
    return address


def parse_redis_url(url: str) -> RedisAddress:
    """redis://[user:pass@]host:port/db or unix:///path?db=0; ValueError when it is neither."""
    split = urlsplit(url)
    username = unquote(split.username) if split.username else None
    password = unquote(split.password) if split.password else None
    if split.scheme == "unix" and split.path:
        database = int(parse_qs(split.query).get("db", ["0"])[0])
        return RedisAddress(
            socket_path=split.path, database=database, username=username, password=password
        )
    if split.scheme == "redis" and split.hostname:
        return RedisAddress(
            host=split.hostname,
            port=split.port or 6379,
            database=int(split.path.strip("/") or 0),
            username=username,
            password=password,
        )
    raise ValueError("neither redis://host:port/db nor unix:///path")
