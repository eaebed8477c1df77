"""Which images the parts are started from, and making ours anew when the code has changed."""

from collections.abc import Callable, Mapping

from harness import network
from harness.images import building, catalogue, choice, closure, debian, engine, wheelhouse
from harness.images.choice import Choice
from harness.images.content import BASE, OURS
from harness.settings import Settings

NEEDED = ("redis", "kafka", *OURS)
REAPER = "ryuk"

_REFUSALS = (
    catalogue.BadList,
    engine.NoEngine,
    debian.NoDebian,
    wheelhouse.NoWheels,
    closure.LacksWheel,
    network.BadNetwork,
)


class NoImages(Exception):
    """The images cannot be had; the text is one line."""


def chosen(settings: Settings) -> Mapping[str, Choice]:
    """Return the image of each name, all of them on this machine; the reaper's only if it is.

    Errors: NoImages.
    """
    try:
        listed = catalogue.load(settings)
        reached = engine.connect(settings.surroundings)
        try:
            reaper = choice.choose(listed, REAPER, reached)
            extra = {REAPER: reaper} if reaper.held else {}
            return choice.require(listed, NEEDED, reached) | extra
        finally:
            reached.close()
    except (catalogue.BadList, choice.Missing, engine.NoEngine) as error:
        raise NoImages(str(error)) from error


def refresh(settings: Settings, say: Callable[[str], None]) -> None:
    """Build our own images anew if only they are missing: what they are built on is here.

    Does nothing where anything else is missing, or no engine is reached: the environment says so.
    """
    try:
        listed = catalogue.load(settings)
        reached = engine.connect(settings.surroundings)
    except (catalogue.BadList, engine.NoEngine):
        return
    try:
        found = {name: choice.choose(listed, name, reached) for name in (*NEEDED, BASE)}
        stale = [name for name in OURS if found[name].held is None]
        if stale and all(found[name].held for name in found if name not in OURS):
            say(f"images: {' and '.join(stale)} differ from the code here and are built anew")
            building.build(building.Site(reached, listed, settings, say, _never), stale)
    except _REFUSALS as error:
        say(f"images: {error}")
    finally:
        reached.close()


def _never(found: Choice) -> None:
    """Nothing of ours is pulled."""
