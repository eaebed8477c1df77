"""What the gateway's tests share: a gateway in this process, an upstream, a Redis, callers, tokens."""

import asyncio
import json
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import uvloop
from httptools import HttpRequestParser, HttpResponseParser
from hypothesis import HealthCheck, settings
from joserfc import jwt
from joserfc.jwk import OctKey

from gateway.app import Gateway
from gateway.document.fields import Fields, Problem
from gateway.document.plugins import PluginKind
from gateway.exchange import Exchange
from gateway.http.body import whole
from gateway.http.headers import index
from gateway.http.messages import Request
from gateway.listening import bind
from gateway.settings import read_settings

# A busy machine is no reason to fail: properties are about values, not about time.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

SECRET = "a secret of sufficient length for HS256, HS384 and also for HS512, which wants more."


@pytest.fixture(autouse=True)
def the_loop_of_the_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested runs on the loop that it is served on."""
    monkeypatch.setattr(asyncio, "run", uvloop.run)


def find_redis_server() -> str | None:
    """A redis-server: beside this Python, else on the PATH."""
    prefix = Path(sys.prefix)
    for candidate in (prefix / "bin/redis-server", prefix / "redis/redis-server"):
        if candidate.is_file():
            return str(candidate)
    return shutil.which("redis-server")


@dataclass
class Redis:
    """A real Redis on a unix socket, which can be killed, frozen and started again."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def path(self) -> str:
        return str(self.folder / "redis.sock")

    @property
    def url(self) -> str:
        return f"unix://{self.path}"

    def start(self) -> None:
        server = find_redis_server()
        assert server is not None
        self.process = subprocess.Popen(
            [
                server,
                "--port",
                "0",
                "--unixsocket",
                self.path,
                "--save",
                "",
                "--dir",
                str(self.folder),
            ],
            stdout=subprocess.DEVNULL,
        )
        self.command("PING")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def command(self, *words: str) -> Any:
        """One command on a connection of its own, waiting until Redis is there."""
        import redis

        deadline = time.monotonic() + 5
        while True:
            try:
                with redis.Redis(unix_socket_path=self.path, decode_responses=True) as client:
                    return client.execute_command(*words)
            except redis.ConnectionError:
                if time.monotonic() > deadline:
                    raise


@pytest.fixture(scope="session")
def redis_process() -> Iterator[Redis]:
    if find_redis_server() is None:
        pytest.skip("no redis-server beside this Python or on the PATH")
    with tempfile.TemporaryDirectory(prefix="gw-") as folder:
        server = Redis(Path(folder))
        server.start()
        yield server
        server.kill()


@pytest.fixture
def redis_server(redis_process: Redis) -> Redis:
    """The session's Redis, emptied."""
    redis_process.command("FLUSHALL")
    return redis_process


@pytest.fixture
def own_redis() -> Iterator[Redis]:
    """A Redis of the test's own, to be broken."""
    if find_redis_server() is None:
        pytest.skip("no redis-server beside this Python or on the PATH")
    with tempfile.TemporaryDirectory(prefix="gw-") as folder:
        server = Redis(Path(folder))
        server.start()
        yield server
        server.kill()


@dataclass
class Arrival:
    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes

    def values(self, name: str) -> list[str]:
        return [value for field, value in self.headers if field.lower() == name.lower()]


Behaviour = Callable[[Arrival, asyncio.StreamWriter], Awaitable[None]]


async def say_ok(arrival: Arrival, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


@dataclass
class Upstream:
    """A small HTTP server that keeps what arrives and answers as it is told."""

    behaviour: Behaviour = say_ok
    arrivals: list[Arrival] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    tls: ssl.SSLContext | None = None

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}" if self.tls else f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        inbox = Inbox()
        parser = HttpRequestParser(inbox)
        inbox.parser = parser
        try:
            while data := await reader.read(65536):
                parser.feed_data(data)
                while inbox.complete:
                    arrival = inbox.complete.pop(0)
                    self.arrivals.append(arrival)
                    await self.behaviour(arrival, writer)
                    if writer.is_closing():
                        return
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


class Inbox:
    """Collects requests out of httptools' callbacks."""

    def __init__(self) -> None:
        self.complete: list[Arrival] = []
        self.parser: Any = None

    def on_message_begin(self) -> None:
        self.url, self.headers, self.body = b"", [], b""

    def on_url(self, part: bytes) -> None:
        self.url += part

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_body(self, part: bytes) -> None:
        self.body += part

    def on_message_complete(self) -> None:
        self.complete.append(
            Arrival(
                self.parser.get_method().decode(),
                self.url.decode("latin-1"),
                self.headers,
                self.body,
            )
        )


@dataclass
class Answered:
    status: int
    headers: list[tuple[str, str]]
    body: bytes
    whole: bool = True

    def __getitem__(self, name: str) -> str:
        return ", ".join(self.values(name))

    def values(self, name: str) -> list[str]:
        return [value for field, value in self.headers if field.lower() == name.lower()]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def message(self) -> str:
        return str(self.json["message"])


class Answers:
    """Collects responses out of httptools' callbacks."""

    def __init__(self) -> None:
        self.found: list[Answered] = []
        self.parser = HttpResponseParser(self)

    def on_message_begin(self) -> None:
        self.headers: list[tuple[str, str]] = []

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        self.found.append(Answered(self.parser.get_status_code(), self.headers, b"", whole=False))

    def on_body(self, part: bytes) -> None:
        self.found[-1].body += part

    def on_message_complete(self) -> None:
        self.found[-1].whole = True


class Caller:
    """One client connection to a gateway."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.answers = Answers()

    def send(self, raw: bytes) -> None:
        self.writer.write(raw)

    async def answer(self, count: int = 1, bodiless: bool = False) -> Answered:
        """The answer number `count` on this connection, or what there is of it when it closes."""
        async with asyncio.timeout(5):
            while len(self.answers.found) < count or not (
                bodiless or self.answers.found[count - 1].whole
            ):
                data = await self.reader.read(65536)
                if not data:
                    break
                self.answers.parser.feed_data(data)
        return self.answers.found[count - 1]

    async def closed(self) -> bytes:
        """What still comes until the gateway closes."""
        async with asyncio.timeout(5):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""

    def close(self) -> None:
        self.writer.close()


@dataclass
class Running:
    """A gateway in this process."""

    gateway: Gateway
    proxy: int
    admin: int

    async def connect(self) -> Caller:
        return Caller(*await asyncio.open_connection("127.0.0.1", self.proxy))

    async def get(
        self,
        path: str,
        headers: dict[str, str] | None = None,
        method: str = "GET",
        body: bytes = b"",
    ) -> Answered:
        """One request on a connection of its own."""
        return await ask(self.proxy, path, headers or {}, method, body)

    async def ask_admin(
        self,
        path: str,
        headers: dict[str, str] | None = None,
        method: str = "GET",
        body: bytes = b"",
    ) -> Answered:
        return await ask(self.admin, path, {"Host": "localhost", **(headers or {})}, method, body)


async def ask(port: int, path: str, headers: dict[str, str], method: str, body: bytes) -> Answered:
    caller = Caller(*await asyncio.open_connection("127.0.0.1", port))
    lines = [f"{method} {path} HTTP/1.1"]
    if "Host" not in headers:
        lines.append("Host: gateway.test")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    caller.send("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
    try:
        return await caller.answer(bodiless=method == "HEAD")
    finally:
        caller.close()


@asynccontextmanager
async def an_upstream(
    behaviour: Behaviour = say_ok, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Upstream]:
    upstream = Upstream(behaviour, tls=tls)
    tasks: set[asyncio.Task[Any]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        await upstream.serve(reader, writer)
        tasks.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    upstream.port = server.sockets[0].getsockname()[1]
    try:
        yield upstream
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def a_gateway(document: Any = None, *arguments: str) -> AsyncIterator[Running]:
    """A gateway that serves the document; without one, the arguments say where it comes from."""
    with tempfile.TemporaryDirectory(prefix="gw-") as made:
        argv = [
            *arguments,
            "--log-level",
            "error",
            "--listen",
            "127.0.0.1:0",
            "--admin",
            "127.0.0.1:0",
        ]
        if document is not None:
            path = Path(made) / "gateway.json"
            path.write_text(json.dumps(document))
            argv += ["--config", str(path)]
        settings = read_settings(argv, {})
        sockets = bind("--listen", settings.listen), bind("--admin", settings.admin)
        gateway = Gateway(settings, *sockets)
        if settings.config is not None:
            gateway.load(settings.config)
        await gateway.start()
        ports = [sock.getsockname()[1] for sock in sockets]
        try:
            yield Running(gateway, *ports)
        finally:
            await gateway.stop()


def a_token(
    claims: dict[str, Any], secret: str = SECRET, algorithm: str = "HS256", **header: Any
) -> str:
    key = OctKey.import_key(secret)
    return jwt.encode({"alg": algorithm, **header}, claims, key, algorithms=[algorithm])


def a_document(url: str, *plugins: Any, **route: Any) -> dict[str, Any]:
    """One service at /users with the plugins, and one consumer who can sign."""
    return {
        "_format_version": "3.0",
        "services": [
            {
                "name": "users",
                "url": url,
                "retries": 2,
                "read_timeout": 2000,
                "routes": [{"name": "users", "paths": ["/users"], **route}],
                "plugins": list(plugins),
            }
        ],
        "consumers": [{"username": "acme", "jwt_secrets": [{"key": "acme-key", "secret": SECRET}]}],
    }


async def until(condition: Callable[[], Any]) -> None:
    """Wait until the condition holds."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - any condition, not one that could be an Event
            await asyncio.sleep(0.002)


@pytest.fixture(scope="session")
def world() -> SimpleNamespace:
    """The tools above, for tests: a conftest cannot be imported."""
    return SimpleNamespace(
        upstream=an_upstream,
        gateway=a_gateway,
        token=a_token,
        document=a_document,
        until=until,
        ask=ask,
        secret=SECRET,
    )


def an_exchange(
    method: str = "GET",
    target: str = "/users",
    headers: list[tuple[str, str]] | None = None,
    body: bytes = b"",
    **more: Any,
) -> Exchange:
    """An exchange as the proxy makes it, outside of any connection; `more` sets its fields."""
    fields = [(name.encode(), value.encode("latin-1")) for name, value in headers or []]
    request = Request(
        method=method,
        target=target.encode("latin-1"),
        version="1.1",
        headers=fields,
        first=index(fields),
        body=whole(body),
        peer=("127.0.0.1", 40000),
        local=("127.0.0.1", 8000),
        keep_alive=True,
    )
    exchange = Exchange(request, "r" * 32, "t", 0.0, 1_700_000_000.5)
    exchange.raw_path, mark, query = target.partition("?")
    exchange.path, exchange.host = exchange.raw_path, "gateway.test"
    exchange.query = query.encode("latin-1") if mark else None
    for name, value in more.items():
        setattr(exchange, name, value)
    return exchange


def a_config(kind: PluginKind, **config: Any) -> Any:
    """The config of a plugin; AssertionError with every problem when it is refused."""
    read, problems = config_and_problems(kind, config)
    assert problems == []
    return read


def config_problems(kind: PluginKind, **config: Any) -> list[str]:
    return config_and_problems(kind, config)[1]


def config_and_problems(kind: PluginKind, config: dict[str, Any]) -> tuple[Any, list[str]]:
    problems: list[Problem] = []
    fields = Fields(config, "", problems)
    read = kind.read(fields)
    fields.finish()
    return read, [str(problem) for problem in problems]


@pytest.fixture(scope="session")
def unit() -> SimpleNamespace:
    """Values for tests of a policy or a backend alone."""
    return SimpleNamespace(
        exchange=an_exchange,
        config=a_config,
        problems=config_problems,
        run=lambda policy, exchange: asyncio.run(policy(exchange)),
    )
