"""The control plane as a scenario uses it: publish a change, see it served or refused, ask the gate."""

import time
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import httpx

from harness import patience
from harness.gateways.contract import Gateway
from harness.scenario.calls import Call
from harness.scenario.exchange import Exchange
from harness.scenario.stage import Stage
from harness.specification.fragments import Fragment, document


@dataclass(slots=True)
class ControlPlane:
    """Publishes to the scenario's own gates and looks at its replicas."""

    stage: Stage
    adapter: type[Gateway]
    client: httpx.Client
    before: Mapping[str, Any]

    @property
    def replicas(self) -> list[str]:
        return self.stage.replicas

    def status(self, replica: str = "") -> Mapping[str, Any]:
        return self._admin(replica or self.replicas[0]).status()

    def publish(self, fragment: Fragment, *, wait: bool = True) -> None:
        """Replace the rig's document by another one of this scenario."""
        self.stage.publish(document(fragment, self.stage.scope), wait=wait)

    def publish_between(
        self, before: Callable[[], list[Exchange]], after: Callable[[], list[Exchange]]
    ) -> list[Exchange]:
        """Do two things, and publish the same document as a new version between them."""
        done = before()
        self.publish(self.stage.entry.fragment)
        return [*done, *after()]

    def publish_often(self, count: int) -> None:
        """Publish the same document so many times, each as a version that every replica serves."""
        for _ in range(count):
            self.publish(self.stage.entry.fragment)

    def publish_bad(self) -> None:
        """Publish the rig's document with a plugin in it that nobody knows."""
        self.before = dict(self.status())
        bad = deepcopy(self.stage.entry.document)
        bad["plugins"] = [{"name": "no-such-plugin"}, *bad["plugins"]]
        self.stage.publish(bad)

    def wait_until_served(self) -> Mapping[str, Any]:
        """Return the status of the first replica once it serves the newest version."""
        newest = max(self.stage.facts["versions"].values())
        return self.stage.waits.until(
            lambda: self._admin(self.replicas[0]).wait_for_version(newest, 2),
            lambda status: (status["version"] or 0) >= newest,
            within_s=patience.FAULT_HEALED_S,
            reason="a published version to be served",
        )

    def wait_until_cut_off(self) -> Mapping[str, Any]:
        return self.stage.waits.until(
            self.status,
            lambda status: not status["source"]["connected"],
            within_s=patience.FAULT_BITES_S,
            reason="a gateway to notice that it is cut off",
        )

    def wait_until_kept(self) -> None:
        """Wait until the replica has put away the version that it serves."""
        self.stage.waits.until(
            self.status,
            lambda status: status["snapshot"]["version"] == status["version"],
            within_s=patience.DOCUMENT_SERVED_S,
            reason="a gateway to keep its document",
        )

    def wait_until_ready(self) -> None:
        self.stage.waits.until(
            self.status,
            lambda status: bool(status["ready"]),
            within_s=patience.DOCUMENT_SERVED_S,
            reason="a gateway to be ready",
        )

    def wait_until_written_down(self) -> None:
        """Wait until no event is in memory alone."""
        self.stage.waits.until(
            self.status,
            lambda status: status["reports"]["queued"] <= status["reports"]["spilled"],
            within_s=patience.EVENT_INDEXED_S,
            reason="a gateway to write its events down",
        )

    def question(self, region: str, of: str, **changes: Any) -> Call:
        """Return the call with which a gateway of `of` asks the gate of `region` for a document."""
        token = self.stage.desk.client.call(
            "cloud_token", rig=self.stage.rig, region=of, changes=changes
        )
        environment = self.stage.identity(of)["environment"]
        return Call(
            "GET",
            f"/sync?environment={environment}&version=0",
            f"gate-{region}",
            (("Authorization", f"Bearer {token}"), ("X-Gateway-Name", "a stranger")),
        )

    def expired(self) -> dict[str, Any]:
        return {"exp": int(time.time()) - 60}

    def _admin(self, replica: str) -> Gateway:
        token = self.stage.desk.secrets.get("admin", "")
        return self.adapter(self.stage.address(f"{replica}.admin"), self.client, token)
