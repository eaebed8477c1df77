"""What a backend is: it answers the exchange, or refuses it."""

from typing import Protocol

from gateway.exchange import Exchange
from gateway.http.reply import Reply
from gateway.refusals import Refusal


class Backend(Protocol):
    """Either it has answered through `reply` and returns None, or it has written nothing."""

    async def __call__(self, exchange: Exchange, reply: Reply) -> Refusal | None: ...
