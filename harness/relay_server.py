"""Relays in a process of their own, one for each link of each rig, told over HTTP what to do.

`python -m harness.relay_server --control HOST:PORT` prints one JSON line when it serves. On the control
port: `POST /LINK` stands in a link, and says {"port": …}; `DELETE /LINK` leaves it; `PUT /LINK/leads-to`
with {"where": URL or null}, `PUT /LINK/cut`, `PUT /LINK/heal` and `GET /LINK/felt` answer with
{"broken": …, "refused": …}. A link has whatever name its maker gives it.
"""

import argparse
import asyncio
import json
import signal
import sys
import threading
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from harness.relay import Relay

_LONGEST_BODY = 4096
_ANSWERED_S = 10.0

Deed = Callable[[str], Coroutine[Any, Any, dict[str, int]]]
"""What is done to a link, by its name. Shape: returns what it says."""


class UnknownLink(Exception):
    """No relay stands in a link, or one does already. The text is one line."""


def main(argv: list[str]) -> int:
    """Serve until SIGTERM. Returns 2 for addresses that cannot be read or bound."""
    parser = argparse.ArgumentParser(prog="python -m harness.relay_server", description=__doc__)
    parser.add_argument("--control", required=True, type=_address, metavar="HOST:PORT")
    parser.add_argument("--on", default="0.0.0.0", metavar="HOST", help="where links are entered")
    options = parser.parse_args(argv)
    try:
        return asyncio.run(_serve(Relays(options.on), options.control))
    except OSError as error:
        sys.stderr.write(f"relay_server: cannot listen: {error.strerror}\n")
        return 2


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isascii() and port.isdigit() and int(port) < 65536):
        raise argparse.ArgumentTypeError(f"expected HOST:PORT, found {text!r}")
    return host, int(port)


async def _serve(relays: "Relays", control: tuple[str, int]) -> int:
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    server = ThreadingHTTPServer(control, _handler(relays, loop))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host, port = server.server_address[:2]
    sys.stdout.write(json.dumps({"control": f"http://{host!s}:{port}"}) + "\n")
    sys.stdout.flush()
    await over.wait()
    server.shutdown()
    server.server_close()
    await relays.close()
    return 0


@dataclass(slots=True)
class Relays:
    """The relays by the names of their links; each has a port of its own.

    Errors: UnknownLink, and ValueError for an address that cannot be read.
    """

    host: str
    _standing: dict[str, Relay] = field(default_factory=dict)

    async def stand_in(self, link: str) -> dict[str, int]:
        """Stand in a link; it leads nowhere yet."""
        if link in self._standing:
            raise UnknownLink(f"{link} has its relay")
        relay = self._standing[link] = Relay(link)
        await relay.start(self.host)
        return {"port": int(relay.address.rpartition(":")[2])}

    async def leave(self, link: str) -> dict[str, int]:
        relay = self._of(link)
        del self._standing[link]
        await relay.stop()
        return asdict(relay.felt)

    async def lead(self, link: str, where: str | None) -> dict[str, int]:
        lead(self._of(link), where)
        return await self.look(link)

    async def cut(self, link: str) -> dict[str, int]:
        self._of(link).cut()
        return await self.look(link)

    async def heal(self, link: str) -> dict[str, int]:
        self._of(link).heal()
        return await self.look(link)

    async def look(self, link: str) -> dict[str, int]:
        return asdict(self._of(link).felt)

    def _of(self, link: str) -> Relay:
        if link not in self._standing:
            raise UnknownLink(f"no relay stands in {link!r}")
        return self._standing[link]

    async def close(self) -> None:
        await asyncio.gather(*(relay.stop() for relay in self._standing.values()))


def lead(relay: Relay, where: str | None) -> None:
    """Lead to a URL or a bare HOST:PORT, or nowhere."""
    bare = where is not None and "://" not in where
    relay.lead_to(urlsplit(f"tcp://{where}" if bare else where) if where else None)


def _where(body: bytes) -> str | None:
    try:
        where: str | None = json.loads(body)["where"]
    except (ValueError, KeyError, TypeError):
        raise ValueError('expected {"where": URL or null}') from None
    return where


def _handler(relays: Relays, loop: asyncio.AbstractEventLoop) -> type[BaseHTTPRequestHandler]:
    """The relays live on the loop; requests are answered by threads."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self._body()
            self._answer({"": relays.stand_in})

        def do_DELETE(self) -> None:
            self._answer({"": relays.leave})

        def do_GET(self) -> None:
            self._answer({"felt": relays.look})

        def do_PUT(self) -> None:
            body = self._body()
            self._answer(
                {
                    "leads-to": lambda link: relays.lead(link, _where(body)),
                    "cut": relays.cut,
                    "heal": relays.heal,
                }
            )

        def _body(self) -> bytes:
            length = int(self.headers.get("Content-Length") or 0)
            return self.rfile.read(min(length, _LONGEST_BODY))

        def _answer(self, known: dict[str, Deed]) -> None:
            link, _, what = self.path.removeprefix("/").partition("/")
            if what not in known:
                there = ", ".join(f"/LINK/{one}".rstrip("/") for one in known)
                return self._say(404, {"error": f"there is {self.command} {there}"})
            try:
                said = asyncio.run_coroutine_threadsafe(known[what](link), loop).result(_ANSWERED_S)
            except UnknownLink as error:
                return self._say(404, {"error": str(error)})
            except ValueError as error:
                return self._say(400, {"error": str(error)})
            return self._say(200, said)

        def _say(self, status: int, body: dict[str, Any]) -> None:
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: Any) -> None:
            """Standard error is for what goes wrong."""

    return Handler


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
