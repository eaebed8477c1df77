"""The acl plugin: which groups of consumers may pass.

Which groups a consumer is in is the document's to say; a client's own X-Consumer-Groups never
travels on, hidden or not.
"""

from dataclasses import dataclass

from gateway import refusals
from gateway.document.entities import Scope
from gateway.document.fields import Fields
from gateway.document.plugins import PluginKind
from gateway.exchange import Exchange
from gateway.policies.contract import Tools
from gateway.refusals import Refusal


@dataclass(frozen=True, slots=True)
class AclConfig:
    """`deny` says whether being in one of the groups shuts out or lets in."""

    groups: frozenset[str]
    deny: bool
    hide_groups_header: bool


def read_config(fields: Fields) -> AclConfig:
    allow, deny = fields.texts("allow"), fields.texts("deny")
    if allow and deny:
        fields.complain("deny", "and allow exclude each other")
    if not allow and not deny and not fields.has("allow") and not fields.has("deny"):
        fields.complain("", "must have allow or deny")
    for name, groups in (("allow", allow), ("deny", deny)):
        if fields.has(name) and not groups:
            fields.complain(name, "must have at least one group")
    fields.only("always_use_authenticated_groups", False)
    fields.only("include_consumer_groups", False)
    return AclConfig(
        groups=frozenset(deny or allow),
        deny=bool(deny),
        hide_groups_header=fields.flag("hide_groups_header", False),
    )


KIND = PluginKind("acl", read_config)


class Acl:
    """One acl plugin."""

    def __init__(self, config: AclConfig) -> None:
        self._config = config

    async def __call__(self, exchange: Exchange) -> Refusal | None:
        config, consumer = self._config, exchange.consumer
        if consumer is None:
            return refusals.NOBODY
        member = not config.groups.isdisjoint(consumer.groups)
        if member == config.deny:
            return refusals.NOT_ALLOWED
        if not config.hide_groups_header:
            exchange.groups = consumer.groups
        return None


def build(config: AclConfig, _: Scope, __: Tools) -> Acl:
    return Acl(config)
