"""Faults as a scenario uses them: inject, make sure it bites, heal, make sure it healed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from harness import patience
from harness.eventually import GaveUp
from harness.scenario.stage import Stage
from harness.verdicts import Broken

T = TypeVar("T")

LINKS = {
    "control plane": "gate-eu.sync",
    "reports": "gate-eu.reports",
    "Redis": "redis",
    "Kafka": "kafka.bootstrap",
}
"""The links by the names that features use."""

RESOURCES = {
    "Cloud Gate": "gate-eu",
    "Redis": "redis",
    "gateway": "eu-1",
    "Kafka": "kafka",
    "ingest": "ingest",
}
"""The resources that features break, by the names that they use."""


@dataclass(slots=True)
class Faults:
    """Breaks and heals the parts of the scenario's own rig."""

    stage: Stage
    _cut: set[str] = field(default_factory=set)
    _frozen: set[str] = field(default_factory=set)

    def cut(self, link: str) -> None:
        self.stage.fault("cut", LINKS[link])
        self._cut.add(link)

    def heal(self, link: str) -> None:
        """Heal a link whose cut was felt.

        Errors: Broken if nothing noticed the cut: the scenario would prove nothing.
        """
        self.require_bite(link)
        self.stage.fault("heal", LINKS[link])
        self._cut.discard(link)

    def require_bite(self, link: str) -> None:
        """Wait until somebody ran into the cut.

        Errors: Broken after a while in which nobody did.
        """
        try:
            self.stage.waits.until(
                lambda: self.stage.fault("look", LINKS[link]),
                lambda seen: bool(seen["bites"]),
                within_s=patience.FAULT_BITES_S,
                reason=f"somebody to notice the cut of the {link} link",
            )
        except GaveUp:
            text = f"the cut of the {link} link had no effect: nothing was tried over it"
            raise Broken(text) from None

    def while_cut(self, link: str, act: Callable[[], T]) -> T:
        """Do something while a link is cut, and heal it afterwards."""
        self.cut(link)
        done = act()
        self.heal(link)
        return done

    def kill(self, resource: str) -> None:
        self._do("kill", resource)

    def end_and_start(self, resource: str) -> None:
        """Tell a resource to end, as an operator would, and start it again.

        Errors: Broken if it did not end with 0.
        """
        found = self.stage.fault("end", RESOURCES[resource])
        if not found["bites"]:
            raise Broken(f"the {resource} was told to end, and ended with {found['code']}")
        self.start(resource)

    def freeze(self, resource: str) -> None:
        self._do("pause", resource)
        self._frozen.add(resource)

    def while_frozen(self, resource: str, act: Callable[[Callable[[], object]], T]) -> T:
        """Do something to a frozen resource; `act` is given what wakes it up."""
        self.freeze(resource)
        return act(lambda: self.thaw(resource))

    def thaw(self, resource: str) -> None:
        self._do("resume", resource)
        self._frozen.discard(resource)

    def start(self, resource: str) -> None:
        self._do("start", resource)

    def _do(self, action: str, resource: str) -> None:
        """Do something to a resource.

        Errors: Broken if it had no effect: the scenario would prove nothing.
        """
        if not self.stage.fault(action, RESOURCES[resource])["bites"]:
            raise Broken(f"the {resource} was told to {action}, and that had no effect")

    def finish(self) -> None:
        """Make sure, at the end of a scenario, that no fault was without effect; heal what is left.

        Errors: Broken for a cut that nobody noticed.
        """
        try:
            for link in sorted(self._cut):
                self.require_bite(link)
        finally:
            for link in sorted(self._cut):
                self.stage.fault("heal", LINKS[link])
            for resource in sorted(self._frozen):
                self.stage.fault("resume", RESOURCES[resource])
            self._cut.clear()
            self._frozen.clear()
