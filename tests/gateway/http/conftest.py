"""Bytes on a socket against a whole gateway, and what comes of them."""

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

PROBE = b"GET /users/probe HTTP/1.1\r\nHost: a\r\n\r\n"


@dataclass
class Outcome:
    """The statuses answered, whether the connection ended, and what the upstream saw."""

    statuses: list[int] = field(default_factory=list)
    ended: bool = False
    arrivals: list[tuple[str, str, bytes]] = field(default_factory=list)
    answers: list = field(default_factory=list)
    whole: bool = True


async def converse(world, gw, raw, answers=1, pieces=None, half_close=False):
    """Send the bytes, read so many answers, then find out whether the connection still serves."""
    caller = await gw.connect()
    outcome = Outcome()
    for piece in pieces or [raw]:
        caller.send(piece)
        if pieces:
            await asyncio.sleep(0)
    if half_close:
        caller.writer.write_eof()
        outcome.ended = await caller.closed() == b""
        caller.close()
        return outcome
    try:
        if answers:
            await caller.answer(answers, bodiless=raw.startswith(b"HEAD"))
        caller.send(PROBE)
        found = len(caller.answers.found)
        await caller.answer(found + 1)
    except (ConnectionError, IndexError):
        outcome.ended = True
    found = caller.answers.found
    if not outcome.ended and found[-1].status == 200 and len(found) == answers + 1:
        found.pop()
    else:
        outcome.ended = True
    caller.close()
    outcome.answers = found
    outcome.statuses = [answer.status for answer in found]
    outcome.whole = all(answer.whole for answer in found if answer.status >= 200)
    return outcome


@pytest.fixture
def wire(world):
    """Ask a gateway before an upstream: `said(raw, answers)` gives the outcome."""

    def said(raw, answers=1, document=(), limits=None, **how):
        async def scenario():
            async with (
                world.upstream() as up,
                world.gateway(world.document(up.url, **dict(document))) as gw,
            ):
                if limits is not None:
                    gw.gateway._servers[0].limits = limits
                outcome = await converse(world, gw, raw, answers, **how)
                outcome.arrivals = [
                    (one.method, one.path, one.body) for one in up.arrivals if one.path != "/probe"
                ]
                outcome.seen = up.arrivals
            return outcome

        return asyncio.run(scenario())

    return SimpleNamespace(said=said, converse=converse)
