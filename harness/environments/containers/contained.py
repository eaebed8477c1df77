"""One part in a container: its life from one start to its next end."""

import asyncio
from collections.abc import Callable, Mapping

from harness import patience
from harness.environments.containers import broker, complaints, keeper, recipes
from harness.environments.containers.berths import Berth
from harness.environments.containers.engine import Engine
from harness.environments.containers.readiness import is_announced, is_emptied, pongs, until
from harness.environments.containers.recipes import Recipe
from harness.environments.contract import CannotStart
from harness.environments.kafka_topic import CannotBeMade, Topic


class Contained:
    """A part that was started. One that is started again gets another one of these, same berth.

    Shape: `leave` is told that the berth is free, and whether another part may have it.
    """

    addresses: Mapping[str, str]
    inside: Mapping[str, str]

    def __init__(
        self,
        made: Recipe,
        engine: Engine,
        berth: Berth,
        leave: Callable[["Contained", bool], None],
    ) -> None:
        self.addresses, self.inside = {}, {}
        self.end_expected = False
        self._made = made
        self._engine = engine
        self._berth = berth
        self._container = berth.container
        self._exit = berth.ended
        self._leave = leave
        self._paused = False
        self._serves = False
        self._topic: Topic | None = None

    @property
    def name(self) -> str:
        return self._berth.part

    @property
    def pid(self) -> int:
        """The container's first process: the part's keeper, or the part."""
        return int(self._container.attrs["State"].get("Pid", 0))

    async def look(self) -> None:
        """Learn as which process the container runs."""
        await self._engine.do(f"look at {self.name}", self._container.reload)

    async def begin(self, *, keeps: bool) -> None:
        """Have its keeper begin it; a part without one has begun with its container.

        Shape:  keeps is whether it finds what it had.
        Errors: CannotStart.
        """
        if self._made.has_keeper:
            order = self._made.order(self._berth.life, keeps=keeps)
            await self._engine.do(f"begin {self.name}", self._berth.order, order)

    async def ready(self) -> None:
        """Wait until the part has said, or shown, that it serves.

        Errors: CannotStart with its last log line.
        """
        self._serves = await (self._announced() if self._made.has_keeper else self._shown())
        if not self._serves:
            raise CannotStart(await self._why_not())

    async def _announced(self) -> bool:
        line = await self._engine.hear(
            self._container,
            keeper.mark(self._berth.life),
            self._since_s,
            patience.CONTAINER_READY_S,
        )
        if line is None:
            await asyncio.wait([self._exit], timeout=patience.CONTAINER_END_HEARD_S)
            return False
        return is_announced(line, self.name)

    @property
    def _since_s(self) -> float | None:
        """From when on there may be lines of this part: Docker dates them, a keeper marks them."""
        since_s = self._berth.since_s
        slack_s = patience.CLOCKS_DIFFER_S if self._made.has_keeper else 0.0
        return None if since_s is None else since_s - slack_s

    async def _shown(self) -> bool:
        return await until(
            self._pongs if self._made.shows == "ping" else self._has_topic,
            self._exit,
            patience.CONTAINER_READY_S,
            patience.CONTAINER_POLL_S,
        )

    @property
    def _port(self) -> int:
        return next(iter(self._berth.published.values()))

    async def _pongs(self) -> bool:
        return await pongs(self._port)

    async def _has_topic(self) -> bool:
        if self._topic is None:
            at = f"127.0.0.1:{self._port}"
            self._topic = Topic(at, self._made.topic, broker.PARTITIONS)
        try:
            return await asyncio.to_thread(self._topic.is_made)
        except CannotBeMade as error:
            raise CannotStart(f"{self.name}: {error}") from None

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
        """Return the last lines that it wrote since its rig has the berth."""
        try:
            said: bytes = await self._engine.do(
                f"read the log of {self.name}", self._container.logs, since=self._since_s
            )
        except CannotStart:
            return []  # removed meanwhile
        return self._berth.own(said.decode(errors="replace").splitlines())[-lines:]

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
        await self.look()
        return bool(self._container.attrs["State"]["Paused"])

    async def end(self) -> None:
        """Leave the berth, with nothing of this part in it."""
        self.expect_end()
        self._leave(self, self._serves and not self._paused and not self._exit.done())

    async def vacate(self) -> bool:
        """Leave nothing of itself in its berth. Returns False, or raises, if that cannot be done.

        Errors: CannotStart.
        """
        if self._made.has_keeper:
            await self._engine.do(f"end {self.name}", self._berth.order, recipes.NOTHING)
            return True
        if self._topic is not None:
            return await asyncio.to_thread(self._topic.is_dropped)
        return await is_emptied(self._port)
