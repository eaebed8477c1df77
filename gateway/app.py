"""The gateway put together: settings in, servers out. The only module that knows everyone."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from gateway.admin import Admin
from gateway.backends.lambda_function import LambdaConfig, signer
from gateway.control_plane import ControlPlane
from gateway.counters.local import LocalCounter
from gateway.counters.redis import RedisCounters
from gateway.document.entities import Snapshot
from gateway.document.fields import DocumentRefused, Problem
from gateway.document.loading import Unreadable, load_file
from gateway.document.reading import Surroundings, read_snapshot
from gateway.events import EventMaker
from gateway.gate import Gate
from gateway.http.client import Client
from gateway.http.server import Server
from gateway.listening import bind, bound, same_as
from gateway.logs import Log
from gateway.pipeline import Outside, Pipeline
from gateway.policies.jwt import JwtConfig
from gateway.policies.order import KINDS
from gateway.policies.rate_limiting import RateLimitingConfig
from gateway.proxy import Proxy
from gateway.publication import Publication
from gateway.reporter import Reporter
from gateway.settings import Settings, SettingsRefused, read_settings
from gateway.tokens import algorithms

DRAIN_S = 30.0
FLUSH_S = 5.0
FILE_VERSION = 1


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
        listeners = same_as(bound(proxy)) + same_as(bound(admin))
        self._surroundings = Surroundings(KINDS, listeners, settings.redis is not None)
        self._reporter = Reporter(self._reports_gate(), self._log)
        cloud = settings.cloud
        events = EventMaker(
            settings.name,
            cloud.token.account if cloud else "",
            cloud.environment if cloud else "",
        )
        self._proxy = Proxy(
            self._publication, self._reporter, events, self._log, settings.transaction_header
        )
        self._servers = (
            Server(self._proxy),
            Server(Admin(self._publication, self.status, bound(admin).host)),
        )
        self._control_plane = self._link() if settings.config is None else None
        self._warming: set[asyncio.Future[Any]] = set()
        self._reports: asyncio.Task[None]
        self._sync: asyncio.Task[None] | None = None

    # -- life

    async def serve(self) -> None:
        """Serve until SIGTERM or SIGINT, then finish what is in flight and flush the reports."""
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await self.start()
        announce(self.addresses())
        await stop.wait()
        await self.stop()

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        for server, sock in zip(self._servers, self._sockets, strict=True):
            await server.start(sock)
        self._reports = loop.create_task(self._reporter.run())
        if self._control_plane is not None:
            self._sync = loop.create_task(self._control_plane.run())

    async def stop(self) -> None:
        """Answer what was asked, deliver what is to be reported, let go of everything."""
        if self._sync is not None:
            self._sync.cancel()
        proxy, admin = self._servers
        await proxy.stop(DRAIN_S)
        await admin.stop(0.0)
        self._reporter.stop()
        try:
            async with asyncio.timeout(FLUSH_S):
                await self._reports
        except TimeoutError:
            self._log.error("reports lost at the end", events=self._reporter.queued)
        self._outside.redis.close()
        self._client.close()
        self._log.flush()

    def addresses(self) -> dict[str, str]:
        names = ("proxy", "admin")
        return {
            name: f"http://{bound(sock)}" for name, sock in zip(names, self._sockets, strict=True)
        }

    # -- configuration

    def load(self, path: Path) -> None:
        """Serve a file; Unreadable or DocumentRefused when it cannot be."""
        raw, content = load_file(path)
        self._publish(
            read_snapshot(raw, self._surroundings), FILE_VERSION, sha256(content).hexdigest()
        )

    def _offered(self, version: int, document: Any) -> None:
        """A document from the control plane: served if it is good, else the old one stays."""
        try:
            snapshot = read_snapshot(document, self._surroundings)
        except DocumentRefused as refused:
            self._publication.refuse(version, refused.problems)
            serving = self._publication.version
            for problem in refused.problems:
                self._log.error(f"document refused: {problem}", version=version, serving=serving)
            return
        digest = sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
        self._publish(snapshot, version, digest)

    def _publish(self, snapshot: Snapshot, version: int, digest: str) -> None:
        self._publication.publish(Pipeline(snapshot, self._outside), version, digest)
        self._outside.redis.keep_only(redis_addresses(snapshot, self._outside))
        self._warm(snapshot)
        self._log.info("serving", version=version, routes=len(snapshot.routes))

    def _warm(self, snapshot: Snapshot) -> None:
        """Import slow libraries in a thread, before the first request needs them."""
        for config, warm in ((JwtConfig, algorithms), (LambdaConfig, signer)):
            if any(isinstance(plugin.config, config) for plugin in snapshot.plugins):
                warming = asyncio.get_running_loop().run_in_executor(None, warm)
                self._warming.add(warming)
                warming.add_done_callback(self._warming.discard)

    # -- links

    def _link(self) -> ControlPlane | None:
        cloud = self._settings.cloud
        if cloud is None:
            return None
        gate = Gate(self._client, cloud.gate, cloud.token.raw, self._settings.gate_ca)
        return ControlPlane(
            gate, cloud.environment, self._settings.name, self._served, self._offered, self._log
        )

    def _reports_gate(self) -> Gate | None:
        cloud, url = self._settings.cloud, self._settings.reports
        if cloud is None or url is None:
            return None
        return Gate(self._client, url, cloud.token.raw, self._settings.gate_ca)

    def _served(self) -> tuple[int | None, int | None]:
        refused = self._publication.refused
        return self._publication.version, refused.version if refused else None

    def _surprised(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        self._log.error(
            "unexpected", error=f"{context.get('message')}: {type(error).__name__}: {error}"
        )

    # -- status

    def status(self) -> dict[str, Any]:
        publication, settings = self._publication, self._settings
        cloud = settings.cloud
        return {
            "name": settings.name,
            "version": publication.version,
            "document_hash": publication.document_hash,
            "ready": publication.pipeline is not None,
            "source": self._source(),
            "environment": cloud.environment if cloud else None,
            "account": cloud.token.account if cloud else None,
            "reports": self._reports_status(),
            "requests": self._proxy.requests,
            "in_flight": self._servers[0].in_flight,
            "pid": os.getpid(),
        }

    def _source(self) -> dict[str, Any]:
        refused, link = self._publication.refused, self._control_plane
        cloud = self._settings.cloud
        return {
            "kind": "cloud-gate" if link else "file",
            "location": cloud.gate if link and cloud else str(self._settings.config),
            "connected": link.connected if link else True,
            "error": link.error if link else None,
            "refused": refused
            and {"version": refused.version, "errors": list(map(problem_json, refused.problems))},
        }

    def _reports_status(self) -> dict[str, Any]:
        tally = self._reporter.tally
        return {
            "enabled": self._reporter.enabled,
            "produced": tally.produced,
            "delivered": tally.delivered,
            "queued": self._reporter.queued,
            "dropped": tally.dropped,
            "error": tally.error,
        }


def problem_json(problem: Problem) -> dict[str, str]:
    return {"pointer": problem.pointer, "message": problem.message}


def redis_addresses(snapshot: Snapshot, outside: Outside) -> set[Any]:
    """Every Redis that the snapshot counts in."""
    configs = [plugin.config for plugin in snapshot.plugins]
    return {
        config.redis or outside.default_redis
        for config in configs
        if isinstance(config, RateLimitingConfig) and config.policy == "redis"
    }


def announce(addresses: dict[str, str]) -> None:
    """The one line that says that the gateway serves, and where."""
    sys.stdout.write(json.dumps(addresses) + "\n")
    sys.stdout.flush()


def complain(*lines: str) -> None:
    for line in lines:
        sys.stderr.write(f"{line}\n")


def check(path: Path, redis: bool) -> int:
    """Say what is wrong with a document."""
    try:
        snapshot = read_snapshot(load_file(path)[0], Surroundings(KINDS, (), redis))
    except Unreadable as error:
        complain(str(error))
        return 1
    except DocumentRefused as refused:
        complain(*(f"{path}: {problem}" for problem in refused.problems))
        return 1
    complain(*(f"{path}: warning: {warning}" for warning in snapshot.warnings))
    counts = ", ".join(
        f"{len(found)} {name if len(found) != 1 else name[:-1]}"
        for name in ("services", "routes", "consumers", "plugins")
        for found in (getattr(snapshot, name),)
    )
    sys.stdout.write(f"{path}: ok ({counts})\n")
    return 0


async def run(settings: Settings) -> int:
    proxy, admin = bind("--listen", settings.listen), bind("--admin", settings.admin)
    gateway = Gateway(settings, proxy, admin)
    if settings.config is not None:
        try:
            gateway.load(settings.config)
        except Unreadable as error:
            complain(f"gateway: {error}")
            return 1
        except DocumentRefused as refused:
            complain(*(f"gateway: {settings.config}: {problem}" for problem in refused.problems))
            return 1
    await gateway.serve()
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    try:
        settings = read_settings(sys.argv[1:] if argv is None else argv)
        if settings.check is not None:
            return check(settings.check, settings.redis is not None)
        return asyncio.run(run(settings))
    except SettingsRefused as error:
        complain(f"gateway: {error}")
        return 2
