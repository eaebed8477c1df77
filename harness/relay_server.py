"""A relay in a process of its own, told over HTTP where it leads to, to cut, to heal, and to show itself.

`python -m harness.relay_server --name LINK --listen HOST:PORT --control HOST:PORT` prints one JSON
line when it serves. On the control port: `PUT /leads-to` with {"where": URL or null}, `PUT /cut`,
`PUT /heal`, `GET /felt`; each answers with {"broken": …, "refused": …}.
"""

import argparse
import asyncio
import json
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from harness.environments.contract import Felt
from harness.relay import Relay

_LONGEST_BODY = 4096


def main(argv: list[str]) -> int:
    """Serve until SIGTERM. Returns 2 for addresses that cannot be read or bound."""
    parser = argparse.ArgumentParser(prog="python -m harness.relay_server", description=__doc__)
    parser.add_argument("--name", required=True, help="the link")
    parser.add_argument("--listen", required=True, type=_address, metavar="HOST:PORT")
    parser.add_argument("--control", required=True, type=_address, metavar="HOST:PORT")
    options = parser.parse_args(argv)
    try:
        return asyncio.run(_serve(options.name, options.listen, options.control))
    except OSError as error:
        sys.stderr.write(f"relay_server: {options.name} cannot listen: {error.strerror}\n")
        return 2


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isascii() and port.isdigit() and int(port) < 65536):
        raise argparse.ArgumentTypeError(f"expected HOST:PORT, found {text!r}")
    return host, int(port)


async def _serve(name: str, listen: tuple[str, int], control: tuple[str, int]) -> int:
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    relay = Relay(name)
    await relay.start(*listen)
    server = ThreadingHTTPServer(control, _handler(relay, loop))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host, port = server.server_address[:2]
    line = json.dumps({"listen": relay.address, "control": f"http://{host!s}:{port}"})
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
    await over.wait()
    server.shutdown()
    server.server_close()
    await relay.stop()
    return 0


def lead(relay: Relay, where: str | None) -> None:
    """Lead to a URL or a bare HOST:PORT, or nowhere."""
    bare = where is not None and "://" not in where
    relay.lead_to(urlsplit(f"tcp://{where}" if bare else where) if where else None)


def _handler(relay: Relay, loop: asyncio.AbstractEventLoop) -> type[BaseHTTPRequestHandler]:
    """The relay lives on the loop; requests are answered by threads."""

    def on_loop(act: Callable[[], None]) -> Felt:
        done: Future[Felt] = Future()

        def now() -> None:
            try:
                act()
                done.set_result(relay.felt)
            except Exception as error:
                done.set_exception(error)

        loop.call_soon_threadsafe(now)
        return done.result()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer({"/felt": lambda: None})

        def do_PUT(self) -> None:
            body = self._body()
            self._answer(
                {
                    "/leads-to": lambda: lead(relay, json.loads(body)["where"]),
                    "/cut": relay.cut,
                    "/heal": relay.heal,
                }
            )

        def _body(self) -> bytes:
            length = int(self.headers.get("Content-Length") or 0)
            return self.rfile.read(min(length, _LONGEST_BODY))

        def _answer(self, known: dict[str, Callable[[], None]]) -> None:
            if self.path not in known:
                return self._say(404, {"error": f"there is {', '.join(known)}"})
            try:
                felt = on_loop(known[self.path])
            except (ValueError, KeyError, TypeError) as error:
                return self._say(400, {"error": f'expected {{"where": URL or null}}: {error}'})
            return self._say(200, asdict(felt))

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
