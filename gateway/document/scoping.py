"""A plugin of a document: its kind, where it applies, its config."""

from gateway.document import parts
from gateway.document.draft import Draft, PendingPlugin
from gateway.document.entities import Plugin, Scope
from gateway.document.fields import Fields
from gateway.document.plugins import PluginKind


def read_plugin(pending: PendingPlugin, draft: Draft) -> None:
    fields = pending.fields
    parts.neutral(fields)
    parts.protocols(fields)
    for later in ("instance_name", "consumer_group", "ordering", "partials"):
        fields.only(later)
    kind = kind_of(fields, draft)
    scope, alive = read_scope(pending, draft)
    alive = fields.flag("enabled", True) and alive
    name = kind.name if kind else ""
    identity = draft.identify(fields, "plugin", None, f"{name} {scope}")
    raw = fields.raw("config")
    config = Fields({} if raw is None else raw, fields.at("config"), draft.problems)
    if kind is not None:
        claim_scope(fields, kind, scope, draft)
        read = read_config(config, kind, draft)
        if alive:
            draft.plugins.append(Plugin(identity, kind.name, read, scope))
    fields.finish()


def kind_of(fields: Fields, draft: Draft) -> PluginKind | None:
    name, kinds = fields.text("name", required=True), draft.surroundings.kinds
    if name is not None and name not in kinds:
        known = ", ".join(kinds)
        fields.complain("name", f'must be a plugin of this gateway ({known}), found "{name}"')
    return kinds.get(name or "")


def read_config(config: Fields, kind: PluginKind, draft: Draft) -> object:
    read = kind.read(config)
    config.finish()
    if kind.needs_redis(read) and not draft.surroundings.has_redis:
        config.complain("redis", "is required: this gateway has no Redis of its own (--redis URL)")
    draft.warnings += [f"{config.at(field)} {warning}" for field, warning in kind.warn(read)]
    return read


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
    other = draft.taken(fields.at("name"), "plugin", *key, kind.name)
    if other is not None:
        fields.complain(
            "name", f"there is another {kind.name} plugin with the same scope at {other}"
        )
