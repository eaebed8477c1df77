"""What a declaring Given adds to the gateway document, and how pieces become one document.

Entities are keyed by their plain names while fragments are merged; a scenario's suffix is added
when its document is drawn, so that no scenario can disturb another one.
"""

import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Entity = Mapping[str, Any]
FORMAT_VERSION = "3.0"
_PLACEHOLDER = re.compile(r"\$\{([a-z0-9._-]+)\}")
_NAMESPACE = uuid.UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")  # OID namespace of RFC 9562


class Clash(ValueError):
    """Two declarations of one scenario give one field two values."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a document by plain entity names.

    Shape:  services, routes and consumers map a name to its fields; a plugin's key is
            (plugin, kind of scope, name of scope), its value the config; `scripts` are answers that
            the scriptable upstream is to give; `parts` must be running for it to make sense;
            `published` is False when a rig is to start without its document.
    """

    services: Mapping[str, Entity] = field(default_factory=dict)
    routes: Mapping[str, Entity] = field(default_factory=dict)
    consumers: Mapping[str, Entity] = field(default_factory=dict)
    plugins: Mapping[tuple[str, str, str], Entity] = field(default_factory=dict)
    scripts: Mapping[str, Entity] = field(default_factory=dict)
    parts: frozenset[str] = frozenset()
    published: bool = True


def merged(fragments: Iterable[Fragment]) -> Fragment:
    """Merge fragments by entity name.

    Errors: Clash naming the entity, the field and both values.
    """
    total = Fragment()
    for piece in fragments:
        total = Fragment(
            services=_join("service", total.services, piece.services),
            routes=_join("route", total.routes, piece.routes),
            consumers=_join("consumer", total.consumers, piece.consumers),
            plugins=_join("plugin", total.plugins, piece.plugins),
            scripts=_join("script", total.scripts, piece.scripts),
            parts=total.parts | piece.parts,
            published=total.published and piece.published,
        )
    return total


def _join(
    kind: str, one: Mapping[Any, Entity], two: Mapping[Any, Entity]
) -> dict[Any, dict[str, Any]]:
    joined: dict[Any, dict[str, Any]] = {name: dict(fields) for name, fields in one.items()}
    for name, fields in two.items():
        known = joined.setdefault(name, {})
        for key, value in fields.items():
            if known.setdefault(key, value) != value:
                raise Clash(f"{kind} {name!r}: {key} is both {known[key]!r} and {value!r}")
    return joined


@dataclass(frozen=True, slots=True)
class Scope:
    """What keeps one scenario apart from all others: its suffix and its host."""

    suffix: str

    @property
    def host(self) -> str:
        return f"{self.suffix}.gateway.test"

    def name(self, plain: str) -> str:
        return f"{plain}-{self.suffix}"

    def plain(self, name: str) -> str:
        return name.removesuffix(f"-{self.suffix}")


def document(fragment: Fragment, scope: Scope) -> dict[str, Any]:
    """Draw the gateway document of one scenario: every name suffixed, every route on its host."""
    return {
        "_format_version": FORMAT_VERSION,
        "services": [
            {"name": scope.name(name), **_suffixed(fields, scope)}
            for name, fields in sorted(fragment.services.items())
        ],
        "routes": [_route(name, fields, scope) for name, fields in sorted(fragment.routes.items())],
        "consumers": [
            _consumer(name, fields, scope) for name, fields in sorted(fragment.consumers.items())
        ],
        "plugins": [
            _plugin(key, fields, scope) for key, fields in sorted(fragment.plugins.items())
        ],
    }


def _suffixed(value: Any, scope: Scope) -> Any:
    """Fill in `${suffix}`, the one placeholder that the scenario itself knows."""
    if isinstance(value, str):
        return value.replace("${suffix}", scope.suffix)
    if isinstance(value, Mapping):
        return {key: _suffixed(inner, scope) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_suffixed(inner, scope) for inner in value]
    return value


def _route(name: str, fields: Entity, scope: Scope) -> dict[str, Any]:
    drawn = {"name": scope.name(name), "hosts": [scope.host], **_suffixed(fields, scope)}
    if "service" in drawn:
        drawn["service"] = scope.name(drawn["service"])
    return drawn


def _consumer(name: str, fields: Entity, scope: Scope) -> dict[str, Any]:
    drawn = {"username": scope.name(name), **_suffixed(fields, scope)}
    drawn["jwt_secrets"] = [
        {"id": str(uuid.uuid5(_NAMESPACE, secret["key"])), **secret}
        for secret in drawn.get("jwt_secrets", ())
    ]
    return drawn


def _plugin(key: tuple[str, str, str], fields: Entity, scope: Scope) -> dict[str, Any]:
    plugin, kind, target = key
    drawn: dict[str, Any] = {"name": plugin, "config": _suffixed(fields, scope)}
    for one_kind, one_target in zip(kind.split("+"), target.split("+"), strict=True):
        if one_kind != "global":
            drawn[one_kind] = scope.name(one_target)
    return drawn


def joined(documents: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Put the documents of many scenarios into the one that is published."""
    total: dict[str, Any] = {"_format_version": FORMAT_VERSION}
    for kind in ("services", "routes", "consumers", "plugins"):
        total[kind] = []
    for one in documents:
        for kind in ("services", "routes", "consumers", "plugins"):
            total[kind].extend(one[kind])
    return total


def resolved(value: Any, lookup: Callable[[str], Any]) -> Any:
    """Replace `${name}` by what `lookup` says; a text that is one placeholder keeps its type.

    Errors: KeyError from lookup, naming what is not known.
    """
    if isinstance(value, str):
        whole = _PLACEHOLDER.fullmatch(value)
        if whole:
            return lookup(whole[1])
        return _PLACEHOLDER.sub(lambda found: str(lookup(found[1])), value)
    if isinstance(value, Mapping):
        return {key: resolved(inner, lookup) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [resolved(inner, lookup) for inner in value]
    return value
