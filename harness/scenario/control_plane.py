"""The control plane as a scenario uses it: publish a change, see it served or refused, ask the gate."""

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import httpx

from harness import patience, topology
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
        """Replace the rig's document by another one of this scenario.

        Errors: GaveUp, with `wait`, if a replica neither serves nor refuses it in time.
        """
        self.stage.publish(document(fragment, self.stage.scope), wait=False)
        for replica in self.replicas if wait else ():
            self._wait_until_taken(replica)

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

    def _wait_until_taken(self, replica: str) -> None:
        version = self.stage.facts["versions"][topology.PARTS[replica].region]
        admin = self._admin(replica)
        self.stage.waits.until(
            lambda: admin.wait_for_version(version, patience.DOCUMENT_SERVED_S),
            lambda status: _settled(status, version),
            within_s=patience.DOCUMENT_SERVED_S,
            reason=f"{replica} to serve version {version}",
        )

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

    def wait_until_busy(self) -> None:
        """Wait until the first replica has a call that it has not answered."""
        self.stage.waits.until(
            self.status,
            lambda status: status["in_flight"] > 0,
            within_s=patience.ARRIVAL_S,
            reason="a call to be under way",
        )

    def wait_until_ready(self) -> None:
        self.stage.waits.until(
            self.status,
            lambda status: bool(status["ready"]),
            within_s=patience.DOCUMENT_SERVED_S,
            reason="a gateway to be ready",
        )

    def wait_until_looked(self) -> None:
        """Wait until a gateway serves what it kept, or has said why it does not."""
        self.stage.waits.until(
            self.status,
            lambda status: bool(status["ready"] or status["snapshot"]["error"]),
            within_s=patience.DOCUMENT_SERVED_S,
            reason="a gateway to look at what it kept",
        )

    def wait_until_delivered(self) -> None:
        """Wait until the gate has taken every event of the first replica."""
        self.stage.waits.until(
            self.status,
            lambda status: status["reports"]["queued"] == 0,
            within_s=patience.EVENT_INDEXED_S,
            reason="a gateway to deliver its events",
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

    def tampered(self, question: Call) -> Call:
        """Return the question with another claim under the same signature."""
        name, _, token = question.headers[0][1].partition(" ")
        header, payload, signature = token.split(".")
        claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        other = urlsafe_b64encode(json.dumps({**claims, "jti": "another"}).encode()).rstrip(b"=")
        forged = f"{name} {header}.{other.decode()}.{signature}"
        return replace(question, headers=(("Authorization", forged), *question.headers[1:]))

    def claims_of(self, region: str) -> dict[str, str]:
        """What an event says of itself that belongs to the account of a region."""
        who = self.stage.identity(region)
        return {"org-id": who["account"], "index": who["index"]}

    def report(self, region: str, events: Sequence[object]) -> Call:
        """Return the call with which a gateway of the region reports; what no event has is added."""
        asked = self.question(region, of=region)
        written = {"env-id": self.stage.identity(region)["environment"], "uri": "/reported"}
        lines = [{**written, **one} if isinstance(one, dict) else one for one in events]
        body = "".join(f"{json.dumps(line)}\n" for line in lines)
        headers = (*asked.headers, ("Content-Type", "application/x-ndjson"))
        return Call("POST", "/reports", asked.to, headers, body)

    def expired(self) -> dict[str, Any]:
        return {"exp": int(time.time()) - 60}

    def _admin(self, replica: str) -> Gateway:
        token = self.stage.desk.secrets.get("admin", "")
        return self.adapter(self.stage.address(f"{replica}.admin"), self.client, token)


def _settled(status: Mapping[str, Any], version: int) -> bool:
    """Has a replica done with a version, one way or the other?"""
    refused = status["source"]["refused"]
    return (status["version"] or 0) >= version or bool(refused and refused["version"] >= version)
