"""Publishes documents: hands them to the gates and waits until every replica serves them."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

from harness import patience, topology
from harness.specification import fragments
from harness.warden.rig import Rig
from harness.warden.ways import NotServed as NotServed
from harness.warden.ways import ThroughGate, Way
from harness.warden.web import Web

Ways = Callable[[Rig, str], list[Way]]
"""The ways by which a document gets to a region of a rig."""


@dataclass(slots=True)
class Publication:
    """What came of one publication.

    Shape: versions by region; refused maps a replica to its errors, each {pointer, message}.
    """

    versions: dict[str, int] = field(default_factory=dict)
    refused: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        return asdict(self)


class Publisher:
    """Publishes to a rig. Placeholders in a document are filled in here and nowhere else."""

    def __init__(self, web: Web, ways: Ways | None = None) -> None:
        self._web = web
        self._ways: Ways = ways or self._through_gate

    async def publish(
        self, rig: Rig, document: Mapping[str, Any], scripts: Mapping[str, Any], *, wait: bool
    ) -> Publication:
        """Publish to every region of the rig; with `wait`, until every replica answered to it."""
        await self._teach_upstream(rig, scripts)
        filled = fragments.resolved(document, lambda name: lookup(rig, name))
        done = Publication()
        for region in topology.regions(topology.gateways(rig.parts)):
            await self._hand_in(rig, region, filled, done)
        if wait:
            for name in topology.gateways(rig.parts):
                if f"gate-{topology.PARTS[name].region}.management" in rig.site.addresses:
                    await self._served(rig, name, done)
        return done

    async def _hand_in(self, rig: Rig, region: str, filled: Any, done: Publication) -> None:
        """Hand in by every way that leads to the region. A gate's refusals are told by its replicas."""
        for way in self._ways(rig, region):
            handed = await way.hand_in(filled)
            done.versions[region] = max(handed.version, done.versions.get(region, 0))
            if handed.errors:
                done.refused[way.name] = handed.errors

    def _through_gate(self, rig: Rig, region: str) -> list[Way]:
        gate = f"gate-{region}"
        management = rig.site.addresses[f"{gate}.management"]
        environment = rig.identities[region].environment
        token = rig.site.secrets["management"]
        return [ThroughGate(self._web, gate, management, environment, token)]

    async def _served(self, rig: Rig, name: str, done: Publication) -> None:
        version = done.versions[topology.PARTS[name].region]
        admin = rig.site.addresses[f"{name}.admin"]
        _, status = await self._web.ask(
            "GET",
            f"{admin}/status?wait_version={version}&wait_s={patience.DOCUMENT_SERVED_S:g}",
            token=rig.site.secrets.get("admin", ""),
        )
        if (status["version"] or 0) >= version:
            return
        refused = status["source"].get("refused")
        if refused and refused["version"] == version:
            done.refused[name] = refused["errors"]
            return
        raise NotServed(
            f"{name} did not serve version {version} within {patience.DOCUMENT_SERVED_S:g} s; "
            f"it serves {status['version']} and says {status['source'].get('error')!r}"
        )

    async def _teach_upstream(self, rig: Rig, scripts: Mapping[str, Any]) -> None:
        for name, script in scripts.items():
            control = rig.site.addresses["upstream.control"]
            status, body = await self._web.ask("PUT", f"{control}/scripts/{name}", json=script)
            if status != 204:
                raise NotServed(f"upstream refused the script {name!r} with {status}: {body}")


def lookup(rig: Rig, name: str) -> Any:
    """Fill in a placeholder: an address, a piece of one (`auth.host`, `auth.port`), or a secret.

    Errors: KeyError naming what nobody knows.
    """
    if name.startswith("secret."):
        return rig.site.secrets[name.removeprefix("secret.")]
    part, _, what = name.partition(".")
    if what in ("host", "port"):
        where = urlsplit(rig.site.inside[f"{part}.url"])
        return where.hostname if what == "host" else where.port
    return rig.site.inside[f"{part}.{what or 'url'}"]
