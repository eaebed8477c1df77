"""A parsed document becomes a snapshot, whole, or is refused with every problem it has."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.document import credentials, parts
from gateway.document.draft import Draft, PendingPlugin, Surroundings, remember
from gateway.document.entities import (
    Consumer,
    Credential,
    KeyCredential,
    Route,
    Service,
    Snapshot,
)
from gateway.document.fields import DocumentRefused, Fields, shown
from gateway.document.scoping import read_plugin
from gateway.slices import Steps, at_once, in_slices
from gateway.tokens import HMAC, algorithms

FORMAT = "3.0"
NEUTRAL = ("_comment", "_transform", "_workspace", "_ignore")
OWNED = ("jwt_secrets", "keyauth_credentials", "acls")

__all__ = ["Surroundings", "read_in_slices", "read_snapshot"]


def read_snapshot(raw: object, surroundings: Surroundings) -> Snapshot:
    """The snapshot of a document; DocumentRefused with all problems."""
    return at_once(reading(raw, surroundings))


async def read_in_slices(raw: object, surroundings: Surroundings) -> Snapshot:
    """The same, without holding the event loop; nobody may change `raw` meanwhile."""
    if any(named_algorithms(raw)):
        await asyncio.to_thread(algorithms)  # an import of 100 ms, to check public keys
    return await in_slices(reading(raw, surroundings))


def named_algorithms(raw: object) -> Iterator[str]:
    """The algorithms of public keys in a document that nobody has looked at yet."""
    for owner in (raw, *members(raw, "consumers")):
        for credential in members(owner, "jwt_secrets"):
            match credential:
                case {"algorithm": str(name)} if name not in HMAC:
                    yield name


def members(raw: object, name: str) -> list[object]:
    """What a field of an object lists; nothing when there is no such thing."""
    found = raw.get(name) if isinstance(raw, dict) else None
    return found if isinstance(found, list) else []


def reading(raw: object, surroundings: Surroundings) -> Steps[Snapshot]:
    """Read a document step by step."""
    draft = Draft(surroundings)
    top = Fields(raw, "", draft.problems)
    if not draft.problems:
        yield from read_top(top, draft)
    if draft.problems:
        raise DocumentRefused(draft.problems)
    return draft.snapshot()


def read_top(top: Fields, draft: Draft) -> Steps[None]:
    version = top.raw("_format_version")
    if version != FORMAT:
        found = "nothing" if version is None else shown(version)
        top.complain("_format_version", f'must be "{FORMAT}", found {found}')
    top.ignore(*NEUTRAL)
    read_info(top)
    for fields in top.objects("services"):
        read_service(fields, draft)
        yield
    draft.pending_routes += [(fields, None) for fields in top.objects("routes")]
    consumers = top.objects("consumers")
    owned = yield from owned_by(consumers, top)
    for index, fields in enumerate(consumers):
        read_consumer(fields, owned.get(index, Owned()), draft)
        yield
    for fields, parent in draft.pending_routes:
        read_route(fields, parent, draft)
        yield
    draft.pending_plugins += [PendingPlugin(fields) for fields in top.objects("plugins")]
    for pending in draft.pending_plugins:
        read_plugin(pending, draft)
        yield
    top.finish()


def read_info(top: Fields) -> None:
    """What Kong's tools write about a file says nothing, except defaults: those would change it."""
    info = top.object("_info")
    if info is not None and info.raw("defaults"):
        top.complain("_info/defaults", "is not in this version: write each value where it belongs")


@dataclass(slots=True)
class Owned:
    """What belongs to one consumer and stands at top level."""

    jwt_secrets: list[Fields] = field(default_factory=list)
    keyauth_credentials: list[Fields] = field(default_factory=list)
    acls: list[Fields] = field(default_factory=list)


def owned_by(consumers: list[Fields], top: Fields) -> Steps[dict[int, Owned]]:
    """What stands at top level, by the place of the consumer that it names."""
    names = {
        value: index
        for index, fields in enumerate(consumers)
        for name in ("id", "username")
        if isinstance(value := fields.raw(name), str)
    }
    owned: dict[int, Owned] = {}
    for kind in OWNED:
        for fields in top.objects(kind):
            consumer = fields.reference("consumer")
            if consumer in names:
                getattr(owned.setdefault(names[consumer], Owned()), kind).append(fields)
            elif consumer is None:
                fields.complain("consumer", "is required")
            else:
                fields.complain(
                    "consumer", f"names no consumer of this document, found {shown(consumer)}"
                )
            yield
    return owned


def read_service(fields: Fields, draft: Draft) -> None:
    entity = parts.service(fields, draft.surroundings.listeners)
    content = json.dumps(entity, sort_keys=True)
    identity = draft.identify(fields, "service", entity["name"], content)
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
        fields.complain("service", f"names no service of this document, found {shown(name)}")
    service = draft.services.get(name) if name else None
    content = json.dumps([name, entity], default=sorted, sort_keys=True)
    identity = draft.identify(fields, "route", entity["name"], content)
    enabled = fields.flag("enabled", True) and (name is None or service is not None)
    route = Route(id=identity, service=service, **entity)
    remember(draft.routes, identity, route.name, route if enabled else None)
    draft.pending_plugins += [
        PendingPlugin(child, route=identity, enabled=enabled) for child in fields.objects("plugins")
    ]
    fields.finish()


def read_consumer(fields: Fields, loose: Owned, draft: Draft) -> None:
    entity = parts.consumer(fields)
    identity = draft.identify(fields, "consumer", entity["username"], str(entity["custom_id"]))
    if entity["custom_id"] is not None:
        draft.claim(fields, "custom_id", "custom_id", entity["custom_id"])
    consumer = Consumer(
        id=identity,
        jwt_secrets=tuple(
            read_jwt_secret(child, draft)
            for child in children(fields, "jwt_secrets", loose.jwt_secrets)
        ),
        keyauth_credentials=tuple(
            read_key(child, draft)
            for child in children(fields, "keyauth_credentials", loose.keyauth_credentials)
        ),
        groups=tuple(
            read_group(child, identity, draft) for child in children(fields, "acls", loose.acls)
        ),
        **entity,
    )
    enabled = fields.flag("enabled", True)
    remember(draft.consumers, identity, consumer.username, consumer if enabled else None)
    draft.pending_plugins += [
        PendingPlugin(child, consumer=identity, enabled=enabled)
        for child in fields.objects("plugins")
    ]
    fields.finish()


def children(parent: Fields, name: str, loose: list[Fields]) -> list[Fields]:
    """What stands inside the consumer, then what stands at top level."""
    nested = parent.objects(name)
    for child in nested:
        child.only("consumer")
    return [*nested, *loose]


def read_jwt_secret(fields: Fields, draft: Draft) -> Credential:
    entity = credentials.jwt_secret(fields)
    if entity["key"]:
        draft.claim(fields, "key", "jwt key", entity["key"])
    identity = draft.identify(fields, "jwt_secret", entity["key"])
    fields.finish()
    return Credential(id=identity, **entity)


def read_key(fields: Fields, draft: Draft) -> KeyCredential:
    entity = credentials.keyauth_credential(fields)
    if entity["key"]:
        draft.claim(fields, "key", "api key", entity["key"], secret=True)
    identity = draft.identify(fields, "keyauth_credential", entity["key"])
    fields.finish()
    return KeyCredential(id=identity, **entity)


def read_group(fields: Fields, consumer_id: str, draft: Draft) -> str:
    group = credentials.acl(fields)
    if group:
        draft.claim(fields, "group", "acl", consumer_id, group)
    draft.identify(fields, "acl", None, f"{consumer_id}:{group}")
    fields.finish()
    return group
