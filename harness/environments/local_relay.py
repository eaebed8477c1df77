"""A relay in the warden itself, for environments whose parts are on its loopback."""

from urllib.parse import urlsplit

from harness.relay import Felt, Relay


class LocalRelay:
    """Carries a link between child processes."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self.inside = self.outside = relay.address

    @classmethod
    async def started(cls, link: str) -> "LocalRelay":
        relay = Relay(link)
        await relay.start()
        return cls(relay)

    async def lead_to(self, where: str | None) -> None:
        """Shape: a URL, or a bare "host:port" as brokers have it."""
        if where and "://" not in where:
            where = f"//{where}"
        self._relay.lead_to(urlsplit(where) if where else None)

    async def cut(self) -> None:
        self._relay.cut()

    async def heal(self) -> None:
        self._relay.heal()

    async def look(self) -> Felt:
        return self._relay.felt

    async def stop(self) -> None:
        await self._relay.stop()
