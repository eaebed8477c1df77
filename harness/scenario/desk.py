"""A process's place at the warden: its connection, the plan it shares, and the mask of the run."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from harness import patience
from harness.markers import Marker
from harness.masking import Mask, hidden
from harness.specification.plan import Plan
from harness.verdicts import PlanRefused
from harness.warden.client import WardenClient


@dataclass(slots=True)
class Desk:
    """Opened once per pytest process that runs scenarios.

    `unfit` says by its id why an example cannot run here; the plan is without it.
    """

    client: WardenClient
    worker: str
    plan: Plan
    unfit: dict[str, str] = field(default_factory=dict)
    published: dict[str, Any] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @property
    def run(self) -> str:
        return str(self.client.facts["run"])

    @property
    def secrets(self) -> dict[str, str]:
        return dict(self.published.get("secrets", self.client.facts["secrets"]))

    @property
    def mask(self) -> Mask:
        facts = self.client.facts
        return Mask(bytes.fromhex(facts["mask_key"]), hidden(self.secrets))

    def marker(self, suffix: str) -> str:
        """Return a mark that no other call of this run has."""
        return str(Marker(self.run, suffix, f"{self.worker}-{next(self._numbers)}"))

    def publish(self) -> dict[str, Any]:
        """Hand the plan to the warden; returns when the environment serves it.

        Errors: PlanRefused naming the scenarios whose declarations were refused.
        """
        if not self.published:
            self.published = self.client.call(
                "plan",
                digest=self.plan.digest,
                document=self.plan.document,
                scripts=self.plan.scripts,
                suffixes=self.plan.suffixes,
                parts=sorted(self.plan.parts),
                within_s=patience.PLAN_PUBLISHED_S,
            )
        if self.published["refused"]:
            raise PlanRefused(refusal_in_words(self.plan, self.published["refused"]))
        return self.published


def refusal_in_words(plan: Plan, refused: dict[str, list[dict[str, str]]]) -> str:
    """Say which scenarios declared what a gateway refused, each pointer once."""
    document = plan.document
    lines: dict[str, None] = {}
    for errors in refused.values():
        for error in errors:
            owner = plan.owner(_entity(document, error["pointer"])) or "the plan"
            lines[f"{owner} declares {error['pointer']}: {error['message']}"] = None
    return "the published document was refused: " + "; ".join(lines)


def _entity(document: dict[str, Any], pointer: str) -> str:
    """Return the name of the entity that a JSON pointer leads into; empty when it has none."""
    pieces = pointer.strip("/").split("/")
    try:
        found = document[pieces[0]][int(pieces[1])]
    except (KeyError, IndexError, ValueError):
        return ""
    for key in ("service", "route", "consumer"):
        if pieces[0] == "plugins" and key in found:
            return str(found[key])
    return str(found.get("name") or found.get("username") or "")
