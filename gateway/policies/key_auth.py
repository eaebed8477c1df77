"""The key-auth plugin: who calls is whoever knows a consumer's API key.

For each configured name the header is looked at before the query, as in Kong. Hidden keys leave
no trace towards the upstream, and everything else in the query stays as it was written.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from gateway import refusals
from gateway.document.entities import Scope
from gateway.document.field_names import own_field
from gateway.document.fields import Fields
from gateway.document.plugins import PluginKind
from gateway.exchange import Exchange
from gateway.http.headers import canonical, every
from gateway.policies.challenge import read_realm
from gateway.policies.contract import Tools
from gateway.policies.keys import Keys
from gateway.refusals import Refusal


@dataclass(frozen=True, slots=True)
class KeyAuthConfig:
    key_names: tuple[str, ...]
    key_in_header: bool
    key_in_query: bool
    hide_credentials: bool
    run_on_preflight: bool
    realm: str | None


def read_config(fields: Fields) -> KeyAuthConfig:
    names = fields.texts("key_names", ("apikey",))
    for index, name in enumerate(names):
        own_field(fields, f"key_names/{index}", name)
    if not names:
        fields.complain("key_names", "must have at least one name")
    fields.only("anonymous")
    fields.only("key_in_body", False)
    in_header, in_query = fields.flag("key_in_header", True), fields.flag("key_in_query", True)
    if not (in_header or in_query):
        fields.complain("key_in_header", "and key_in_query are both false: no key could be sent")
    return KeyAuthConfig(
        key_names=names,
        key_in_header=in_header,
        key_in_query=in_query,
        hide_credentials=fields.flag("hide_credentials", False),
        run_on_preflight=fields.flag("run_on_preflight", True),
        realm=read_realm(fields),
    )


KIND = PluginKind("key-auth", read_config)


class KeyAuth:
    """One key-auth plugin of one pipeline."""

    def __init__(self, config: KeyAuthConfig, keys: Keys) -> None:
        self._config = config
        self._keys = keys
        self._names = [(name.encode(), name.lower().encode()) for name in config.key_names]
        self._query_names = frozenset(name for name, _ in self._names)
        self._fields = frozenset(canonical(name) for name, _ in self._names)
        challenge = f'Key realm="{config.realm}"' if config.realm else "Key"
        self._challenge = (b"WWW-Authenticate", challenge.encode())

    async def __call__(self, exchange: Exchange) -> Refusal | None:
        if exchange.request.method == "OPTIONS" and not self._config.run_on_preflight:
            return None
        sent = self._sent(exchange)
        if len(sent) > 1:
            return self._refused(refusals.DUPLICATE_API_KEY)
        if not sent or not sent[0]:
            return self._refused(refusals.NO_API_KEY)
        owner = self._keys.find(sent[0])
        if owner is None:
            return self._refused(refusals.UNKNOWN_API_KEY)
        exchange.consumer, exchange.credential = owner
        if self._config.hide_credentials:
            self._hide(exchange)
        return None

    def _sent(self, exchange: Exchange) -> list[bytes]:
        """The values under the first name, and in the first place, that has any."""
        config, request = self._config, exchange.request
        in_query = list(parameters(exchange.query or b"")) if config.key_in_query else []
        for name, lower in self._names:
            if config.key_in_header and lower in request.first:
                return every(request.headers, lower)
            values = [value for found, value in in_query if found == name and value is not None]
            if values:
                return values
        return []

    def _hide(self, exchange: Exchange) -> None:
        fields = self._fields
        exchange.onward = [field for field in exchange.onward if canonical(field[0]) not in fields]
        if exchange.query:
            exchange.query = without(exchange.query, self._query_names)

    def _refused(self, refusal: Refusal) -> Refusal:
        return refusal.having([self._challenge])


def build(config: KeyAuthConfig, _: Scope, tools: Tools) -> KeyAuth:
    return KeyAuth(config, tools.keys)


def parameters(query: bytes) -> Iterable[tuple[bytes, bytes | None]]:
    """Names and values of a query; the value of a name without `=` is None."""
    for pair in query.split(b"&"):
        name, equals, value = pair.partition(b"=")
        yield plain(name), plain(value) if equals else None


def plain(text: bytes) -> bytes:
    return unquote_to_bytes(text.replace(b"+", b" "))


def without(query: bytes, names: frozenset[bytes]) -> bytes | None:
    """The query without these parameters, the others byte for byte; None when nothing is left."""
    pairs = query.split(b"&")
    kept = [pair for pair in pairs if plain(pair.partition(b"=")[0]) not in names]
    return b"&".join(kept) if kept else None


def key_parameters(configs: Iterable[object]) -> Iterable[str]:
    """The names of all query parameters that carry keys, for whoever writes queries down."""
    for config in configs:
        if isinstance(config, KeyAuthConfig):
            yield from config.key_names
