"""What a policy is: it looks at an exchange and lets it pass or refuses it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from gateway.counters.address import RedisAddress
from gateway.counters.contract import Counter
from gateway.document.entities import Scope
from gateway.exchange import Exchange
from gateway.policies.issuers import Issuers
from gateway.refusals import Refusal


class Policy(Protocol):
    """Built once per pipeline from a plugin's config. It may write into the exchange."""

    async def __call__(self, exchange: Exchange) -> Refusal | None: ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What policies are built with. Counters outlive the pipeline, issuers are the snapshot's."""

    issuers: Issuers
    local: Counter
    redis: Callable[[RedisAddress | None], Counter]


Build = Callable[[Any, Scope, Tools], Policy]
