"""Raw answers of a service: a caller gets one whole answer, or can tell that it did not."""

import asyncio
import re

from tests.fuzz.answers import RawAnswer, raw_answer
from tests.fuzz.caller import Received, called
from tests.fuzz.case import FIELD, cases_of
from tests.fuzz.findings import Finding, Findings
from tests.fuzz.fuzz_requests import AT_ONCE, BATCH, WARM, document
from tests.fuzz.meaning import Message, answers_in
from tests.fuzz.place import Place, gateway_before
from tests.fuzz.witness import Reply, Seen, Witness

_EMPTY_LINES = re.compile(rb"(\A|\r\n\r\n)(?:\r\n)+HTTP/")

FAMILY = "answers"
CALLER_S = 3.0
"""Longer than the gateway's own patience with a service, which is half a second."""


def _document(upstream: str) -> dict[str, object]:
    drawn = document(upstream)
    drawn["services"][0]["read_timeout"] = 500  # type: ignore[index]
    return drawn


def _method(number: int) -> str:
    return ("GET", "GET", "HEAD", "POST")[number % 4]


def _request(number: int) -> bytes:
    length = b"Content-Length: 3\r\n\r\nabc" if _method(number) == "POST" else b"\r\n"
    head = f"{_method(number)} /fuzz/{number}/0 HTTP/1.1\r\nHost: fuzz.test\r\n"
    return head.encode() + b"X-Fuzz: %d-0\r\nConnection: close\r\n" % number + length


async def fuzz(wanted: int, seed: int, only: int | None, findings: Findings) -> None:
    """Let a service give `wanted` raw answers, or the one of a case."""

    def answer(message: Message, serial: int) -> Reply:
        drawn = _drawn(message, serial, seed)
        return Reply(drawn.bytes, drawn.ends)

    witness = Witness(answer)
    async with gateway_before(witness, _document) as place:
        if only is not None:
            await _batch(place, [only], seed, findings)
            return
        before, number = place.memory_mib(), 0
        while number < wanted and not findings.full:
            await _batch(place, list(range(number, number + BATCH)), seed, findings)
            number += BATCH
            findings.progress(FAMILY, number, wanted)
            if number <= max(WARM, wanted // 5):
                before = place.memory_mib()
        await findings.at_rest(FAMILY, place, before)


def _drawn(message: Message, serial: int, seed: int) -> RawAnswer:
    number = cases_of(message.target, message.values(FIELD))[0]
    return raw_answer(number, seed, serial, message.method)


async def _batch(place: Place, numbers: list[int], seed: int, findings: Findings) -> None:
    gate = asyncio.Semaphore(AT_ONCE)
    received: dict[int, Received] = {}

    async def send(number: int) -> None:
        async with gate:
            received[number] = await called(place.port, _request(number), number, CALLER_S)

    await asyncio.gather(*(send(number) for number in numbers))
    await place.settled()
    arrived: dict[int, list[Seen]] = {number: [] for number in numbers}
    for one in place.witness.taken():
        arrived[cases_of(one.message.target, one.message.values(FIELD))[0]].append(one)
    for number in numbers:
        for words in judged(number, seed, received[number], arrived[number]):
            serial = arrived[number][-1].serial if arrived[number] else 0
            drawn = raw_answer(number, seed, serial, _method(number))
            findings.add(Finding(FAMILY, number, words, drawn.mistakes, drawn.bytes))
    for words in place.witness.strange:
        findings.add(Finding(FAMILY, -1, words))
    place.witness.strange.clear()


def judged(number: int, seed: int, received: Received, arrived: list[Seen]) -> list[str]:
    """Say what is wrong with what a caller got, given what the service had sent."""
    method = _method(number)
    if not received.closed:
        return [f"no answer within {CALLER_S:g} s"]
    if method == "POST" and len(arrived) > 1:
        return [f"a POST reached the service {len(arrived)} times"]
    got = answers_in(received.data, [method], closed=True)
    if not arrived:  # it was sent on a connection that the service was just closing
        failed = [answer.status for answer in got.messages] == [502]
        return [] if failed else [f"answered, and never arrived: {received.data[:200]!r}"]
    sent = raw_answer(number, seed, arrived[-1].serial, method)
    meant = answers_in(_tidied(sent.bytes), [method], closed=sent.ends != "stay")
    whole = meant.messages[0] if meant.messages else None
    if not got.messages:
        return ["an honest answer was not passed on"] if whole and not sent.mistakes else []
    if len(got.messages) > 1 or got.rest:
        return [f"more than one answer: {received.data[:300]!r}"]
    return _compared(got.messages[0], whole, sent, arrived[-1].serial)


def _compared(got: Message, whole: Message | None, sent: RawAnswer, serial: int) -> list[str]:
    own = b"application/json" in b"".join(got.values(b"content-type"))
    if own and got.status in (502, 504):
        honest = whole is not None and not sent.mistakes and sent.ends != "reset"
        return [f"an honest answer became a {got.status}"] if honest else []
    if whole is None:
        return [f"what was no whole answer was passed on as a {got.status}"]
    if (got.status, got.body) != (whole.status, whole.body):
        return [
            f"a {whole.status} of {len(whole.body)} bytes became a {got.status} of {len(got.body)}"
        ]
    said = got.values(b"x-serial")
    if said and b"%d" % serial not in said:
        return [f"somebody else's answer: {said}, its own is {serial}"]
    return []


def _tidied(sent: bytes) -> bytes:
    """Leave out empty lines before a status line: they change nothing, and parsers may skip them."""
    return _EMPTY_LINES.sub(rb"\1HTTP/", sent)
