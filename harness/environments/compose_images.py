"""Which images Compose is told to start: what the list of images says is here."""

from contextlib import closing

from harness.environments.contract import CannotStart
from harness.images import catalogue, choice, engine
from harness.settings import Settings

NAMES = ("redis", "kafka", "subjects")


def chosen(settings: Settings) -> dict[str, str]:
    """Return the references to start, by name.

    Errors: CannotStart naming what is not on this machine, and what gets it.
    """
    try:
        with closing(engine.connect(settings.surroundings)) as reached:
            found = choice.require(catalogue.load(settings), NAMES, reached)
    except (engine.NoEngine, choice.Missing, catalogue.BadList) as error:
        raise CannotStart(str(error)) from None
    return {name: one.reference for name, one in found.items()}
