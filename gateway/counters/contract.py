"""What a counter promises: it counts and decides in one step that nothing can come between."""

from typing import Protocol

from gateway.quota import Count, Limit


class CounterAway(Exception):
    """The counter cannot be reached; nothing is known about the quota."""


class Counter(Protocol):
    async def spend(self, key: str, limits: tuple[Limit, ...]) -> Count:
        """Count one call in every window if all of them have room, else in none.

        Errors: CounterAway.
        """
        ...
