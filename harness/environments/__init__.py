"""Environments make a topology real. Adding one touches its own file and this list."""

from collections.abc import Callable

from harness.environments.compose import Compose
from harness.environments.contract import Environment, Options
from harness.environments.embedded import Embedded
from harness.environments.external import External
from harness.settings import Settings


def _containers(settings: Settings, options: Options) -> Environment:
    """Imported when asked for: Docker's libraries take a quarter of a second."""
    from harness.environments.containers.environment import Containers

    return Containers(settings, options)


ENVIRONMENTS: dict[str, Callable[[Settings, Options], Environment]] = {
    Embedded.name: Embedded,
    "containers": _containers,
    External.name: External,
    Compose.name: Compose,
}
"""Every environment that can be asked for with ENV=."""

IN_DOCKER = frozenset({"containers"})
"""Environments that look, before they begin, for what killed runs left in Docker."""

PLANNED: tuple[str, ...] = ()
"""Names that a later version will know; asking for them today is answered so."""


def _fresh_images(settings: Settings, say: Callable[[str], None]) -> None:
    from harness.environments.containers.images import refresh

    refresh(settings, say)


PREPARING: dict[str, Callable[[Settings, Callable[[str], None]], None]] = {
    "containers": _fresh_images,
}
"""What is brought up to date before an environment is asked what it is missing."""


def prepare(name: str, settings: Settings, say: Callable[[str], None]) -> None:
    if name in PREPARING:
        PREPARING[name](settings, say)
