"""The request-transformer plugin: adds and removes header fields on the way to the upstream.

Removed first, then added where absent, as in Kong. What a client names in Connection is gone
before that, so it can neither strip what is added nor keep something from being added.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from gateway.document.entities import Scope
from gateway.document.field_names import own_field
from gateway.document.fields import Fields, shown
from gateway.document.plugins import PluginKind
from gateway.exchange import Exchange
from gateway.http.headers import DROPPED_FROM_REQUESTS, Headers, canonical, forwardable
from gateway.policies.contract import Tools

# Rules and parts that this version knows by name only.
LATER_RULES = ("append", "rename", "replace")
LATER_PARTS = ("body", "querystring", "json_types", "uri")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RequestTransformerConfig:
    remove: tuple[str, ...]
    add: tuple[tuple[str, str], ...]


def read_config(fields: Fields) -> RequestTransformerConfig:
    fields.only("http_method")
    fields.only("dots_in_keys", True)
    for rule in LATER_RULES:
        read_rule(fields.object(rule), nothing)
    return RequestTransformerConfig(
        remove=read_rule(fields.object("remove"), removed),
        add=read_rule(fields.object("add"), added),
    )


def read_rule(rule: Fields | None, read: Callable[[Fields, str, str], T | None]) -> tuple[T, ...]:
    """The header entries of one rule; complains about every other part that says something."""
    if rule is None:
        return ()
    for part in LATER_PARTS:
        if rule.raw(part):
            rule.complain(part, "is not in this version: leave it out")
    found = [
        read(rule, f"headers/{index}", entry) for index, entry in enumerate(rule.texts("headers"))
    ]
    rule.finish()
    return tuple(entry for entry in found if entry is not None)


def nothing(rule: Fields, place: str, entry: str) -> None:
    rule.complain(place, "is not in this version: use add and remove")


def removed(rule: Fields, place: str, entry: str) -> str | None:
    return entry if own_field(rule, place, entry) else None


def added(rule: Fields, place: str, entry: str) -> tuple[str, str] | None:
    name, colon, value = entry.partition(":")
    if not colon:
        rule.complain(place, f'must be like "Name:value", found {shown(entry)}')
    elif "$(" in value:
        rule.complain(
            place, f"holds a template, which is not in this version, found {shown(entry)}"
        )
    elif not all(character.isprintable() and character <= "\xff" for character in value):
        rule.complain(place, f"must hold Latin characters only, found {shown(entry)}")
    elif own_field(rule, place, name.strip()):
        return name.strip(), value.strip()
    return None


KIND = PluginKind("request-transformer", read_config, per_consumer=True)


class RequestTransformer:
    """One request-transformer plugin."""

    def __init__(self, config: RequestTransformerConfig) -> None:
        self._removed = frozenset(canonical(name.encode()) for name in config.remove)
        self._added = {
            canonical(name.encode()): (name.encode(), value.encode("latin-1"))
            for name, value in reversed(config.add)
        }

    async def __call__(self, exchange: Exchange) -> None:
        onward = forwardable(exchange.onward, DROPPED_FROM_REQUESTS)
        exchange.onward = self._kept(onward)
        exchange.added = self._kept(exchange.added)
        there = {canonical(name) for name, _ in (*exchange.onward, *exchange.added)}
        exchange.added += [
            field for name, field in reversed(self._added.items()) if name not in there
        ]

    def _kept(self, headers: Headers) -> Headers:
        return [field for field in headers if canonical(field[0]) not in self._removed]


def build(config: RequestTransformerConfig, _: Scope, __: Tools) -> RequestTransformer:
    return RequestTransformer(config)
