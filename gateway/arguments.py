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


class SettingsRefused(Exception):
    """Settings that cannot work, in one line."""


class OneLineParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise SettingsRefused(f"{message}; see --help")


def parser() -> argparse.ArgumentParser:
    found = OneLineParser(prog="gateway", description="A minimal API gateway.", allow_abbrev=False)
    add_sources(found)
    add_ports(found)
    add_state(found)
    add = found.add_argument
    add("--name", default=socket.gethostname(), help="this gateway's name in analytics")
    add("--transaction-header", default="X-Transaction-Id", metavar="NAME")
    add("--log-level", default="info", choices=LEVELS)
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
    add("--listen", default="127.0.0.1:8000", metavar="HOST:PORT")
    add("--admin", default="127.0.0.1:8001", metavar="HOST:PORT",
        help="a loopback address, or any with a token")  # fmt: skip
    add("--admin-token-file", type=Path, metavar="FILE",
        help="what every admin request must bear, also GATEWAY_ADMIN_TOKEN")  # fmt: skip
    add("--admin-host", action="append", default=[], metavar="NAME",
        help="a further name under which the admin port is asked")  # fmt: skip
    add("--drain", type=float, default=DRAIN_S, metavar="SECONDS",
        help=f"how long SIGTERM waits for requests in flight (default {DRAIN_S:g})")  # fmt: skip
    add("--max-connections", type=int, default=CONNECTIONS, metavar="N",
        help=f"clients beyond so many are answered 503 (default {CONNECTIONS})")  # fmt: skip


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
