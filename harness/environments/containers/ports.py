"""Ports of this machine for containers: chosen by us, because Docker's own choice changes at each restart."""

import contextlib
import random
import socket
from collections.abc import Callable, Iterable

from harness.environments.contract import CannotStart

_FROM, _TO = 20000, 32000
"""Below the range from which systems take the near ends of outgoing connections."""

_TRIES = 200


class NoPort(CannotStart):
    """Every port that was looked at is taken."""


class Ports:
    """Hands out free ports, none of them twice.

    A port may be taken between our look and Docker's bind, or by another run: whoever starts
    a container takes another one then and tries again.
    """

    def __init__(
        self, is_free: Callable[[int], bool] | None = None, chance: random.Random | None = None
    ) -> None:
        self._is_free = is_free or can_be_bound
        self._chance = chance or random.SystemRandom()
        self._given: set[int] = set()

    def take(self, inside: Iterable[int]) -> dict[int, int]:
        """Return a free port for each inside one.

        Errors: NoPort.
        """
        return {port: self._one() for port in inside}

    def give_back(self, taken: Iterable[int]) -> None:
        self._given.difference_update(taken)

    def _one(self) -> int:
        for _ in range(_TRIES):
            port = self._chance.randrange(_FROM, _TO)
            if port not in self._given and self._is_free(port):
                self._given.add(port)
                return port
        raise NoPort(f"no free port on 127.0.0.1 between {_FROM} and {_TO}: {_TRIES} are taken")


def can_be_bound(port: int) -> bool:
    with contextlib.closing(socket.socket()) as trial:
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
