"""A document while it is read: what was found so far, and what is wrong with it."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from gateway.document.entities import Consumer, Plugin, Route, Service, Snapshot
from gateway.document.fields import Fields, Problem
from gateway.document.plugins import Kinds

NAMESPACE = UUID("0ddc6d94-6f3a-5d5c-8b2e-7c1b3c1d9a10")
UNIQUE_NAMES = {"service": "name", "route": "name", "consumer": "username"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a document has to fit: the plugins there are, our own listeners, our own Redis."""

    kinds: Kinds
    listeners: tuple[tuple[str, int], ...] = ()
    has_redis: bool = False


@dataclass(frozen=True, slots=True)
class PendingPlugin:
    """A plugin whose references can be resolved when everything else is read."""

    fields: Fields
    route: str | None = None
    service: str | None = None
    consumer: str | None = None
    enabled: bool = True


@dataclass(slots=True)
class Draft:
    """Everything read so far, by name and by id, with the pointers for complaints."""

    surroundings: Surroundings
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    services: dict[str, Service | None] = field(default_factory=dict)
    routes: dict[str, Route | None] = field(default_factory=dict)
    consumers: dict[str, Consumer | None] = field(default_factory=dict)
    plugins: list[Plugin] = field(default_factory=list)
    seen: dict[tuple[str, ...], str] = field(default_factory=dict)
    pending_routes: list[tuple[Fields, str | None]] = field(default_factory=list)
    pending_plugins: list[PendingPlugin] = field(default_factory=list)

    def taken(self, at: str, *key: str) -> str | None:
        """Note that the key is taken; where it already was, if it was."""
        other = self.seen.setdefault(key, at)
        return other if other != at else None

    def claim(self, fields: Fields, name: str, *key: str, secret: bool = False) -> None:
        """Note that the key is taken, or complain about who else has it."""
        other = self.taken(fields.at(name), *key)
        if other is not None:
            subject = "" if secret else f'"{key[-1]}" '
            fields.complain(name, f"{subject}is already declared at {other}")

    def identify(self, fields: Fields, kind: str, name: str | None, otherwise: str = "") -> str:
        """The entity's id: as written, else derived from its unique key, the same on every replica."""
        if name is not None and kind in UNIQUE_NAMES:
            self.claim(fields, UNIQUE_NAMES[kind], kind, name)
        written = fields.text("id")
        if written is not None:
            self.claim(fields, "id", kind, "id", written)
            return written
        return str(uuid5(NAMESPACE, f"{kind}:{name if name is not None else otherwise}"))

    def snapshot(self) -> Snapshot:
        """What was read, when nothing is wrong with it."""
        return Snapshot(
            services=present(self.services),
            routes=present(self.routes),
            consumers=present(self.consumers),
            plugins=tuple(self.plugins),
            warnings=tuple(self.warnings),
        )


def remember(found: dict[str, Any], identity: str, name: str | None, entity: object | None) -> None:
    """List an entity under its id and its name; None stands for one that is disabled."""
    found.setdefault(identity, entity)
    if name is not None:
        found.setdefault(name, entity)


def present(found: dict[str, Any]) -> tuple[Any, ...]:
    """What is enabled, once each."""
    return tuple({id(entity): entity for entity in found.values() if entity is not None}.values())
