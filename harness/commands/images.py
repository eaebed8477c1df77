"""`gateproof images`: list, pull, build, save, load, verify, prune."""

import argparse
import sys
from collections.abc import Callable
from contextlib import closing

from harness import kafka_jars, network
from harness.commands.complaints import complain
from harness.images import (
    building,
    bundle,
    catalogue,
    choice,
    closure,
    debian,
    engine,
    pruning,
    pulling,
    table,
    wheelhouse,
)
from harness.images.catalogue import Catalogue, Image
from harness.images.choice import Choice
from harness.images.engine import Engine
from harness.settings import Settings, read

REFUSALS = (
    catalogue.BadList,
    engine.NoEngine,
    debian.NoDebian,
    wheelhouse.NoWheels,
    closure.LacksWheel,
    kafka_jars.NoJars,
    network.BadNetwork,
    choice.Missing,
    pulling.WrongDigest,
    bundle.BadBundle,
)
"""What is said in one line, with exit code 2."""


def run(options: argparse.Namespace) -> int:
    """Do one of the actions. Returns 0, 1 if something is not as listed, 2 if it could not be done."""
    settings = read()
    try:
        listed = catalogue.load(settings, options.image, options.images)
        images = listed.named(options.names)
        if options.action == "list":
            return _list(settings, listed, images)
        with closing(engine.connect(settings.surroundings)) as reached:
            return _ACTIONS[options.action](reached, listed, images, options, settings)
    except REFUSALS as error:
        complain(error)
        return 2


def _list(settings: Settings, listed: Catalogue, images: list[Image]) -> int:
    """The list is worth reading where nothing answers, too."""
    try:
        with closing(engine.connect(settings.surroundings)) as reached:
            chosen = _chosen(reached, listed, images)
    except engine.NoEngine as error:
        sys.stdout.write(table.without_engine(images, str(error)))
        return 0
    sys.stdout.write(table.table(chosen))
    return 0


def _pull(
    reached: Engine,
    listed: Catalogue,
    images: list[Image],
    options: argparse.Namespace,
    _: Settings,
) -> int:
    for image in images:
        if image.reference is None:
            if options.names:
                _say(f"{image.name}: no registry has it; gateproof images build makes it")
            continue
        one = Choice(image, str(image.reference), None)
        try:
            digest = pulling.pull(reached, one, _say, options.timeout)
        except engine.NoEngine:
            if image.optional and not options.names:
                _say(f"{image.name}: not to be had, and nothing is missing without it")
                continue
            raise
        _say(f"{image.name}: {digest or 'the registry tells no digest'}")
        if options.record and digest:
            _record(one, digest)
    return 0


def _record(one: Choice, digest: str) -> None:
    try:
        pulling.record(catalogue.LIST, one, digest)
    except (ValueError, OSError) as error:
        raise catalogue.BadList(f"cannot record the digest of {one.image.name}: {error}") from error
    _say(f"{one.image.name}: recorded in {catalogue.LIST.name}")


def _build(
    reached: Engine,
    listed: Catalogue,
    images: list[Image],
    options: argparse.Namespace,
    settings: Settings,
) -> int:
    site = building.Site(
        engine=reached,
        catalogue=listed,
        settings=settings,
        say=_say,
        pull=lambda one: _say(
            f"{one.image.name}: {pulling.pull(reached, one, _say, options.timeout)}"
        ),
        local=options.local,
        anew=options.anew,
    )
    building.build(site, options.names)
    return 0


def _save(
    reached: Engine,
    listed: Catalogue,
    images: list[Image],
    options: argparse.Namespace,
    _: Settings,
) -> int:
    wanted = [image.name for image in images if options.names or not image.optional]
    chosen = choice.require(listed, wanted, reached)
    entries = bundle.save(reached, list(chosen.values()), options.file)
    _say(f"{options.file}: {len(entries)} images, {options.file.stat().st_size / 1e6:.0f} MB")
    return 0


def _load(
    reached: Engine,
    listed: Catalogue,
    images: list[Image],
    options: argparse.Namespace,
    _: Settings,
) -> int:
    for entry in bundle.load(reached, options.file):
        _say(f"{entry.name}: {entry.reference} loaded, {entry.id[:19]} as saved")
    return 0


def _verify(
    reached: Engine,
    listed: Catalogue,
    images: list[Image],
    options: argparse.Namespace,
    _: Settings,
) -> int:
    """Says of each image whether it is here and what the list says. Returns 1 if one is not."""
    wrong = 0
    for one in _chosen(reached, listed, images):
        fine, line = _verdict(reached, one)
        wrong += not fine
        _say(f"{one.image.name}: {line}")
    return 1 if wrong else 0


def _verdict(reached: Engine, one: Choice) -> tuple[bool, str]:
    if one.held is None:
        return one.image.optional, f"absent ({one.reference})" + (
            ", and optional" if one.image.optional else "; images pull, build or load"
        )
    if one.stands_in or one.image.reference is None:
        tag = one.reference.rpartition(":")[2]
        if one.held.labels.get("gateproof.content") != tag:
            return False, f"{one.reference} was not built by images build; remove it and build it"
        return True, f"{one.reference}, built here, {one.held.id[:19]}"
    try:
        digest = pulling.check(reached, one)
    except pulling.WrongDigest as error:
        return False, str(error)
    if one.image.reference.digest:
        return True, f"{one.reference}, digest as listed"
    return True, f"{one.reference}, {digest or 'no digest of a registry'}; the list names none"


def _prune(
    reached: Engine,
    listed: Catalogue,
    images: list[Image],
    options: argparse.Namespace,
    _: Settings,
) -> int:
    """Shows what would go, and lets it go only when told so. Returns 1 if something resists."""
    found = pruning.old(reached, listed, images)
    if not found:
        _say("nothing is old: every build that is here is of this checkout")
        return 0
    for one in found:
        _say(f"{one.reference}, {one.size_bytes / 1e6:.0f} MB with what it shares")
    if not options.yes:
        _say(f"{len(found)} are of other states of the code; images prune --yes removes them")
        return 0
    resisted = pruning.remove(reached, found)
    for _one, why in resisted:
        _say(why)
    _say(f"{len(found) - len(resisted)} removed" + (f", {len(resisted)} left" if resisted else ""))
    return 1 if resisted else 0


def _chosen(reached: Engine, listed: Catalogue, images: list[Image]) -> list[Choice]:
    return [choice.choose(listed, image.name, reached) for image in images]


_Action = Callable[[Engine, Catalogue, list[Image], argparse.Namespace, Settings], int]
_ACTIONS: dict[str, _Action] = {
    "pull": _pull,
    "build": _build,
    "save": _save,
    "load": _load,
    "verify": _verify,
    "prune": _prune,
}


def _say(line: str) -> None:
    sys.stdout.write(f"images: {line}\n")
    sys.stdout.flush()
