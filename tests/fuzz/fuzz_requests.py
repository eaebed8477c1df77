"""Raw requests: the gateway may refuse what it likes, and hand on only what was meant."""

import asyncio
import re

from tests.fuzz import oracle, requests
from tests.fuzz.caller import PATIENT_S, Received, called
from tests.fuzz.findings import Finding, Findings
from tests.fuzz.meaning import Message
from tests.fuzz.place import Place, gateway_before
from tests.fuzz.witness import Reply, Witness

FAMILY = "requests"
AT_ONCE = 48
BATCH = 2_000
WARM = 6_000
"""So many requests, or a fifth of them all, leave a process as large as it has to be."""


def document(upstream: str) -> dict[str, object]:
    route = {"name": "fuzz", "paths": ["/fuzz"], "strip_path": False}
    service = {"name": "witness", "url": upstream, "retries": 0, "routes": [route]}
    return {"_format_version": "3.0", "services": [service]}


def answered(message: Message, serial: int) -> Reply:
    body = b"" if message.method == "HEAD" else b"seen"
    head = b"HTTP/1.1 200 OK\r\nX-Serial: %d\r\nContent-Length: 4\r\n\r\n" % serial
    return Reply(head + body)


async def fuzz(wanted: int, seed: int, only: int | None, findings: Findings) -> None:
    """Send cases until `wanted` requests are sent, or just the one case."""
    witness = Witness(answered)
    async with gateway_before(witness, document) as place:
        if only is not None:
            await judge(place, [requests.case(only, seed)], findings)
            return
        before, number, sent = place.memory_mib(), 0, 0
        while sent < wanted and not findings.full:
            batch = [requests.case(number + n, seed) for n in range(BATCH)]
            await judge(place, batch, findings)
            number += BATCH
            sent += sum(case.requests for case in batch)
            findings.progress(FAMILY, sent, wanted)
            if sent <= max(WARM, wanted // 5):
                before = place.memory_mib()
        await findings.at_rest(FAMILY, place, before)


async def judge(place: Place, batch: list[requests.Case], findings: Findings) -> None:
    """Send cases side by side, and say what is wrong with what became of them."""
    gate = asyncio.Semaphore(AT_ONCE)
    received: dict[int, Received] = {}

    async def send(case: requests.Case) -> None:
        async with gate:
            received[case.number] = await called(place.port, case.bytes, case.number)

    await asyncio.gather(*(send(case) for case in batch))
    await place.settled()
    seen = place.witness.taken()
    owned, strangers = oracle.owners(seen, {case.number: case.bytes for case in batch})
    for words in strangers + place.witness.strange:
        findings.add(Finding(FAMILY, _case_in(words), words))
    place.witness.strange.clear()
    for case in batch:
        got, arrived = received[case.number], owned[case.number]
        said = [flaw for one in arrived for flaw in oracle.flaws(one.message)]
        said += oracle.odd_answers(case.bytes, got, arrived)
        if oracle.unanswered(case.bytes, got) and await _still_unanswered(place, case):
            said.append(f"no answer within {PATIENT_S:g} s")
        for words in said:
            findings.add(Finding(FAMILY, case.number, words, case.mistakes, case.bytes))


async def _still_unanswered(place: Place, case: requests.Case) -> bool:
    """Ask once more, alone and with patience: a busy machine is no hang."""
    again = await called(place.port, case.bytes, case.number, PATIENT_S)
    place.witness.taken()
    return oracle.unanswered(case.bytes, again)


def _case_in(words: str) -> int:
    """Return the case that an arrival of nobody's names, to replay it."""
    found = re.search(r"/fuzz/(\d+)/", words)
    return int(found[1]) if found else -1
