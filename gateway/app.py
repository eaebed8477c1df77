"""The gateway put together: settings in, servers out. The only module that knows everyone."""

import asyncio
import json
import os
import socket
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import uvloop

from gateway.admin.access import Door
from gateway.admin.port import Admin, Sources
from gateway.backends.lambda_config import LambdaConfig
from gateway.backends.lambda_signature import signer
from gateway.check import check, complain
from gateway.configuration import Configuration
from gateway.counters.local import LocalCounter
from gateway.counters.redis import RedisCounters
from gateway.document.entities import Snapshot
from gateway.document.fields import DocumentRefused
from gateway.document.loading import Unreadable, load_file
from gateway.document.reading import Surroundings
from gateway.events import EventMaker
from gateway.http.client import Client
from gateway.http.limits import Limits
from gateway.http.server import Server
from gateway.last_good.boot import boot
from gateway.links import control_plane_of, keeper_of, reporter_of
from gateway.listening import allow_files, bind, bound, same_as
from gateway.logs import Log
from gateway.metrics import Metrics
from gateway.pipeline import Outside
from gateway.policies.jwt import JwtConfig
from gateway.policies.order import KINDS
from gateway.proxy import Proxy
from gateway.publication import Publication
from gateway.settings import Settings, SettingsRefused, read_settings
from gateway.signals import Signals
from gateway.state import own
from gateway.status import Parts, prometheus, status
from gateway.tokens import algorithms
from gateway.witness import Witness

FLUSH_S = 5.0
FLUSH_BEFORE_SPILL_S = 2.0


class Gateway:
    """One gateway process: two ports, what they serve, and the links to the outside."""

    def __init__(self, settings: Settings, proxy: socket.socket, admin: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        self._settings = settings
        self._sockets = (proxy, admin)
        self._log = Log(settings.log_level)
        self._log.attach(loop)
        loop.set_exception_handler(self._surprised)
        self._client = Client()
        self._publication = Publication()
        self._outside = Outside(
            self._client,
            LocalCounter(),
            RedisCounters(self._log.warning),
            settings.redis,
            settings.transaction_header,
        )
        self._keeper = keeper_of(settings, self._log)
        self._configuration = Configuration(
            self._publication,
            self._outside,
            Surroundings(
                KINDS, same_as(bound(proxy)) + same_as(bound(admin)), settings.redis is not None
            ),
            self._keeper,
            self._log,
            self._warm,
        )
        self._control_plane = control_plane_of(
            settings, self._client, self._publication, self._configuration.offer, self._log
        )
        self._reporter = reporter_of(settings, self._client, self._log)
        self._metrics = Metrics()
        self._witness = self._witnessing()
        self._servers = (
            Server(
                Proxy(self._publication, self._witness, self._log, settings.transaction_header),
                Limits(connections=settings.connections, body_bytes=settings.body_bytes),
            ),
            Server(self._admin(bound(admin).host)),
        )
        self._background: set[asyncio.Future[Any]] = set()
        self._stopping = False

    # -- life

    async def serve(self) -> int:
        """Serve until a signal, then finish what is in flight; a second signal ends at once.

        Shape: the exit code, 0 or 128 and the number of the second signal.
        """
        signals = Signals()
        await self.start()
        announce(self.addresses())
        await signals.first
        stopping = asyncio.ensure_future(self.stop())
        await asyncio.wait((stopping, signals.second), return_when=asyncio.FIRST_COMPLETED)
        signals.ignore()
        if stopping.done():
            await stopping
            return 0
        stopping.cancel()
        await asyncio.wait((stopping,))
        await self.stop(at_once=True)
        return 128 + signals.second.result()

    async def start(self) -> None:
        for server, sock in zip(self._servers, self._sockets, strict=True):
            await server.start(sock)
        self._reporter.start()
        if self._control_plane is not None:
            self._in_background(self._control_plane.run())
            if self._keeper is not None:
                self._in_background(
                    boot(self._keeper, self._control_plane, self._configuration, self._log)
                )

    async def stop(self, at_once: bool = False) -> None:
        """Answer what was asked, deliver or spill what is to be reported, let go of everything."""
        self._stopping = True
        proxy, admin = self._servers
        await proxy.stop(0.0 if at_once else self._settings.drain_s)
        await self._witness.all_ended(1.0)
        flush_s = FLUSH_BEFORE_SPILL_S if self._settings.keeping.state else FLUSH_S
        await self._reporter.finish(0.0 if at_once else flush_s)
        if self._keeper is not None:
            await self._keeper.finish(0.0 if at_once else 1.0)
        await admin.stop(0.0)
        for task in self._background:
            task.cancel()
        self._outside.redis.close()
        self._client.close()
        self._log.flush()

    def addresses(self) -> dict[str, str]:
        proxy, admin = self._sockets
        return {"proxy": f"http://{bound(proxy)}", "admin": f"http://{bound(admin)}"}

    def load(self, path: Path) -> None:
        """Serve a file; Unreadable or DocumentRefused when it cannot be."""
        self._configuration.load(load_file(path)[0])

    async def offer(self, version: int, document: Any) -> None:
        """Serve a document if it is good, as if the control plane had sent it."""
        await self._configuration.offer(version, document)

    def status(self) -> dict[str, Any]:
        return status(self._parts())

    # -- the parts

    def _witnessing(self) -> Witness:
        settings, cloud = self._settings, self._settings.cloud
        account, environment = (cloud.token.account, cloud.environment) if cloud else ("", "")
        events = EventMaker(settings.name, account, environment)
        access = self._log if self._log.wants("info") else None
        return Witness(self._metrics, events, self._reporter, access)

    def _admin(self, host: str) -> Admin:
        access = self._settings.admin_access
        door = Door(access.names | {host, self._settings.admin.host.lower()}, access.token)
        sources = Sources(
            self._publication,
            self.status,
            lambda: prometheus(self._parts()),
            lambda: self._stopping,
            None if self._control_plane else self._configuration.replace,
        )
        return Admin(door, sources)

    def _parts(self) -> Parts:
        return Parts(
            self._settings,
            self._publication,
            self._control_plane,
            self._keeper,
            self._reporter,
            self._witness,
            self._metrics,
            self._outside.redis,
            self._servers,
        )

    # -- what the parts ask for

    def _warm(self, snapshot: Snapshot) -> None:
        """Import slow libraries in a thread, before the first request needs them."""
        for config, warm in ((JwtConfig, algorithms), (LambdaConfig, signer)):
            if any(isinstance(plugin.config, config) for plugin in snapshot.plugins):
                self._in_background(asyncio.to_thread(warm))

    def _in_background(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def _surprised(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        self._log.error(
            "unexpected", error=f"{context.get('message')}: {type(error).__name__}: {error}"
        )


def announce(addresses: dict[str, str]) -> None:
    """The one line that says that the gateway serves, and where."""
    sys.stdout.write(json.dumps(addresses) + "\n")
    sys.stdout.flush()


async def run(settings: Settings) -> int:
    allow_files(2 * settings.connections)  # each client may need an upstream
    with ExitStack() as held:
        proxy = held.enter_context(bind("--listen", settings.listen))
        admin = held.enter_context(bind("--admin", settings.admin))
        if settings.keeping.state is not None:
            held.callback(os.close, own(settings.keeping.state))
        gateway = Gateway(settings, proxy, admin)
        return await gateway.serve() if loaded(gateway, settings.config) else 1


def loaded(gateway: Gateway, config: Path | None) -> bool:
    """Whether the file, if there is one, is served; else everything that is wrong is said."""
    try:
        if config is not None:
            gateway.load(config)
    except Unreadable as error:
        complain(f"gateway: {error}")
        return False
    except DocumentRefused as refused:
        complain(*(f"gateway: {config}: {problem}" for problem in refused.problems))
        return False
    return True


def main(argv: Sequence[str] | None = None) -> int:
    try:
        settings = read_settings(sys.argv[1:] if argv is None else argv)
        if settings.check is not None:
            return check(settings.check, settings.redis is not None)
        return uvloop.run(run(settings))
    except SettingsRefused as error:
        complain(f"gateway: {error}")
        return 2
