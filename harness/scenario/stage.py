"""Where a scenario plays: the shared environment, or the rig that it opened for itself."""

import contextlib
from dataclasses import dataclass, field
from typing import Any

from harness import patience, topology
from harness.eventually import Waits
from harness.scenario.desk import Desk
from harness.specification.fragments import Scope
from harness.specification.plan import Entry
from harness.warden.rig import SHARED
from harness.warden.wire import WardenLost


@dataclass(slots=True)
class Stage:
    """One scenario's surroundings: addresses, scope and, when it owns one, its rig."""

    desk: Desk
    entry: Entry
    waits: Waits = field(default_factory=Waits)
    rig: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    step: str = ""

    @property
    def scope(self) -> Scope:
        return self.entry.scope

    @property
    def rig_name(self) -> str:
        return self.rig or SHARED

    def require_published(self) -> None:
        """Make sure that what this scenario declares is served.

        Errors: PlanRefused when the document was refused.
        """
        shared = self.desk.publish()
        if not self.entry.opens_rig:
            self.facts = shared

    def open_rig(self, parts: frozenset[str], links: frozenset[str]) -> None:
        """Open the scenario's own environment and publish its document there."""
        self.desk.publish()
        self.facts = self.desk.client.call(
            "rig_open",
            parts=sorted(parts),
            links=sorted(links),
            borrowed=sorted(self.entry.fragment.parts - parts),
            within_s=patience.RIG_OPEN_S,
        )
        self.rig = self.facts["rig"]
        if self.entry.fragment.published:
            self.publish(self.entry.document)

    def close(self) -> None:
        """Give the rig up. With a warden that is gone it is gone already, and the run says so."""
        if self.rig:
            with contextlib.suppress(WardenLost):
                self.desk.client.call("rig_close", rig=self.rig, within_s=patience.RIG_OPEN_S)
            self.rig = ""

    def publish(self, document: Any, *, wait: bool = True) -> dict[str, Any]:
        """Publish a document to the scenario's rig. Shape: {versions, refused}."""
        self.facts |= self.desk.client.call(
            "publish",
            rig=self.rig,
            document=document,
            scripts=self.entry.scripts,
            wait=wait,
            within_s=patience.RIG_OPEN_S,
        )
        return self.facts

    def fault(self, action: str, target: str) -> dict[str, Any]:
        found: dict[str, Any] = self.desk.client.call(
            "fault", rig=self.rig, action=action, target=target, within_s=patience.RIG_OPEN_S
        )
        self.facts["addresses"] = found.pop("addresses", self.facts["addresses"])
        return found

    def address(self, name: str) -> str:
        """Return an address such as `users.url` or `eu-1.proxy`."""
        if not self.facts:
            self.require_published()
        return str(self.facts["addresses"][name])

    @property
    def replicas(self) -> list[str]:
        """The gateways that serve this scenario, first replica first."""
        if not self.facts:
            self.require_published()
        return topology.gateways(self.facts["parts"])

    def identity(self, region: str = "eu") -> dict[str, str]:
        """What the Cloud Tokens here say: account, environment, index."""
        if not self.facts:
            self.require_published()
        return dict(self.facts["identities"][region])

    def tell(self, kind: str, **fields: Any) -> None:
        self.desk.client.tell({"kind": kind, "scenario": self.scope.suffix, **fields})
