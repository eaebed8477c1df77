"""`gateproof images`: list, pull, build, save, load, verify."""

import argparse
import sys

from harness import kafka_jars, network
from harness.commands.complaints import complain
from harness.images import building, catalogue, closure, debian, engine, wheelhouse
from harness.settings import read

REFUSALS = (
    catalogue.BadList,
    engine.NoEngine,
    debian.NoDebian,
    wheelhouse.NoWheels,
    closure.LacksWheel,
    kafka_jars.NoJars,
    network.BadNetwork,
)


def build(options: argparse.Namespace) -> int:
    settings = read()
    try:
        listed = catalogue.load(settings, options.image, options.images)
        reached = engine.connect(settings.surroundings)
        site = building.Site(
            engine=reached, catalogue=listed, settings=settings, say=_say,
            pull=lambda one: None, local=options.local, anew=options.anew,
        )  # fmt: skip
        building.build(site, options.names)
    except REFUSALS as error:
        complain(error)
        return 2
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"images: {line}\n")
    sys.stdout.flush()
