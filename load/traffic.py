"""Callers of every kind, at a steady rate, bounded in number."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable

from load.surroundings import token
from load.wire import read_message, request

MOST_AT_ONCE = 100
PATIENCE_S = 20.0
BIG_BODY = b"x" * 256 * 1024
SLOW_STEP_S = 0.1

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Traffic:
    """Calls one gateway. `calls` counts by kind, `unexpected` what should not have been answered."""

    def __init__(self, port: int, seed: int) -> None:
        self._port = port
        self._dice = random.Random(seed)
        self._idle: list[Connection] = []
        self._under_way: set[asyncio.Task[None]] = set()
        self._good = token(kid="caller", exp=int(time.time()) + 7 * 24 * 3600)
        self._stale = token(kid="caller", exp=1)
        self.calls: Counter[str] = Counter()
        self.unexpected: Counter[str] = Counter()
        self._kinds: dict[str, tuple[int, Callable[[], Awaitable[None]]]] = {
            "plain": (35, lambda: self._ask("plain", 200, request("GET", "/plain/1?a=b"))),
            "keyed": (20, lambda: self._ask("keyed", 200, self._keyed("/keyed/1", self._good))),
            "counted": (15, lambda: self._ask("counted", 200, self._keyed("/counted", self._good))),
            "unknown": (5, lambda: self._ask("unknown", 404, request("GET", "/nowhere"))),
            "anonymous": (5, lambda: self._ask("anonymous", 401, request("GET", "/keyed"))),
            "stale": (5, lambda: self._ask("stale", 401, self._keyed("/keyed", self._stale))),
            "spent": (5, lambda: self._ask("spent", None, request("GET", "/spent"))),
            "big": (4, lambda: self._ask("big", 200, request("POST", "/plain", BIG_BODY))),
            "slow": (3, self._slow),
            "aborted": (3, self._aborted),
        }

    async def run(self, rate: float, seconds: float) -> None:
        """Begin `rate` calls a second; what cannot begin because all places are taken is left out."""
        kinds, weights = list(self._kinds), [weight for weight, _ in self._kinds.values()]
        began, due = time.monotonic(), 0
        while (passed_s := time.monotonic() - began) < seconds:
            for kind in self._dice.choices(kinds, weights, k=max(0, int(passed_s * rate) - due)):
                due += 1
                if len(self._under_way) < MOST_AT_ONCE:
                    self._begin(kind)
            await asyncio.sleep(0.01)

    async def end(self) -> None:
        """Let every caller finish, and leave."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=PATIENCE_S)
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        while self._idle:
            self._idle.pop()[1].close()

    def _begin(self, kind: str) -> None:
        self.calls[kind] += 1
        task = asyncio.ensure_future(self._bounded(kind))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _bounded(self, kind: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._kinds[kind][1]()
        except (OSError, TimeoutError) as error:
            self.unexpected[f"{kind} {type(error).__name__}"] += 1

    def _keyed(self, target: str, bearer: str) -> bytes:
        return request("GET", target, Authorization=f"Bearer {bearer}")

    async def _connect(self) -> Connection:
        return await asyncio.open_connection("127.0.0.1", self._port)

    async def _kept(self) -> Connection:
        """A connection that was used before and is still open, else a new one."""
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof():
                return reader, writer
            writer.close()
        return await self._connect()

    async def _ask(self, kind: str, expected: int | None, message: bytes) -> None:
        """One call on a connection that is kept; None expects an answer or a refused quota."""
        reader, writer = await self._kept()
        writer.write(message)
        found = await read_message(reader)
        status = found.status if found else 0
        if status not in ((expected,) if expected else (200, 429)):
            self.unexpected[f"{kind} {status}"] += 1
        if found is not None and found.fields.get("connection") != "close":
            self._idle.append((reader, writer))
        else:
            writer.close()

    async def _slow(self) -> None:
        """A client that takes a second for its head and its body."""
        reader, writer = await self._connect()
        message = request("POST", "/plain", b"slow body " * 10)
        step = len(message) // 10 + 1
        for place in range(0, len(message), step):
            writer.write(message[place : place + step])
            await asyncio.sleep(SLOW_STEP_S)
        found = await read_message(reader)
        if found is None or found.status != 200:
            self.unexpected["slow"] += 1
        writer.close()

    async def _aborted(self) -> None:
        """A client that leaves: in the head, in the body, or before the answer."""
        _, writer = await self._connect()
        message = request("POST", "/plain", BIG_BODY)
        end = self._dice.choice((20, 1000, len(message)))
        writer.write(message[:end])
        await asyncio.sleep(self._dice.random() / 100)
        writer.transport.abort()
