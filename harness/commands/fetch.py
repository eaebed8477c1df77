"""`gateproof fetch kafka`: bring what a real Kafka without Docker runs on, sums checked."""

import argparse
import sys

from harness import kafka_jars, kafka_kit
from harness.commands.complaints import BadInput, complain, require_known
from harness.kafka_jars import NoJars
from harness.network import BadNetwork
from harness.settings import read

KNOWN = ("kafka",)


def run(options: argparse.Namespace) -> int:
    """Fetch, and say where it is. Returns 2 when it cannot be had, or cannot be run when it is there."""
    settings = read()
    try:
        require_known("thing to fetch called", options.what, KNOWN, ())
        lock = kafka_kit.lock()
        folder = kafka_jars.fetch(lock, settings.cache_folder, settings.surroundings)
    except (BadInput, NoJars, BadNetwork) as error:
        complain(error)
        return 2
    sys.stdout.write(
        f"fetch: Apache Kafka {lock.version}, {len(lock.jars)} jars as locked, in {folder}\n"
    )
    lacking = kafka_kit.lacking(settings.path, settings.cache_folder)
    if lacking:
        complain(f"it cannot run here yet: {lacking[0]}")
        return 2
    return 0
