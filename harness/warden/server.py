"""The warden's socket: what runner and workers may ask, and what the end of a connection means."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from harness import patience
from harness.environments.contract import CannotStart
from harness.warden import gauges
from harness.warden.estate import Estate
from harness.warden.publisher import NotServed
from harness.warden.rig import SHARED, Rig
from harness.warden.wire import LIMIT, EnvironmentDied, Refused, pack, unpack

RUNNER, WORKER, LISTENER = "runner", "worker", "listener"


class Connection:
    """One client: its role, and the rigs that end with it."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.role = ""
        self.rigs: set[str] = set()

    def send(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(ConnectionError):
            self.writer.write(pack(message))


class Server:
    """Answers clients until the runner's connection ends, or until somebody says `end`."""

    def __init__(self, estate: Estate, *, stay: bool) -> None:
        self.estate = estate
        self.stay = stay
        self.over = asyncio.Event()
        self._connections: set[Connection] = set()
        self._work: set[asyncio.Task[None]] = set()
        self._listening: asyncio.Server | None = None
        self._ops: dict[str, Callable[..., Awaitable[Any]]] = {
            "hello": self._hello,
            "begin": self._open_meanwhile,
            "plan": self._plan,
            "rig_open": self._rig_open,
            "rig_close": self._rig_close,
            "publish": self._publish,
            "fault": self._fault,
            "cloud_token": self._cloud_token,
            "alive": self._alive,
            "logs": self._logs,
            "drain": self._drain,
            "end": self._end,
        }

    async def listen(self, path: Path) -> None:
        self._listening = await asyncio.start_unix_server(self._serve, str(path), limit=LIMIT)

    def announce_death(self, text: str) -> None:
        for connection in self._connections:
            if connection.role == LISTENER:
                connection.send({"news": "died", "text": text})

    async def close(self, left: str = "") -> None:
        """Hang up on everybody: for clients this is the confirmed end. `left` is what remains."""
        if self._listening is not None:
            self._listening.close()
        for task in self._work:
            task.cancel()
        for connection in list(self._connections):
            connection.send({"news": "ended", "left": left})
            connection.writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(writer)
        self._connections.add(connection)
        try:
            while line := await reader.readline():
                message = unpack(line)
                if "record" in message:
                    self.estate.journal.take(message["record"])
                else:
                    self._begin(self._answer(connection, message))
        except (ConnectionError, ValueError, asyncio.CancelledError):
            pass  # the client is gone, was no client of ours, or the warden ends
        finally:
            self._connections.discard(connection)
            writer.close()
            self._begin(self._gone(connection))

    def _begin(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def _gone(self, connection: Connection) -> None:
        if connection.role == RUNNER and not self.stay:
            self.over.set()
        for name in list(connection.rigs):
            await self.estate.close_rig(name)

    async def _answer(self, connection: Connection, message: dict[str, Any]) -> None:
        answer: dict[str, Any] = {"id": message["id"]}
        try:
            op = self._ops[message["op"]]
            answer["result"] = await op(connection, **message["args"])
        except EnvironmentDied as error:
            answer["error"] = {"kind": "died", "text": str(error)}
        except (Refused, CannotStart, NotServed, TimeoutError) as error:
            kind = "died" if self.estate.death else "refused"
            answer["error"] = {"kind": kind, "text": self.estate.death or str(error)}
        except Exception as error:
            if not self.estate.death:
                answer["error"] = {"kind": "refused", "text": f"{type(error).__name__}: {error}"}
            else:
                answer["error"] = {"kind": "died", "text": self.estate.death}
        connection.send(answer)

    # --- what can be asked ---------------------------------------------------------------------

    async def _hello(self, connection: Connection, role: str) -> dict[str, Any]:
        connection.role = role
        return {
            "run": self.estate.run,
            "environment": self.estate.environment.name,
            "fidelity": dict(self.estate.environment.fidelity),
            "secrets": dict(self.estate.secrets),
            "mask_key": self.estate.mask_key.hex(),
            "folder": str(self.estate.held.path),
        }

    async def _open_meanwhile(self, connection: Connection, parts: list[str]) -> None:
        """Start opening the shared environment; whoever brings the plan hears how it went."""

        async def open_quietly() -> None:
            with contextlib.suppress(CannotStart):
                await self.estate.open_shared(frozenset(parts))

        self._begin(open_quietly())

    async def _plan(
        self,
        connection: Connection,
        digest: str,
        document: Any,
        scripts: Any,
        suffixes: list[str],
        parts: list[str],
    ) -> dict[str, Any]:
        async with asyncio.timeout(patience.PLAN_PUBLISHED_S):
            rig, done = await self.estate.publish_plan(
                digest, document, scripts, suffixes, frozenset(parts)
            )
        return {**self._facts(rig), **done.plain()}

    async def _rig_open(
        self, connection: Connection, parts: list[str], links: list[str], borrowed: list[str]
    ) -> dict[str, Any]:
        self.estate.rig(SHARED)
        async with asyncio.timeout(patience.RIG_OPEN_S):
            rig = await self.estate.open_rig(
                frozenset(parts), frozenset(links), frozenset(borrowed)
            )
        if connection not in self._connections:  # whoever asked for it is gone
            await self.estate.close_rig(rig.name)
        connection.rigs.add(rig.name)
        return self._facts(rig)

    async def _rig_close(self, connection: Connection, rig: str) -> None:
        connection.rigs.discard(rig)
        await self.estate.close_rig(rig)

    async def _publish(
        self, connection: Connection, rig: str, document: Any, scripts: Any, wait: bool
    ) -> dict[str, Any]:
        self._own(connection, rig, "publish to")
        done = await self.estate.publish(self.estate.rig(rig), document, scripts, wait=wait)
        return done.plain()

    async def _fault(
        self, connection: Connection, rig: str, action: str, target: str
    ) -> dict[str, Any]:
        self._own(connection, rig, "break")
        from harness.faults import FAULTS

        if action not in FAULTS:
            raise Refused(f"there is no fault {action!r}; there are {', '.join(sorted(FAULTS))}")
        found = await FAULTS[action](self.estate.rig(rig), target)
        noted = {key: value for key, value in found.items() if key != "addresses"}
        self.estate.journal.write("fault", rig=rig, action=action, target=target, **noted)
        return found

    async def _cloud_token(
        self, connection: Connection, rig: str, region: str, changes: dict[str, Any]
    ) -> str:
        self._own(connection, rig, "have a Cloud Token for")
        return self.estate.cloud_token(self.estate.rig(rig).identities[region], region, changes)

    async def _alive(self, connection: Connection) -> None:
        """Errors: EnvironmentDied when a part ended that should not."""
        if self.estate.death:
            raise EnvironmentDied(self.estate.death)

    async def _logs(self, connection: Connection, rig: str, part: str, lines: int) -> list[str]:
        resource = self.estate.rig(rig).resources.get(part)
        said = await resource.logs(lines) if resource else []
        return [self.estate.mask.text(line) for line in said]

    async def _drain(self, connection: Connection) -> dict[str, Any]:
        opened = [r for r in self.estate.journal.of("opened") if r["rig"] == SHARED]
        return {
            **await self.estate.drain(),
            "cost": gauges.measure(self.estate.pids),
            "opened": opened[0] if opened else {},
        }

    async def _end(self, connection: Connection) -> None:
        self.over.set()

    def _own(self, connection: Connection, rig: str, deed: str) -> None:
        if rig not in connection.rigs:
            raise Refused(
                f"only the owner of a rig may {deed} it; {rig} is not yours: "
                "open one with an @opens_rig Given"
            )

    def _facts(self, rig: Rig) -> dict[str, Any]:
        return {
            "rig": rig.name,
            "addresses": dict(rig.site.addresses),
            "secrets": dict(self.estate.secrets),
            "parts": sorted(rig.parts),
            "identities": {
                region: {
                    "account": one.account,
                    "environment": one.environment,
                    "index": one.index,
                }
                for region, one in rig.identities.items()
            },
            "critical_path": [
                {"part": s.name, "took_s": round(s.ready_s - s.began_s, 3)}
                for s in rig.critical_path()
            ],
        }
