"""The cors plugin: what a browser may show to pages of other origins.

A preflight is answered here, before anybody is asked who he is. The fields are the gateway's alone:
unlike in Kong an upstream's own Access-Control-Allow-Origin never stands in for a refused origin.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from gateway.document.entities import Scope
from gateway.document.fields import Fields, shown
from gateway.document.plugins import PluginKind
from gateway.exchange import Exchange
from gateway.http.headers import Headers, tokens
from gateway.http.messages import Answer
from gateway.policies.contract import Tools
from gateway.refusals import Refusal

METHODS = ("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "TRACE", "CONNECT")
ORIGIN = re.compile(r"\*|null|[A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9._~:\[\]-]+")
FIELD_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
DEFAULT_PORTS = {"http": "80", "https": "443"}
ALLOWING = frozenset(
    {
        b"access-control-allow-origin",
        b"access-control-allow-credentials",
        b"access-control-expose-headers",
    }
)
ALLOW_ORIGIN = b"Access-Control-Allow-Origin"
ALLOW_CREDENTIALS = (b"Access-Control-Allow-Credentials", b"true")
VARY = (b"Vary", b"Origin")


@dataclass(frozen=True, slots=True)
class CorsConfig:
    origins: tuple[str, ...]
    methods: tuple[str, ...]
    headers: tuple[str, ...]
    exposed_headers: tuple[str, ...]
    credentials: bool
    max_age: int | None
    preflight_continue: bool
    private_network: bool

    @property
    def any_origin(self) -> bool:
        return not self.origins or "*" in self.origins


def read_config(fields: Fields) -> CorsConfig:
    return CorsConfig(
        origins=read_origins(fields),
        methods=read_methods(fields),
        headers=read_names(fields, "headers"),
        exposed_headers=read_names(fields, "exposed_headers"),
        credentials=fields.flag("credentials", False),
        max_age=fields.number("max_age", None, 0, 2**31 - 1),
        preflight_continue=fields.flag("preflight_continue", False),
        private_network=fields.flag("private_network", False),
    )


def read_origins(fields: Fields) -> tuple[str, ...]:
    origins = fields.texts("origins")
    for index, origin in enumerate(origins):
        if not ORIGIN.fullmatch(origin):
            fields.complain(
                f"origins/{index}",
                "must be * or like https://host:port (a regex is not in this version),"
                f" found {shown(origin)}",
            )
    return tuple(normalised(origin) for origin in origins)


def read_methods(fields: Fields) -> tuple[str, ...]:
    methods = fields.texts("methods", METHODS)
    for index, method in enumerate(methods):
        if method not in METHODS:
            fields.complain(
                f"methods/{index}", f"must be one of {', '.join(METHODS)}, found {shown(method)}"
            )
    return methods


def read_names(fields: Fields, place: str) -> tuple[str, ...]:
    names = fields.texts(place)
    for index, name in enumerate(names):
        if not FIELD_NAME.fullmatch(name):
            fields.complain(
                f"{place}/{index}", f"must be the name of a header, found {shown(name)}"
            )
    return names


def warn(config: CorsConfig) -> Iterable[tuple[str, str]]:
    if config.credentials and config.any_origin:
        yield "credentials", "with every origin: any website reads answers in its visitors' names"


KIND = PluginKind("cors", read_config, warn=warn)


class Cors:
    """One cors plugin."""

    def __init__(self, config: CorsConfig) -> None:
        self._config = config
        self._origins = frozenset(config.origins)
        self._exposed = ",".join(config.exposed_headers).encode()

    async def __call__(self, exchange: Exchange) -> Refusal | Answer | None:
        config, first = self._config, exchange.request.first
        origin = first.get(b"origin")
        preflight = (
            exchange.request.method == "OPTIONS"
            and origin is not None
            and b"access-control-request-method" in first
        )
        if preflight and config.preflight_continue:
            return None
        allowed = self._allowing(origin)
        if preflight:
            return Answer(200, allowed + self._preflight(first))
        if self._exposed:
            allowed.append((b"Access-Control-Expose-Headers", self._exposed))
        exchange.answer_headers += allowed
        exchange.replaced |= ALLOWING
        return None

    def _allowing(self, origin: bytes | None) -> Headers:
        """Who may read the answer. Vary, because another origin would be told something else."""
        config = self._config
        if config.any_origin:
            if not config.credentials:
                return [(ALLOW_ORIGIN, b"*")]
            return [VARY, (ALLOW_ORIGIN, origin), ALLOW_CREDENTIALS] if origin else [VARY]
        allowed = self._allowed(origin)
        if allowed is None:
            return [VARY]
        return [VARY, (ALLOW_ORIGIN, allowed), *([ALLOW_CREDENTIALS] if config.credentials else [])]

    def _allowed(self, origin: bytes | None) -> bytes | None:
        """The origin to allow: a single configured one whoever asks, else the asking one."""
        if len(self._config.origins) == 1:
            return self._config.origins[0].encode()
        if origin is not None and normalised(origin.decode("latin-1")) in self._origins:
            return origin
        return None

    def _preflight(self, first: dict[bytes, bytes]) -> Headers:
        config = self._config
        wanted = ",".join(config.headers).encode() or first.get(
            b"access-control-request-headers", b""
        )
        headers: Headers = [(b"Access-Control-Allow-Headers", wanted)] if wanted else []
        headers.append((b"Access-Control-Allow-Methods", ",".join(config.methods).encode()))
        if config.max_age is not None:
            headers.append((b"Access-Control-Max-Age", b"%d" % config.max_age))
        asks = tokens(first.get(b"access-control-request-private-network", b"")) == [b"true"]
        if config.private_network and asks:
            headers.append((b"Access-Control-Allow-Private-Network", b"true"))
        return headers


def build(config: CorsConfig, _: Scope, __: Tools) -> Cors:
    return Cors(config)


def normalised(origin: str) -> str:
    """An origin as it is compared: lower case, without its scheme's own port."""
    scheme, _, authority = origin.lower().partition("://")
    if not authority:
        return origin.lower()
    host, colon, port = authority.rpartition(":")
    if colon and DEFAULT_PORTS.get(scheme) == port:
        authority = host
    return f"{scheme}://{authority}"
