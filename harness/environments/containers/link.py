"""A relay in the container that holds all relays of a run, and stands in every network."""

import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Self

from harness.relay import Felt

Ask = Callable[..., Awaitable[Any]]


class ContainedRelay:
    """Told over HTTP what to do. The harness itself never goes through it: `outside` is empty."""

    outside = ""

    def __init__(self, inside: str, control: str, ask: Ask) -> None:
        self.inside = inside
        self._control = control
        self._ask = ask

    @classmethod
    async def standing_in(cls, link: str, host: str, control: str, ask: Ask) -> Self:
        """Stand in a link, whose name nobody else has; it leads nowhere yet."""
        _, made = await ask("POST", f"{control}/{link}")
        return cls(f"{host}:{made['port']}", f"{control}/{link}", ask)

    async def lead_to(self, where: str | None) -> None:
        await self._ask("PUT", f"{self._control}/leads-to", json={"where": where})

    async def cut(self) -> None:
        await self._ask("PUT", f"{self._control}/cut")

    async def heal(self) -> None:
        await self._ask("PUT", f"{self._control}/heal")

    async def look(self) -> Felt:
        _, felt = await self._ask("GET", f"{self._control}/felt")
        return Felt(felt["broken"], felt["refused"])

    async def stop(self) -> None:
        await self.remove()

    async def remove(self) -> None:
        import httpx

        with contextlib.suppress(httpx.HTTPError):  # the container is gone, and its relays with it
            await self._ask("DELETE", self._control)


class LastingRelay(ContainedRelay):
    """One that a container names to its clients: it goes where that goes, from rig to rig."""

    async def stop(self) -> None:
        """Leave it whole to who comes next."""
        await self.heal()
