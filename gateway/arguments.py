"""The command line of the gateway: every option, its default, one line of help."""

import argparse
import socket
from pathlib import Path
from typing import NoReturn

from gateway.logs import LEVELS

GATE_TEMPLATE = "https://{cpg}.cloudgate.example"
SPILL_BYTES = 256 * 1024 * 1024
DRAIN_S = 30.0
CONNECTIONS = 4096
LISTEN = "127.0.0.1:8000"
TRANSACTION_HEADER = "X-Transaction-Id"
ADMIN = "127.0.0.1:8001"

DESCRIPTION = """\
A minimal API gateway. It serves a document from a file (--config) or the one that its Cloud Gate
hands out (--cloud-token). When it serves, it prints one JSON line with its two addresses."""
EPILOG = """\
Port 0 means any free port. Secrets come from files or the environment, never from the command line.
SIGTERM finishes the requests in flight. Exit codes: 0 ended as asked, 1 the document cannot be
served, 2 these settings cannot work, 128 and more ended by a second signal."""


class SettingsRefused(Exception):
    """Settings that cannot work, in one line."""


class OneLineParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise SettingsRefused(f"{message}; see --help")


def parser() -> argparse.ArgumentParser:
    found = OneLineParser(
        prog="python -m gateway", description=DESCRIPTION, epilog=EPILOG, allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add_sources(found)
    add_ports(found)
    add_state(found)
    add = found.add_argument
    add("--name", default=socket.gethostname(),
        help="this gateway's name in analytics (default: this machine's)")  # fmt: skip
    add("--transaction-header", default=TRANSACTION_HEADER, metavar="NAME",
        help="the request header whose value becomes the event's transaction-id "
        f"(default {TRANSACTION_HEADER})")  # fmt: skip
    add("--log-level", default="info", choices=LEVELS, help="what is logged (default info)")
    return found


def add_sources(found: argparse.ArgumentParser) -> None:
    """Where configuration comes from and reports go to."""
    add = found.add_argument
    add("--config", type=Path, metavar="FILE", help="serve this document")
    add("--cloud-token", type=Path, metavar="FILE",
        help="serve what the Cloud Gate of this token says")  # fmt: skip
    add("--check", type=Path, metavar="FILE", help="say what is wrong with a document, and end")
    add("--gate", metavar="URL",
        help=f"the Cloud Gate (default {GATE_TEMPLATE} by the token's cpg)")  # fmt: skip
    add("--gate-ca", type=Path, metavar="FILE", help="the CA of the Cloud Gate's certificate")
    add("--reports", metavar="URL|off", help="where analytics go (default: /reports at the gate)")
    add("--environment", metavar="ENV", help="which of the token's environments")
    add("--redis", metavar="URL",
        help="redis://host:port/db or unix:///path, also GATEWAY_REDIS_URL")  # fmt: skip


def add_ports(found: argparse.ArgumentParser) -> None:
    add = found.add_argument
    add("--listen", default=LISTEN, metavar="HOST:PORT",
        help=f"where clients call (default {LISTEN})")  # fmt: skip
    add("--admin", default=ADMIN, metavar="HOST:PORT",
        help=f"the admin port: a loopback address, or any with a token (default {ADMIN})")  # fmt: skip
    add("--admin-token-file", type=Path, metavar="FILE",
        help="what every admin request must bear, also GATEWAY_ADMIN_TOKEN")  # fmt: skip
    add("--admin-host", action="append", default=[], metavar="NAME",
        help="a further name under which the admin port is asked")  # fmt: skip
    add("--drain", type=float, default=DRAIN_S, metavar="SECONDS",
        help=f"how long SIGTERM waits for requests in flight (default {DRAIN_S:g})")  # fmt: skip
    add("--max-connections", type=int, default=CONNECTIONS, metavar="N",
        help=f"clients beyond so many are answered 503 (default {CONNECTIONS})")  # fmt: skip
    add("--max-body", type=int, default=0, metavar="BYTES",
        help="a longer request body is answered 413 (default 0: as long as it likes, as in Kong)")  # fmt: skip


def add_state(found: argparse.ArgumentParser) -> None:
    """What outlives the process."""
    add = found.add_argument
    add("--state", type=Path, metavar="DIR",
        help="keep undelivered reports here, and the snapshot where there is no Redis")  # fmt: skip
    add("--spill-bytes", type=int, default=SPILL_BYTES, metavar="N",
        help=f"at most so much of undelivered reports (default {SPILL_BYTES})")  # fmt: skip
    add("--snapshot-key-file", type=Path, metavar="FILE",
        help="authenticates the last good snapshot, also GATEWAY_SNAPSHOT_KEY")  # fmt: skip
    add("--group", default="default", metavar="NAME",
        help="gateways of one group share their last good snapshot")  # fmt: skip
