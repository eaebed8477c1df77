"""Questions to a gateway's admin port, each on a connection of its own."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

from load.wire import Message, read_message, request


class Admin:
    """The admin port at `url`."""

    def __init__(self, url: str) -> None:
        self._port = urlsplit(url).port or 0

    async def ask(self, path: str) -> Any:
        """What it says, as JSON. Errors: ConnectionError when the gateway has ended."""
        return json.loads((await self._exchange(request("GET", path), path)).body)

    async def post(self, path: str, content: bytes, kind: str) -> int:
        """The status of its answer."""
        message = request("POST", path, content, Content_Type=kind)
        return (await self._exchange(message, path)).status

    async def _exchange(self, message: bytes, path: str) -> Message:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(message.replace(b"soak.test", b"localhost", 1))
            found = await read_message(reader)
        finally:
            writer.close()
        if found is None:
            raise ConnectionError(f"the gateway does not answer {path}: it has ended")
        return found
