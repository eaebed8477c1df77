"""What is written down: everything once, in the log, the counters and the report."""

import asyncio
import json
import os

from gateway.logs import Log
from gateway.witness import Witness


def test_an_access_line_has_its_documented_fields_and_no_query(world):
    reading, writing = os.pipe()

    async def scenario():
        async with world.upstream() as up, world.gateway(world.document(up.url)) as gw:
            gw.gateway._witness._access = Log("info", writing)
            answers = [
                await gw.get("/users/1?jwt=secret", {"X-Transaction-Id": "t1"}),
                await gw.get("/nowhere"),
            ]
            await gw.gateway._witness.all_ended(1)
            return up.url, answers

    url, (found, lost) = asyncio.run(scenario())
    first, second = [json.loads(line) for line in os.read(reading, 65536).splitlines()]
    os.close(reading)
    os.close(writing)
    assert list(first) == ["at", "level", "message", "request_id", "transaction", "method",
                           "path", "status", "ms", "consumer", "route", "upstream", "refusal"]  # fmt: skip
    assert (first["level"], first["message"], first["method"]) == ("info", "request", "GET")
    assert (first["path"], first["status"], first["route"]) == ("/users/1", 200, "users")
    assert (first["request_id"], first["transaction"]) == (found["X-Request-Id"], "t1")
    assert (first["upstream"], first["refusal"]) == (f"{url}/1", None)
    assert (second["request_id"], second["refusal"]) == (lost["X-Request-Id"], "no-route")
    assert (second["route"], second["upstream"], second["consumer"]) == (None, None, None)


def test_waiting_for_the_last_ones_is_bounded():
    async def scenario():
        witness = Witness(None, None, None, None)
        witness.began()
        await witness.all_ended(0.01)
        return witness

    witness = asyncio.run(scenario())
    assert (witness.begun, witness.ended) == (1, 0)
