"""The gateway under fuzz, with a witness behind it, and what it holds when all is over."""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from load.soak import Admin
from load.surroundings import process
from tests.fuzz.witness import Witness


@dataclass(frozen=True, slots=True)
class Place:
    """Shape: `port` is the gateway's proxy."""

    port: int
    admin: Admin
    process: psutil.Process
    witness: Witness

    async def settled(self) -> dict[str, Any]:
        """Wait until the gateway serves nobody; what it says of itself then.

        Errors: TimeoutError when it does not come to rest, ConnectionError when it is gone.
        """
        async with asyncio.timeout(20):
            while True:
                status: dict[str, Any] = await self.admin.ask("/status")
                if not status["in_flight"] and not status["connections"]["open"]:
                    return status
                await asyncio.sleep(0.02)

    def memory_mib(self) -> float:
        return float(self.process.memory_info().rss / 2**20)


@asynccontextmanager
async def gateway_before(
    witness: Witness, document: Callable[[str], dict[str, object]]
) -> AsyncIterator[Place]:
    """Start a gateway with this document in front of a witness, and end it."""
    async with AsyncExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="gateproof-fuzz-")))
        server = await asyncio.get_running_loop().create_server(witness.protocol, "127.0.0.1", 0)
        held.callback(server.close)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        (folder / "document.json").write_text(json.dumps(document(url)))
        child = await held.enter_async_context(process(
            sys.executable, "-m", "gateway", "--config", str(folder / "document.json"),
            "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--log-level", "error",
        ))  # fmt: skip
        assert child.stdout is not None, "its one line comes over a pipe"
        where = json.loads(await child.stdout.readline())
        port = urlsplit(where["proxy"]).port
        assert port is not None
        yield Place(port, Admin(where["admin"]), psutil.Process(child.pid), witness)
