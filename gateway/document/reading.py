"""A parsed document becomes a snapshot, whole, or is refused with every problem it has."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from gateway.document import parts
from gateway.document.entities import Consumer, Plugin, Route, Scope, Service, Snapshot
from gateway.document.fields import DocumentRefused, Fields, Problem
from gateway.document.plugins import Kinds, PluginKind

NAMESPACE = UUID("0ddc6d94-6f3a-5d5c-8b2e-7c1b3c1d9a10")
FORMAT = "3.0"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a document has to fit: the plugins there are, our own listeners, our own Redis."""

    kinds: Kinds
    listeners: tuple[tuple[str, int], ...] = ()
    has_redis: bool = False


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
    pending_plugins: list["PendingPlugin"] = field(default_factory=list)

    def claim(self, fields: Fields, name: str, *key: str) -> None:
        """Note that the key is taken, or complain about who else has it."""
        at = fields.at(name)
        other = self.seen.setdefault(key, at)
        if other != at:
            fields.complain(name, f'"{key[-1]}" is already declared at {other}')


@dataclass(frozen=True, slots=True)
class PendingPlugin:
    """A plugin whose references can be resolved when everything else is read."""

    fields: Fields
    route: str | None = None
    service: str | None = None
    consumer: str | None = None
    enabled: bool = True


def read_snapshot(raw: Any, surroundings: Surroundings) -> Snapshot:
    """The snapshot of a document; DocumentRefused with all problems."""
    draft = Draft(surroundings)
    top = Fields(raw, "", draft.problems)
    if not draft.problems:
        read_top(top, draft)
    if draft.problems:
        raise DocumentRefused(draft.problems)
    return Snapshot(
        services=present(draft.services),
        routes=present(draft.routes),
        consumers=present(draft.consumers),
        plugins=tuple(draft.plugins),
        warnings=tuple(draft.warnings),
    )


def present(found: dict[str, Any]) -> tuple[Any, ...]:
    """What is enabled, once each: an entity is listed under its id and under its name."""
    return tuple({id(entity): entity for entity in found.values() if entity is not None}.values())


def read_top(top: Fields, draft: Draft) -> None:
    version = top.raw("_format_version")
    if version != FORMAT:
        found = "nothing" if version is None else json.dumps(version, default=str)
        top.complain("_format_version", f'must be "{FORMAT}", found {found}')
    top.ignore("_comment", "_info", "_transform", "_workspace", "_ignore")
    for fields in top.objects("services"):
        read_service(fields, draft)
    draft.pending_routes += [(fields, None) for fields in top.objects("routes")]
    loose = top.objects("jwt_secrets")
    consumers = top.objects("consumers")
    owned = owned_credentials(loose, consumers)
    for fields in consumers:
        read_consumer(fields, owned.pop(id(fields), []), draft)
    for fields, enabled_service in draft.pending_routes:
        read_route(fields, enabled_service, draft)
    draft.pending_plugins += [PendingPlugin(fields) for fields in top.objects("plugins")]
    for pending in draft.pending_plugins:
        read_plugin(pending, draft)
    top.finish()


def owned_credentials(loose: list[Fields], consumers: list[Fields]) -> dict[int, list[Fields]]:
    """Top-level credentials by the consumer that they name."""
    names = {
        value: fields
        for fields in consumers
        for name in ("id", "username")
        if isinstance(value := fields.raw(name), str)
    }
    owned: dict[int, list[Fields]] = {}
    for fields in loose:
        consumer = fields.reference("consumer")
        if consumer in names:
            owned.setdefault(id(names[consumer]), []).append(fields)
        elif consumer is None:
            fields.complain("consumer", "is required")
        else:
            fields.complain("consumer", f'names no consumer of this document, found "{consumer}"')
    return owned


def read_service(fields: Fields, draft: Draft) -> None:
    entity = parts.service(fields, draft.surroundings.listeners)
    identity = identify(
        fields, draft, "service", entity["name"], json.dumps(entity, sort_keys=True)
    )
    service = Service(id=identity, **entity)
    enabled = fields.flag("enabled", True)
    remember(draft.services, service.id, service.name, service if enabled else None)
    draft.pending_routes += [(child, identity) for child in fields.objects("routes")]
    draft.pending_plugins += [
        PendingPlugin(child, service=identity, enabled=enabled)
        for child in fields.objects("plugins")
    ]
    fields.finish()


def read_route(fields: Fields, parent: str | None, draft: Draft) -> None:
    entity = parts.route(fields)
    name = parent or fields.reference("service")
    if parent is not None:
        fields.only("service")
    if name is not None and name not in draft.services:
        fields.complain("service", f'names no service of this document, found "{name}"')
    service = draft.services.get(name) if name else None
    content = json.dumps([name, entity], default=sorted, sort_keys=True)
    identity = identify(fields, draft, "route", entity["name"], content)
    enabled = fields.flag("enabled", True) and (name is None or service is not None)
    route = Route(id=identity, service=service, **entity)
    remember(draft.routes, identity, route.name, route if enabled else None)
    draft.pending_plugins += [
        PendingPlugin(child, route=identity, enabled=enabled) for child in fields.objects("plugins")
    ]
    fields.finish()


def read_consumer(fields: Fields, loose: list[Fields], draft: Draft) -> None:
    entity = parts.consumer(fields)
    identity = identify(fields, draft, "consumer", entity["username"], str(entity["custom_id"]))
    if entity["custom_id"] is not None:
        draft.claim(fields, "custom_id", "custom_id", entity["custom_id"])
    secrets = []
    nested = fields.objects("jwt_secrets")
    for child in nested:
        child.only("consumer")
    for child in [*nested, *loose]:
        credential = parts.jwt_secret(child)
        if credential["key"]:
            draft.claim(child, "key", "jwt key", credential["key"])
        secrets.append(
            parts.Credential(
                id=identify(child, draft, "jwt_secret", credential["key"]), **credential
            )
        )
        child.finish()
    enabled = fields.flag("enabled", True)
    consumer = Consumer(id=identity, jwt_secrets=tuple(secrets), **entity)
    remember(draft.consumers, identity, consumer.username, consumer if enabled else None)
    draft.pending_plugins += [
        PendingPlugin(child, consumer=identity, enabled=enabled)
        for child in fields.objects("plugins")
    ]
    fields.finish()


def read_plugin(pending: PendingPlugin, draft: Draft) -> None:
    fields = pending.fields
    parts.neutral(fields)
    fields.only("protocols", *parts.PROTOCOLS)
    fields.only("instance_name")
    name = fields.text("name", required=True)
    kind = draft.surroundings.kinds.get(name or "")
    raw_config = fields.raw("config")
    config = Fields({} if raw_config is None else raw_config, fields.at("config"), draft.problems)
    if name is not None and kind is None:
        known = ", ".join(draft.surroundings.kinds)
        fields.complain("name", f'must be a plugin of this gateway ({known}), found "{name}"')
    scope, alive = read_scope(pending, draft)
    enabled = fields.flag("enabled", True)
    identity = identify(fields, draft, "plugin", None, f"{name} {scope}")
    if kind is not None:
        claim_scope(fields, kind, scope, draft)
        read = kind.read(config)
        config.finish()
        if kind.needs_redis(read) and not draft.surroundings.has_redis:
            config.complain(
                "redis", "is required: this gateway has no Redis of its own (--redis URL)"
            )
        draft.warnings += [f"{config.at(field)} {warning}" for field, warning in kind.warn(read)]
        if enabled and alive:
            draft.plugins.append(Plugin(identity, kind.name, read, scope))
    fields.finish()


def read_scope(pending: PendingPlugin, draft: Draft) -> tuple[Scope, bool]:
    """The scope of a plugin, and whether everything it names is enabled."""
    fields, ids, alive = pending.fields, [], pending.enabled
    for name, parent, found in (
        ("route", pending.route, draft.routes),
        ("service", pending.service, draft.services),
        ("consumer", pending.consumer, draft.consumers),
    ):
        named = fields.reference(name)
        if parent is not None and named is not None and named != parent:
            fields.complain(name, "is given by the place where the plugin stands: leave it out")
        target = parent or named
        if target is not None and target not in found:
            fields.complain(name, f'names no {name} of this document, found "{target}"')
            target = None
        entity = found.get(target) if target else None
        alive = alive and (target is None or entity is not None)
        ids.append(entity.id if entity is not None else target)
    return Scope(*ids), alive


def claim_scope(fields: Fields, kind: PluginKind, scope: Scope, draft: Draft) -> None:
    if scope.consumer_id is not None and not kind.per_consumer:
        fields.complain("consumer", f"{kind.name} cannot be scoped to a consumer")
    key = (scope.route_id or "", scope.service_id or "", scope.consumer_id or "")
    at = fields.at("name")
    other = draft.seen.setdefault(("plugin", *key, kind.name), at)
    if other != at:
        fields.complain(
            "name", f"there is another {kind.name} plugin with the same scope at {other}"
        )


def identify(fields: Fields, draft: Draft, kind: str, name: str | None, otherwise: str = "") -> str:
    """The entity's id: as written, else derived from its unique key, the same on every replica."""
    if name is not None and kind in ("service", "route", "consumer"):
        draft.claim(fields, "username" if kind == "consumer" else "name", kind, name)
    written = fields.text("id")
    if written is not None:
        draft.claim(fields, "id", kind, "id", written)
        return written
    return str(uuid5(NAMESPACE, f"{kind}:{name if name is not None else otherwise}"))


def remember(found: dict[str, Any], identity: str, name: str | None, entity: object | None) -> None:
    found.setdefault(identity, entity)
    if name is not None:
        found.setdefault(name, entity)
