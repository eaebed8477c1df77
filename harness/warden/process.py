"""The warden's process: takes its folder, opens its socket, serves, and leaves nothing behind."""

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path

from harness import settings as surroundings
from harness.environments import ENVIRONMENTS
from harness.environments.contract import CannotStart, LeftBehind, Options
from harness.warden import folders
from harness.warden.estate import Estate
from harness.warden.journal import Journal
from harness.warden.server import Server

SOCKET = "warden.sock"


def main(argv: list[str]) -> int:
    """Run a warden until its runner is gone or somebody ends it."""
    parser = argparse.ArgumentParser(prog="python -m harness.warden", description=__doc__)
    parser.add_argument("--run", required=True, help="the run's id")
    parser.add_argument("--environment", required=True, choices=sorted(ENVIRONMENTS))
    parser.add_argument("--options", type=_options, default=Options(), metavar="JSON")
    parser.add_argument("--journal", required=True, type=Path, help="where run.ndjson goes")
    parser.add_argument("--subjects", required=True, type=Path, help="where the subjects are")
    parser.add_argument("--stay", action="store_true", help="live on when the runner is gone")
    options = parser.parse_args(argv)
    return asyncio.run(_serve(options))


def _options(text: str) -> Options:
    return Options(**json.loads(text))


async def _serve(options: argparse.Namespace) -> int:
    settings = surroundings.read()
    held = folders.take(settings.runs_folder / options.run)
    server: Server | None = None

    def died(text: str) -> None:
        if server is not None:
            server.announce_death(text)

    estate = Estate(
        run=options.run,
        held=held,
        environment=ENVIRONMENTS[options.environment](settings, options.options),
        journal=Journal(options.journal),
        subjects=options.subjects,
        on_death=died,
    )
    if options.stay and not estate.environment.keeps_addresses:
        # people reach Redis over TCP; inside it has a unix socket
        estate.shared_links = frozenset({"redis"})
    server = Server(estate, stay=options.stay)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.over.set)
    try:
        await estate.environment.open(options.run, held.path)
        await server.listen(held.path / SOCKET)
        sys.stdout.write(json.dumps({"socket": str(held.path / SOCKET)}) + "\n")
        sys.stdout.flush()
        await server.over.wait()
    except CannotStart as error:
        sys.stderr.write(f"{error}\n")
        return 3
    finally:
        left = ""
        try:
            await estate.close()
        except LeftBehind as error:
            left = str(error)
        except Exception as error:
            sys.stderr.write(f"the end was not clean: {type(error).__name__}: {error}\n")
        held.remove()
        await server.close(left)
    return 0
