"""What a document declares, as Kong's Admin API shows it. Pure."""

from collections.abc import Callable
from typing import Any

from gateway.document.entities import Consumer, Credential, Plugin, Route, Service, Snapshot


def listing(data: list[Any]) -> dict[str, Any]:
    return {"data": data, "next": None}


def found(entities: tuple[Any, ...], name: str) -> Any | None:
    """An entity by its name or its id."""
    for entity in entities:
        if name in (entity.id, getattr(entity, "username", None) or getattr(entity, "name", None)):
            return entity
    return None


def collection(snapshot: Snapshot, segments: list[str]) -> Any | None:
    """What a path names: a list, an entity, the credentials of a consumer; None for nothing."""
    kinds: dict[str, tuple[tuple[Any, ...], Callable[[Any], dict[str, Any]]]] = {
        "services": (snapshot.services, service_json),
        "routes": (snapshot.routes, route_json),
        "consumers": (snapshot.consumers, consumer_json),
        "plugins": (snapshot.plugins, plugin_json),
    }
    if segments[0] not in kinds:
        return None
    entities, as_json = kinds[segments[0]]
    if len(segments) == 1:
        return listing([as_json(entity) for entity in entities])
    by_id_only = segments[0] == "plugins"
    entity = found(entities, segments[1])
    if entity is None or (by_id_only and entity.id != segments[1]):
        return None
    match segments[2:]:
        case []:
            return as_json(entity)
        case ["jwt"] if isinstance(entity, Consumer):
            return listing([credential_json(entity, it) for it in entity.jwt_secrets])
    return None


def reference(identity: str | None) -> dict[str, str] | None:
    return None if identity is None else {"id": identity}


def service_json(service: Service) -> dict[str, Any]:
    return {
        "id": service.id,
        "name": service.name,
        "protocol": service.protocol,
        "host": service.host,
        "port": service.port,
        "path": service.path or None,
        "connect_timeout": service.connect_timeout_ms,
        "read_timeout": service.read_timeout_ms,
        "write_timeout": service.write_timeout_ms,
        "retries": service.retries,
    }


def route_json(route: Route) -> dict[str, Any]:
    return {
        "id": route.id,
        "name": route.name,
        "paths": list(route.paths),
        "methods": sorted(route.methods),
        "hosts": sorted(route.hosts),
        "headers": {name: sorted(values) for name, values in route.headers},
        "strip_path": route.strip_path,
        "preserve_host": route.preserve_host,
        "service": reference(route.service.id if route.service else None),
    }


def plugin_json(plugin: Plugin) -> dict[str, Any]:
    """Without its config, which may hold secrets: `/config` has it, masked."""
    scope = plugin.scope
    return {
        "id": plugin.id,
        "name": plugin.name,
        "enabled": True,
        "route": reference(scope.route_id),
        "service": reference(scope.service_id),
        "consumer": reference(scope.consumer_id),
    }


def consumer_json(consumer: Consumer) -> dict[str, Any]:
    return {
        "id": consumer.id,
        "username": consumer.username,
        "custom_id": consumer.custom_id,
        "tags": consumer.tags,
        "created_at": consumer.created_at,
    }


def credential_json(consumer: Consumer, credential: Credential) -> dict[str, Any]:
    return {
        "id": credential.id,
        "consumer": {"id": consumer.id},
        "key": credential.key,
        "secret": credential.secret,
        "algorithm": credential.algorithm,
        "rsa_public_key": credential.rsa_public_key,
        "tags": credential.tags,
        "created_at": credential.created_at,
    }
