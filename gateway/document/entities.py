"""What a document declares, validated and immutable. Names are Kong's, times are milliseconds."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Service:
    id: str
    name: str | None
    protocol: str
    host: str
    port: int
    path: str
    connect_timeout_ms: int
    read_timeout_ms: int
    write_timeout_ms: int
    retries: int


@dataclass(frozen=True, slots=True)
class Route:
    id: str
    name: str | None
    paths: tuple[str, ...]
    methods: frozenset[str]
    hosts: frozenset[str]
    headers: tuple[tuple[str, frozenset[str]], ...]
    strip_path: bool
    preserve_host: bool
    service: Service | None


@dataclass(frozen=True, slots=True)
class Credential:
    """A `jwt_secrets` entry."""

    id: str
    key: str
    secret: str
    algorithm: str
    rsa_public_key: str | None
    tags: tuple[str, ...] | None
    created_at: int | None

    @property
    def identifier(self) -> str:
        """How an upstream is told about it: by its key, as in Kong."""
        return self.key


@dataclass(frozen=True, slots=True)
class KeyCredential:
    """A `keyauth_credentials` entry."""

    id: str
    key: str
    tags: tuple[str, ...] | None
    created_at: int | None

    @property
    def identifier(self) -> str:
        """How an upstream is told about it: by its id, because its key is a secret."""
        return self.id


@dataclass(frozen=True, slots=True)
class Consumer:
    id: str
    username: str | None
    custom_id: str | None
    tags: tuple[str, ...] | None
    created_at: int | None
    jwt_secrets: tuple[Credential, ...]
    keyauth_credentials: tuple[KeyCredential, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a plugin applies; all None is everywhere."""

    route_id: str | None = None
    service_id: str | None = None
    consumer_id: str | None = None


# Kong's order of precedence, whether (route, service, consumer) are named, least specific first.
# The highest scope that covers a request runs.
PRECEDENCE = (
    (False, False, False),
    (False, True, False),
    (True, False, False),
    (False, False, True),
    (True, True, False),
    (False, True, True),
    (True, False, True),
    (True, True, True),
)


@dataclass(frozen=True, slots=True)
class Plugin:
    id: str
    name: str
    config: object
    scope: Scope


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One document, whole: everything enabled, every reference resolved."""

    services: tuple[Service, ...] = ()
    routes: tuple[Route, ...] = ()
    consumers: tuple[Consumer, ...] = ()
    plugins: tuple[Plugin, ...] = ()
    warnings: tuple[str, ...] = field(default=())
