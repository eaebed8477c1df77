"""What a policy is: it looks at an exchange and lets it pass, refuses it, or answers it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from gateway.counters.address import RedisAddress
from gateway.counters.contract import Counter
from gateway.document.entities import Scope
from gateway.exchange import Exchange
from gateway.http.messages import Answer
from gateway.policies.issuers import Issuers
from gateway.policies.keys import Keys
from gateway.policies.numbering import Numbering
from gateway.refusals import Refusal


class Policy(Protocol):
    """Built once per pipeline from a plugin's config. It may write into the exchange.

    None lets the request pass on; an answer ends it well, a refusal ends it otherwise.
    """

    async def __call__(self, exchange: Exchange) -> Refusal | Answer | None: ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What policies are built with. Counters and numbering outlive the pipeline, issuers and keys
    are the snapshot's."""

    issuers: Issuers
    keys: Keys
    local: Counter
    redis: Callable[[RedisAddress | None], Counter]
    numbering: Numbering


Build = Callable[[Any, Scope, Tools], Policy]
