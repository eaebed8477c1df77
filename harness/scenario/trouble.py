"""Trouble with a part: it begins, somebody feels it, it is over, and what waited has been delivered."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from harness import patience
from harness.scenario.control_plane import ControlPlane
from harness.scenario.faulting import Faults
from harness.scenario.troubles import Kind

_COURSE: dict[Kind, tuple[Callable[[Faults, str], None], Callable[[Faults, str], None]]] = {
    Kind.KILLED: (Faults.kill, Faults.start),
    Kind.FROZEN: (Faults.freeze, Faults.thaw),
    Kind.CUT_OFF: (Faults.cut, Faults.heal),
}
"""How each kind of trouble begins and ends."""


@dataclass(slots=True)
class Trouble:
    """Brings trouble upon the parts between a gateway and its index."""

    faults: Faults
    control_plane: ControlPlane

    def through(self, part: str, kind: str) -> None:
        """Go through the whole of it while others are at work.

        Errors: GaveUp when nobody feels it, or when it is not forgotten afterwards.
        """
        begin, end = _COURSE[Kind(kind)]
        delivered = self._reports()["delivered"]
        begin(self.faults, part)
        if part == "Kafka":
            self._until_delayed()
        else:  # nobody but the index notices; what is delivered now waits for it in Kafka
            self._until_delivered(delivered + 1)
        end(self.faults, part)
        self._until_delivered(self._reports()["produced"])

    def around(self, part: str, kind: str, act: Callable[[], None]) -> tuple[float, float]:
        """Do something while it lasts. Returns when it had begun and when its end began."""
        begin, end = _COURSE[Kind(kind)]
        begin(self.faults, part)
        began = time.time()
        act()
        over = time.time()
        end(self.faults, part)
        return began, over

    def _until_delayed(self) -> None:
        self.control_plane.stage.waits.until(
            self._reports,
            lambda reports: bool(reports["error"]),
            within_s=patience.REPORTS_DELAYED_S,
            reason="a gateway to notice that its reports are delayed",
        )

    def _until_delivered(self, count: int) -> None:
        self.control_plane.stage.waits.until(
            self._reports,
            lambda reports: not reports["error"] and reports["delivered"] >= count,
            within_s=patience.REPORTS_DELIVERED_S,
            reason="a gateway to deliver what it had kept",
        )

    def _reports(self) -> dict[str, int]:
        found: dict[str, int] = self.control_plane.status()["reports"]
        return found
