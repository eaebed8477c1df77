"""What the tests of the services share: callers, tokens, running services, a Kafka."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import hypothesis
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from starlette.types import ASGIApp, Receive, Scope, Send

from services.doors import bind, url_of
from services.serving import Service, Stop

SECRET = "a secret of the tests, long enough for HS256"
ROOT = Path(__file__).parents[2]
Found = TypeVar("Found")

# A machine that is busy with something else is no bug of the code under test.
hypothesis.settings.register_profile("services", deadline=None)
hypothesis.settings.load_profile("services")


class OverTheWire:
    """Gives an application what the services' own door adds to ASGI, so that no socket is needed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = scope["query_string"]
        target = scope["raw_path"] + (b"?" + query if query else b"")
        scope["as_received"] = (target, list(scope["headers"]))
        scope.setdefault("state", {})
        await self._app(scope, receive, send)


@asynccontextmanager
async def open_client(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(OverTheWire(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        yield client


@pytest.fixture
def client_of() -> Callable[[ASGIApp], AbstractAsyncContextManager[httpx.AsyncClient]]:
    """Several requests to one application, inside a coroutine."""
    return open_client


@pytest.fixture
def ask() -> Callable[..., httpx.Response]:
    """One request to an application: ask(app, method, path, …)."""

    def one(app: ASGIApp, method: str, path: str, **more: Any) -> httpx.Response:
        async def request() -> httpx.Response:
            async with open_client(app) as client:
                return await client.request(method, path, **more)

        return asyncio.run(request())

    return one


@pytest.fixture
def token_for() -> Callable[..., str]:
    """A JWT as the login function signs it, unless a test wants it otherwise."""

    def make(secret: str = SECRET, alg: str = "HS256", without: str = "", **claims: Any) -> str:
        all_claims = {"userId": 2, "isAdmin": False, "exp": int(time.time()) + 60, **claims}
        all_claims.pop(without, None)
        return jwt.encode({"alg": alg}, all_claims, OctKey.import_key(secret), algorithms=[alg])

    return make


@dataclass(frozen=True)
class Issuer:
    """Who signs Cloud Tokens."""

    key: RSAKey = field(
        default_factory=lambda: RSAKey.generate_key(2048, {"kid": "key-1", "use": "sig"})
    )

    def key_set(self) -> dict[str, Any]:
        return dict(KeySet([self.key]).as_dict(private=False))

    def token(
        self, kid: str = "key-1", alg: str = "RS512", without: str = "", **claims: Any
    ) -> str:
        all_claims: dict[str, Any] = {
            "iss": "https://cloud.test",
            "aud": "CloudGate",
            "org": "acme",
            "envs": ["prod"],
            "cpg": "eu",
            "idx": "acme-events",
            "scopes": ["sync", "reports"],
            "iat": int(time.time()),
            "exp": int(time.time()) + 60,
            "jti": "token-1",
            **claims,
        }
        all_claims.pop(without, None)
        return jwt.encode({"alg": alg, "kid": kid}, all_claims, self.key, algorithms=[alg])


@pytest.fixture(scope="session")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture(scope="session")
def other_issuer() -> Issuer:
    """Another key under the same key id."""
    return Issuer()


@asynccontextmanager
async def open_service(service: Service) -> AsyncIterator[dict[str, str]]:
    listeners = [bind(service.name, door) for door in service.doors]
    with service.life(Stop()):
        closes = [
            await door.open(listener)
            for door, listener in zip(service.doors, listeners, strict=True)
        ]
        yield {
            door.key: url_of(listener)
            for door, listener in zip(service.doors, listeners, strict=True)
        }
        service.bell.close()
        await asyncio.gather(*(close() for close in closes))


@pytest.fixture
def running() -> Callable[[Service], AbstractAsyncContextManager[dict[str, str]]]:
    """A service on real sockets in this process; gives its addresses."""
    return open_service


@pytest.fixture
def eventually() -> Callable[[Callable[[], Awaitable[Found | None]]], Awaitable[Found]]:
    """Ask until the answer is neither None nor False, for at most five seconds."""

    async def wait(look: Callable[[], Awaitable[Found | None]]) -> Found:
        async with asyncio.timeout(5):
            while not (found := await look()):  # noqa: ASYNC110 - the one wait loop
                await asyncio.sleep(0.005)
            return found

    return wait


@pytest.fixture
def soon() -> Callable[[Callable[[], object]], None]:
    """The same for tests without an event loop; each look is a request, which is pause enough."""

    def wait(look: Callable[[], object]) -> None:
        deadline = time.monotonic() + 5
        while not look():
            assert time.monotonic() < deadline, "still not so after five seconds"

    return wait


@dataclass
class Process:
    """A service as people start it: `python -m services NAME …`."""

    popen: subprocess.Popen[str]

    def announced(self) -> dict[str, str]:
        assert self.popen.stdout
        line = self.popen.stdout.readline()
        found: dict[str, str] = json.loads(line)
        return found

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        """Its exit code, and what else it wrote to standard output and standard error."""
        self.popen.send_signal(number)
        return self.ended()

    def ended(self) -> tuple[int, str, str]:
        out, err = self.popen.communicate(timeout=10)
        return self.popen.returncode, out, err


@contextmanager
def start_process(*arguments: str, **environment: str) -> Iterator[Process]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}  # noqa: TID251 - children need a PATH
    popen = subprocess.Popen(
        [sys.executable, "-m", "services", *arguments],
        cwd=ROOT,
        env={**inherited, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Process(popen)
    finally:
        if popen.poll() is None:
            popen.kill()
        popen.communicate()


@pytest.fixture
def process() -> Callable[..., AbstractAsyncContextManager[Process]]:
    return start_process  # type: ignore[return-value]


@pytest.fixture(scope="session")
def kafka() -> Iterator[str]:
    """librdkafka's built-in cluster: it lives as long as the producer that was told to make it."""
    from confluent_kafka import Producer

    owner = Producer({"bootstrap.servers": "", "test.mock.num.brokers": 1, "log_level": 0})
    (broker,) = owner.list_topics(timeout=5).brokers.values()
    yield f"{broker.host}:{broker.port}"
    owner.flush(0)


@pytest.fixture
def read_topic(kafka: str) -> Callable[[str], list[Any]]:
    """Every message of a topic, as the broker has them now."""
    from confluent_kafka import Consumer, TopicPartition

    def read(topic: str) -> list[Any]:
        consumer = Consumer(
            {"bootstrap.servers": kafka, "group.id": "look", "fetch.wait.max.ms": 5, "log_level": 0}
        )
        try:
            partitions = [
                TopicPartition(topic, number, 0)
                for number in consumer.list_topics(topic, timeout=5).topics[topic].partitions
            ]
            left = sum(consumer.get_watermark_offsets(one, timeout=5)[1] for one in partitions)
            consumer.assign(partitions)
            found: list[Any] = []
            while len(found) < left:
                message = consumer.poll(5)
                assert message is not None
                assert message.error() is None
                found.append(message)
            return found
        finally:
            consumer.close()

    return read


@pytest.fixture
def called_settings() -> Mapping[str, str]:
    """The environment that Users, Orders and Auth need."""
    return {
        "JWT_SECRET": SECRET,
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "aws-secret-of-the-tests",
    }
