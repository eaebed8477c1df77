"""Which rig has which container, and which containers lie idle until a rig wants one again.

A container costs half a second of a processor to come and to go, and a broker two seconds more. So a part
that is well when its rig closes leaves its container to the same part of a later rig.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from harness.environments.containers import keeper
from harness.environments.containers.link import LastingRelay
from harness.environments.containers.streams import Orders


@dataclass(slots=True)
class Berth:
    """A container in the hands of a rig.

    Shape: alias is its host name, published maps inside ports to ports of 127.0.0.1; ended is fulfilled
           with the exit code when its present run ends; life tells one start of a part from all others
           in here; since_s is when its rig took it over from another, in s since the epoch;
           relay stands in the link whose near end its part names to its clients, if there is one;
           vacated tells, after a rig has left it, whether nothing of that one is left.
    """

    part: str
    alias: str
    container: Any
    published: Mapping[int, int]
    ended: "asyncio.Future[int]"
    rig: str = ""
    starts: int = 0
    since_s: float | None = None
    relay: LastingRelay | None = None
    vacated: "asyncio.Future[bool] | None" = None
    _orders: Orders | None = None

    def order(self, what: Mapping[str, Any]) -> None:
        """Tell the keeper what to run. Blocking: for a thread."""
        if self._orders is None:
            self._orders = Orders(self.container)
        self._orders.give(what)

    def begins_again(self, ended: "asyncio.Future[int]") -> None:
        """Note that its container is about to run again, until this is fulfilled."""
        self.hang_up()
        self.ended = ended

    def hang_up(self) -> None:
        """Close the way to its keeper, which hears of it and goes on."""
        orders, self._orders = self._orders, None
        if orders is not None:
            orders.close()

    def taken_by(self, rig: str, *, again: bool = False) -> None:
        self.rig, self.starts = rig, 0
        self.since_s = time.time() if again else None

    @property
    def life(self) -> str:
        return f"{self._lives}{self.starts}"

    @property
    def _lives(self) -> str:
        return f"{self.part} of {self.rig}, start "

    def own(self, log: list[str]) -> list[str]:
        """Return the lines that this rig's part wrote, without those of its keeper."""
        marks = [at for at, line in enumerate(log) if line.startswith(keeper.MARK)]
        first = next((at for at in marks if self._lives in log[at]), None)
        if first is None:  # not begun yet; or so much was written that the mark is gone
            return [] if marks else log
        return [line for line in log[first:] if not line.startswith(keeper.MARK)]


@dataclass(slots=True)
class Berths:
    """Every container of a run that is in somebody's hands, or waits."""

    _taken: dict[tuple[str, str], Berth] = field(default_factory=dict)
    _idle: dict[tuple[str, bool], list[Berth]] = field(default_factory=dict)
    _made: int = 0

    def number(self) -> int:
        """Return a number that no container of the run has yet."""
        self._made += 1
        return self._made

    def of(self, rig: str, part: str) -> Berth | None:
        """Return the one that a part has, also when the part has ended."""
        return self._taken.get((rig, part))

    def give(self, rig: str, berth: Berth, *, again: bool = False) -> None:
        berth.taken_by(rig, again=again)
        self._taken[rig, berth.part] = berth

    def reuse(self, rig: str, part: str, *, relayed: bool = False) -> Berth | None:
        """Give an idle one, the first that came; None if there is none that still runs.

        Shape: relayed is whether its part names a relay to its clients.
        """
        idle = self._idle.get((part, relayed), [])
        while idle:
            berth = idle.pop(0)
            if not berth.ended.done():
                self.give(rig, berth, again=True)
                return berth
        return None

    def leave(self, rig: str, berth: Berth) -> bool:
        """Take it from a rig. Returns False if it is not that one's any more."""
        if self._taken.get((rig, berth.part)) is not berth:
            return False
        del self._taken[rig, berth.part]
        return True

    def close(self) -> None:
        """Forget all of them: what they are in is about to be removed."""
        for berth in [*self._taken.values(), *chain.from_iterable(self._idle.values())]:
            berth.hang_up()
        self._taken.clear()
        self._idle.clear()

    def lie_idle(self, berth: Berth) -> None:
        self._idle.setdefault((berth.part, berth.relay is not None), []).append(berth)
