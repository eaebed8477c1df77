"""The life of a service: bind, serve, say where in one JSON line, end quickly on SIGTERM."""

import asyncio
import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

from services.bell import Bell
from services.doors import Close, Door, bind, url_of
from services.failures import Failure


class Stop:
    """The wish to end, and the failure behind it if there is one."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()
        self.failure: Failure | None = None

    def ask(self, failure: Failure | None = None) -> None:
        """End the service; the first reason counts."""
        if not self._asked.is_set():
            self.failure = failure
            self._asked.set()

    async def asked(self) -> None:
        """Wait until somebody asks."""
        await self._asked.wait()


@contextmanager
def _nothing_more(_stop: Stop) -> Iterator[None]:
    yield


@dataclass(frozen=True, slots=True)
class Service:
    """What a service is: its doors, its bells, and what it does besides answering.

    `life` surrounds serving, inside the event loop. `warm_up` runs in a thread once the service
    serves: imports that the first request needs, but readiness does not.
    """

    name: str
    doors: tuple[Door, ...]
    bell: Bell = field(default_factory=Bell)
    life: Callable[[Stop], AbstractContextManager[None]] = _nothing_more
    warm_up: Callable[[], None] | None = None


def run(service: Service) -> int:
    """Serve until SIGTERM or SIGINT (0) or until the service gives up (its Failure)."""
    stop = asyncio.run(_serve(service))
    if stop.failure:
        raise stop.failure
    return 0


async def _serve(service: Service) -> Stop:
    stop = Stop()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.ask)
    listeners = [bind(service.name, door) for door in service.doors]
    with service.life(stop):
        closes: list[Close] = [
            await door.open(listener)
            for door, listener in zip(service.doors, listeners, strict=True)
        ]
        names = (door.key for door in service.doors)
        _announce(service.name, dict(zip(names, map(url_of, listeners), strict=True)))
        if service.warm_up:
            threading.Thread(target=service.warm_up, daemon=True).start()
        await stop.asked()
        service.bell.close()
        await asyncio.gather(*(close() for close in closes))
    return stop


def _announce(name: str, urls: dict[str, str]) -> None:
    try:
        sys.stdout.write(json.dumps(urls) + "\n")
        sys.stdout.flush()
    except (OSError, AttributeError):  # a closed standard output is no file at all
        sys.stdout = None  # or the interpreter would try once more
        raise Failure(f"{name}: nobody reads standard output; it says where it serves") from None
