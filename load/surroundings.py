"""What the gateway under load stands in: an upstream and a gate in this process, a Redis, itself."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey

from harness import redis_binary, settings
from load.wire import Message, answer, read_message

SECRET = "the secret of everybody who calls under load"
LONGEST_WAIT_S = 10.0


class Upstream:
    """Answers everything; a body with its length."""

    async def serve(self, message: Message) -> bytes:
        return answer(
            200, json.dumps({"path": message.target, "bytes": len(message.body)}).encode()
        )


class Gate:
    """Hands out documents, takes reports, and remembers which events it has."""

    def __init__(self) -> None:
        self.events: set[str] = set()
        self.version = 0
        self._offer = b""
        self._changed = asyncio.Event()

    def publish(self, document: object) -> None:
        self.prepare(document)()

    def prepare(self, document: object) -> Callable[[], None]:
        """What publishes the document, which is written down before that."""
        version = self.version + 1
        offered = {"environment": "soak", "version": version, "document": document}
        offer = json.dumps(offered).encode()

        def ring() -> None:
            self.version, self._offer = version, offer
            self._changed.set()
            self._changed = asyncio.Event()

        return ring

    async def serve(self, message: Message) -> bytes:
        if message.target.startswith("/reports"):
            self.events.update(json.loads(line)["_id"] for line in message.body.splitlines())
            return answer(202)
        query = parse_qs(urlsplit(message.target).query)
        known, wait_s = int(query["version"][0]), float(query["wait_s"][0])
        if self.version <= known and wait_s:
            try:
                async with asyncio.timeout(min(wait_s, LONGEST_WAIT_S)):
                    await self._changed.wait()
            except TimeoutError:
                return answer(204)
        if self.version <= known:
            return answer(204)
        return answer(200, self._offer)


def document(upstream: str, number: int) -> dict[str, object]:
    """Routes of every kind that the load calls. The number changes it and nothing that it promises."""
    keyed = {"name": "jwt", "config": {"key_claim_name": "kid", "claims_to_verify": ["exp"]}}

    def limited(per_minute: int) -> dict[str, object]:
        config = {"minute": per_minute, "policy": "redis", "limit_by": "service"}
        return {"name": "rate-limiting", "config": config}

    def route(name: str, *plugins: object) -> dict[str, object]:
        routes = [{"name": name, "paths": [f"/{name}"]}]
        return {"name": name, "url": upstream, "routes": routes, "plugins": list(plugins)}

    credential = {"key": "caller", "secret": SECRET}
    return {
        "_format_version": "3.0",
        "_comment": f"publication {number}",
        "services": [
            route("plain"),
            route("keyed", keyed),
            route("counted", keyed, limited(10**6)),
            route("spent", limited(1)),
        ],
        "consumers": [{"username": "caller", "tags": [f"n{number}"], "jwt_secrets": [credential]}],
    }


def token(secret: str = SECRET, **claims: object) -> str:
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret))


@asynccontextmanager
async def listening(server: Upstream | Gate) -> AsyncIterator[str]:
    """Serve on a free port of loopback; its URL."""
    connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "a connection is served by a task"
        connections.add(task)
        try:
            while (message := await read_message(reader)) is not None:
                writer.write(await server.serve(message))
        except asyncio.CancelledError:
            pass  # the end of the run
        finally:
            connections.discard(task)
            writer.close()

    listener = await asyncio.start_server(connected, "127.0.0.1", 0, limit=2**20)
    try:
        yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    finally:
        listener.close()
        for task in list(connections):
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


@asynccontextmanager
async def process(*argv: str, **variables: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A child that ends with us: SIGTERM, and SIGKILL when that is not enough."""
    inherited = settings.read().child_environment
    child = await asyncio.create_subprocess_exec(
        *argv,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**inherited, **variables},
        start_new_session=os.name == "posix",  # Ctrl-C is for us; we end our children ourselves
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.terminate()
            try:
                async with asyncio.timeout(15):
                    await child.wait()
            except (TimeoutError, asyncio.CancelledError):
                child.kill()
                await child.wait()


@asynccontextmanager
async def redis(folder: Path) -> AsyncIterator[str]:
    """A Redis on a unix socket; its URL."""
    read, socket = settings.read(), folder / "redis.sock"
    binary = redis_binary.find(read.path, read.venv)
    arguments = ("--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder))
    async with process(str(binary), *arguments):
        async with asyncio.timeout(10):
            while not socket.exists():  # noqa: ASYNC110 - redis-server has no way to tell
                await asyncio.sleep(0.01)
        yield f"unix://{socket}"


@asynccontextmanager
async def gateway(
    folder: Path, gate: str, redis_url: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, dict[str, str]]]:
    """A gateway with everything switched on; its process and its addresses."""
    path = folder / "cloud.token"
    path.touch(mode=0o600)
    path.write_text(token(org="soak", envs=["soak"], cpg="eu", idx="soak"))
    arguments = (
        "--cloud-token", str(path), "--gate", gate, "--state", str(folder / "state"),
    )  # fmt: skip
    variables = {
        "GATEWAY_REDIS_URL": redis_url,
        "GATEWAY_SNAPSHOT_KEY": "the key of the snapshots under load",
    }
    async with gateway_process(*arguments, **variables) as found:
        yield found


@asynccontextmanager
async def gateway_process(
    *arguments: str, **variables: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, dict[str, str]]]:
    """A gateway as it is told to be; its process and its addresses."""
    ports = ("--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
    async with process(sys.executable, "-m", "gateway", *arguments, *ports, **variables) as child:
        assert child.stdout is not None, "its one line comes over a pipe"
        yield child, json.loads(await child.stdout.readline())
