"""Which Redis: from a plugin's `redis` block or from a URL."""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from gateway.document.fields import Fields

DEFAULT_TIMEOUT_MS = 2000

# Kong's tools still write these beside the block, as `redis_host` and so on, with its values.
FLAT: dict[str, object] = {
    "host": None,
    "port": 6379,
    "database": 0,
    "username": None,
    "password": None,
    "timeout": DEFAULT_TIMEOUT_MS,
    "ssl": False,
    "ssl_verify": False,
    "server_name": None,
}


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


def read_address(config: Fields, needed: bool) -> RedisAddress | None:
    """The `redis` block of a plugin; None when it names no host and need not."""
    block = config.object("redis")
    for name, default in FLAT.items():
        inside = block.raw(name) if block is not None else None
        if config.raw(f"redis_{name}") not in (None, default, inside):
            config.complain(f"redis_{name}", f"is an old spelling: write it as redis/{name}")
    if block is None:
        return None
    for later in ("ssl", "ssl_verify"):
        block.only(later, False)
    block.only("server_name")
    address = RedisAddress(
        host=block.text("host", required=needed) or "",
        port=block.number("port", 6379, 1, 65535) or 6379,
        database=block.number("database", 0, 0, 2**31) or 0,
        username=block.text("username"),
        password=block.secret("password"),
        timeout_ms=block.number("timeout", DEFAULT_TIMEOUT_MS, 1, 2**31 - 2) or DEFAULT_TIMEOUT_MS,
    )
    block.finish()
    return address if address.host else None


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
