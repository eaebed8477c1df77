"""Spoilt tokens: a call gets through only with a token that another library accepts as well."""

import asyncio
import json
import random
import time
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from tests.fuzz import tokens
from tests.fuzz.caller import Received, called
from tests.fuzz.case import FIELD, cases_of
from tests.fuzz.findings import Finding, Findings
from tests.fuzz.fuzz_requests import AT_ONCE, BATCH, answered, document
from tests.fuzz.meaning import answers_in
from tests.fuzz.place import Place, gateway_before
from tests.fuzz.witness import Witness

FAMILY = "tokens"
KEY = "caller"
SHARED = "the secret that callers under fuzz share with the gateway"
SECRET = OctKey.import_key(SHARED)
LATER_S = 4102444800


def _document(upstream: str) -> dict[str, object]:
    drawn = document(upstream)
    config = {"key_claim_name": "kid", "claims_to_verify": ["exp"], "cookie_names": ["session"]}
    drawn["plugins"] = [{"name": "jwt", "config": config}]
    credential = {"key": KEY, "secret": SHARED}
    drawn["consumers"] = [{"username": "caller", "jwt_secrets": [credential]}]
    return drawn


def token_of(number: int, seed: int) -> str:
    """Draw the token of a case; every eighth is good."""
    draw = random.Random(seed * 3_000_017 + number)
    claims = {"kid": KEY, "exp": LATER_S, "email": "a@example.com"}
    if number % 8 == 0:
        return _signed(claims, {"alg": "HS256"})
    return tokens.spoilt(draw, _signed, claims, {"alg": "HS256"})


def _signed(claims: dict[str, Any], header: dict[str, Any]) -> str:
    return jwt.encode(header, claims, SECRET)


def good(token: str, now_s: float) -> bool:
    """Would a careful reader accept it? Judged with another library than the gateway's."""
    try:
        read = jwt.decode(token, SECRET, algorithms=["HS256"])
    except (JoseError, ValueError, TypeError, RecursionError):
        return False
    claims = read.claims
    exp, nbf = claims.get("exp"), claims.get("nbf", 0)
    numbers = all(isinstance(n, int | float) and not isinstance(n, bool) for n in (exp, nbf))
    named = claims.get("kid") or read.header.get("kid")
    return numbers and exp > now_s and nbf <= now_s and named == KEY


def _request(number: int, token: str) -> bytes:
    head = f"GET /fuzz/{number}/0"
    fields = [b"Host: fuzz.test", b"X-Fuzz: %d-0" % number, b"Connection: close"]
    where = number % 3
    if where == 0 and token.isalnum() | ("." in token) and not set(token) & set("% #&+\t;,=~/"):
        head += f"?jwt={token}"
    elif where == 1 and not set(token) & set(" ;,\t"):
        fields.append(b"Cookie: a=b; session=" + token.encode())
    else:
        fields.append(b"Authorization: Bearer " + token.encode())
    return f"{head} HTTP/1.1\r\n".encode() + b"".join(f + b"\r\n" for f in fields) + b"\r\n"


async def fuzz(wanted: int, seed: int, only: int | None, findings: Findings) -> None:
    """Call with `wanted` tokens, or with the one of a case."""
    witness = Witness(answered)
    async with gateway_before(witness, _document) as place:
        if only is not None:
            await _batch(place, [only], seed, findings)
            return
        before, number = 0.0, 0
        while number < wanted and not findings.full:
            await _batch(place, list(range(number, number + BATCH)), seed, findings)
            number += BATCH
            findings.progress(FAMILY, number, wanted)
            before = before or place.memory_mib()
        await findings.at_rest(FAMILY, place, before)


async def _batch(place: Place, numbers: list[int], seed: int, findings: Findings) -> None:
    gate = asyncio.Semaphore(AT_ONCE)
    received: dict[int, Received] = {}
    drawn = {number: token_of(number, seed) for number in numbers}

    async def send(number: int) -> None:
        async with gate:
            sent = _request(number, drawn[number])
            received[number] = await called(place.port, sent, number, 5.0)

    await asyncio.gather(*(send(number) for number in numbers))
    await place.settled()
    reached = {
        cases_of(one.message.target, one.message.values(FIELD))[0] for one in place.witness.taken()
    }
    for number in numbers:
        words = judged(number, drawn[number], received[number], number in reached)
        if words:
            data = _request(number, drawn[number])
            findings.add(Finding(FAMILY, number, words, (), data))


def judged(number: int, token: str, received: Received, reached: bool) -> str:
    """Say in words what is wrong; nothing when all is well."""
    read = answers_in(received.data, ["GET"], closed=received.closed)
    if len(read.messages) != 1 or read.rest:
        return f"expected one answer, found {received.data[:200]!r}"
    status = read.messages[0].status
    if status not in (200, 400, 401, 414, 431):
        return f"a {status} for a token"
    if reached != (status == 200):
        return f"answered with {status}, and the service was {'' if reached else 'not '}reached"
    if reached and not good(token, time.time()):
        return "a token got through that joserfc does not accept"
    if number % 8 == 0 and not reached:
        return f"a good token was refused: {read.messages[0].body!r}"
    if status == 401 and "message" not in json.loads(read.messages[0].body):
        return f"a refusal in another shape: {read.messages[0].body[:200]!r}"
    return ""
