"""One part in a container: its life from one start to its next end."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from harness import patience
from harness.environments.containers import broker, complaints, recipes
from harness.environments.containers.engine import Engine
from harness.environments.containers.readiness import TopicMaker, announced, pongs, until
from harness.environments.contract import CannotStart

_NEVER = "0001-01-01"
"""How Docker writes the end of a container that has not ended yet."""


class Contained:
    """A started container. A part that is started again gets another one of these, same container."""

    addresses: Mapping[str, str]
    inside: Mapping[str, str]

    def __init__(
        self,
        name: str,
        engine: Engine,
        container: Any,
        exit_code: "asyncio.Future[int]",
        remove: Callable[[], None],
    ) -> None:
        self.name = name
        self.addresses, self.inside = {}, {}
        self.end_expected = False
        self._engine = engine
        self._container = container
        self._exit = exit_code
        self._remove = remove
        self._state: Mapping[str, Any] = {}
        self._paused = False

    @property
    def pid(self) -> int:
        return int(self._state.get("Pid", 0))

    async def look(self) -> None:
        """Learn when the container was started, and as which process."""
        await self._engine.do(f"look at {self.name}", self._container.reload)
        self._state = self._container.attrs["State"]

    async def ready(self, shows: str, port: int) -> None:
        """Wait until the part has said, or shown, that it serves.

        Errors: CannotStart with its last log line.
        """
        holds = {"line": self._told, "ping": lambda: pongs(port), "topic": self._asked(port)}
        if not await until(
            holds[shows], self._exit, patience.CONTAINER_READY_S, patience.CONTAINER_POLL_S
        ):
            raise CannotStart(await self._why_not())

    async def _told(self) -> bool:
        said = await self._engine.do(
            f"read the log of {self.name}", self._container.logs, stderr=False, since=self._since
        )
        return announced(said, self.name) is not None

    @property
    def _since(self) -> float | None:
        """When the life before this one ended; None in the first. Units: seconds since the epoch.

        Not when this one began: a quick part has spoken before Docker notes that it runs.
        """
        ended = str(self._state.get("FinishedAt", _NEVER))
        return None if ended.startswith(_NEVER) else epoch_s(ended)

    def _asked(self, port: int) -> Callable[[], Awaitable[bool]]:
        asking: list[TopicMaker] = []

        async def ask() -> bool:
            if not asking:
                asking.append(TopicMaker(port, recipes.TOPIC, broker.PARTITIONS))
            return await asyncio.to_thread(asking[0].is_made)

        return ask

    async def _why_not(self) -> str:
        said = [line for line in await self.logs(20) if line.strip()]
        last = said[-1] if said else "it said nothing"
        if self._exit.done():
            return f"{self.name} ended with {self._exit.result()} before it served: {last}"
        return f"{self.name} did not serve within {patience.CONTAINER_READY_S:g} s (last: {last})"

    async def ended(self) -> int:
        """Wait for the end and return the exit code, negative for a signal."""
        return await asyncio.shield(self._exit)

    async def logs(self, lines: int) -> list[str]:
        try:
            said: bytes = await self._engine.do(
                f"read the log of {self.name}", self._container.logs, tail=lines
            )
        except CannotStart:
            return []  # removed meanwhile
        return said.decode(errors="replace").splitlines()

    def expect_end(self) -> None:
        self.end_expected = True

    async def kill(self) -> None:
        self.expect_end()
        await self._signal("SIGKILL")

    async def terminate(self) -> None:
        """Tell it to end; whether it does is to be seen."""
        self.expect_end()
        await self._signal("SIGTERM")

    async def _signal(self, signal: str) -> None:
        self._paused = False  # Docker lets a frozen one go on, so that the signal arrives
        if not self._exit.done():
            await self._engine.do(
                f"send {signal} to {self.name}", self._container.kill, signal=signal
            )

    async def pause(self) -> None:
        """Freeze it. Errors: CannotStart when it could not be caught in time."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + patience.FAULT_BITES_S
        while not await self._caught(last_try=loop.time() >= deadline):
            await asyncio.wait([self._exit], timeout=patience.CONTAINER_POLL_S)
        self._paused = True

    async def _caught(self, *, last_try: bool) -> bool:
        """On a busy machine the runtime may give up freezing, and lets everything go on."""
        try:
            await self._engine.do(f"pause {self.name}", self._container.pause)
        except CannotStart as error:
            if last_try or self._exit.done() or not complaints.is_freeze_missed(str(error)):
                raise
            return False
        return True

    async def resume(self) -> None:
        if self._paused and not self._exit.done():
            self._paused = False
            await self._engine.do(f"resume {self.name}", self._container.unpause)

    async def stands_still(self) -> bool:
        await self._engine.do(f"look at {self.name}", self._container.reload)
        return bool(self._container.attrs["State"]["Paused"])

    async def end(self) -> None:
        """Have it removed, with everything it holds."""
        self.expect_end()
        self._remove()


def epoch_s(written: str) -> float:
    """Return the seconds since the epoch of a time as Docker writes it, with nanoseconds."""
    from datetime import datetime

    seconds, _, fraction = written.removesuffix("Z").partition(".")
    whole = datetime.fromisoformat(f"{seconds}+00:00").timestamp()
    return whole + int(fraction[:6].ljust(6, "0") or 0) / 1e6
