"""A relay in a container of its own, which stands in a link between two networks."""

from collections.abc import Awaitable, Callable
from typing import Any

from harness.environments.contract import Felt


class ContainedRelay:
    """Told over HTTP what to do. The harness itself never goes through it: `outside` is empty."""

    outside = ""

    def __init__(
        self, inside: str, control: str, ask: Callable[..., Awaitable[Any]],
        end: Callable[[], Awaitable[None]],
    ) -> None:  # fmt: skip
        self.inside = inside
        self._control = control
        self._ask = ask
        self._end = end

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
        await self._end()
