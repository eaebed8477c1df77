"""What reached the services: read from their ledgers, judged now and again when the run has drained."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from harness import topology
from harness.scenario.exchange import Exchange
from harness.scenario.stage import Stage


@dataclass(slots=True)
class Arrivals:
    """Looks into the ledgers of the services that a scenario can reach."""

    stage: Stage
    client: httpx.Client

    def of(self, service: str, exchanges: Sequence[Exchange]) -> list[dict[str, Any]]:
        """Return what these calls caused at a service, in the order of arrival."""
        found: list[dict[str, Any]] = []
        for exchange in exchanges:
            found += self._ask(service, marker=exchange.marker)
        return found

    def of_function(self, name: str, at: str = "auth") -> list[dict[str, Any]]:
        """Return the invocations of a function; headers do not travel there, its name does."""
        return [
            arrival
            for arrival in self._ask(at, function=name)
            if arrival["path"].endswith("/invocations")
        ]

    def expect(self, service: str, exchanges: Sequence[Exchange], count: int) -> int:
        """Return how often a service was reached, and have it judged again at the end."""
        return self._expect([service], exchanges, count)

    def expect_nothing(self, exchanges: Sequence[Exchange]) -> int:
        """Return how often anything behind the gateway was reached."""
        return self._expect(self.services, exchanges, 0)

    @property
    def services(self) -> list[str]:
        """The services of this environment that keep a ledger."""
        self.stage.require_published()
        known = {name.partition(".")[0] for name in self.stage.facts["addresses"]}
        return sorted(topology.LEDGER_KEEPERS & known)

    def _expect(self, services: list[str], exchanges: Sequence[Exchange], count: int) -> int:
        found = sum(len(self.of(service, exchanges)) for service in services)
        self.stage.tell(
            "expectation",
            services=services,
            markers=[exchange.marker for exchange in exchanges],
            count=count,
        )
        return found

    def _ask(self, service: str, **query: str) -> list[dict[str, Any]]:
        control = self.stage.address(f"{service}.control")
        answer = self.client.get(f"{control}/ledger", params={"after": "0", **query})
        answer.raise_for_status()
        arrivals: list[dict[str, Any]] = answer.json()["arrivals"]
        return arrivals

    def header(self, service: str, exchange: Exchange, name: str) -> list[str]:
        """Return every value of a header as the service saw it, `_` and `-` taken as one."""
        wanted = _spelled(name)
        return [
            value
            for arrival in self.of(service, [exchange])
            for key, value in arrival["headers"]
            if _spelled(key) == wanted
        ]

    def identity(self, service: str, exchange: Exchange) -> list[str]:
        """Return who the service was told is calling, in every header that could say so."""
        return [value for name in _IDENTITY for value in self.header(service, exchange, name)]


_IDENTITY = (
    "X-Consumer-Username",
    "X-Consumer-Groups",
    "X-Authenticated-Userid",
    "X-Authenticated-Groups",
    "X-Credential-Username",
    "X-Anonymous-Consumer",
)


def _spelled(name: str) -> str:
    return name.lower().replace("_", "-")
