"""Environments make a topology real. Adding one touches its own file and this list."""

from collections.abc import Callable

from harness.environments.compose import Compose
from harness.environments.contract import Environment, Options
from harness.environments.embedded import Embedded
from harness.environments.external import External
from harness.settings import Settings

ENVIRONMENTS: dict[str, Callable[[Settings, Options], Environment]] = {
    Embedded.name: Embedded,
    External.name: External,
    Compose.name: Compose,
}
"""Every environment that can be asked for with ENV=."""

PLANNED = ("containers",)
"""Names that a later version will know; asking for them today is answered so."""
