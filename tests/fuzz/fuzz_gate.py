"""Spoilt Cloud Tokens and report bodies: a Cloud Gate takes only what is sound, and exactly that arrives."""

import asyncio
import gzip
import json
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from joserfc import jwt
from joserfc.errors import JoseError

from harness import topology
from harness.tokens import CloudTokenIssuer
from load.surroundings import process
from tests.fuzz import tokens
from tests.fuzz.findings import Finding, Findings

FAMILY = "gate"
AT_ONCE = 8
_REGION, _ACCOUNT, _ENVIRONMENT, _INDEX = "eu", "fuzz", "test", "fuzz-index"
_TAKEN, _REFUSED = {200, 202, 204}, {400, 401, 403, 413, 415}


@dataclass(slots=True)
class Door:
    """A gate with its Kafka and its index. Shape: `taken` are the ids of events it answered 202 for."""

    http: httpx.AsyncClient
    gate: str
    ingest: str
    issuer: CloudTokenIssuer
    taken: set[str] = field(default_factory=set)

    def claims(self) -> dict[str, Any]:
        return {
            "iss": topology.CLOUD_ISSUER, "aud": topology.CLOUD_AUDIENCE, "org": _ACCOUNT,
            "envs": [_ENVIRONMENT], "cpg": _REGION, "idx": _INDEX, "scopes": ["sync", "reports"],
            "exp": 4102444800, "jti": "one",
        }  # fmt: skip

    def sign(self, claims: dict[str, Any], header: dict[str, Any]) -> str:
        return jwt.encode(header, claims, self.issuer.key, algorithms=["RS512"])

    def header(self) -> dict[str, Any]:
        return {"alg": "RS512", "kid": self.issuer.key.kid}


@asynccontextmanager
async def a_door() -> AsyncIterator[Door]:
    """Start Kafka (emulated), a gate and ingest on loopback, and end them."""
    async with AsyncExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="gateproof-fuzz-")))
        issuer = CloudTokenIssuer.fresh()
        (folder / "jwks.json").write_text(issuer.key_set())
        kafka = (await _started(held, "harness.environments.mock_kafka"))["bootstrap"]
        common = ("--kafka", kafka, "--topic", "reports", "--listen", "127.0.0.1:0")
        gate = await _started(
            held, "services", "cloud_gate", *common, "--region", _REGION,
            "--management", "127.0.0.1:0", "--jwks", str(folder / "jwks.json"),
            "--issuer", topology.CLOUD_ISSUER, "--store", str(folder / "store.json"),
        )  # fmt: skip
        ingest = await _started(held, "services", "ingest", *common, "--index", str(folder / "i"))
        http = await held.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=20))
        yield Door(http, gate["url"], ingest["url"], issuer)


async def _started(held: AsyncExitStack, *words: str) -> dict[str, str]:
    variables = {"CLOUD_GATE_MANAGEMENT_TOKEN": "fuzz"}
    child = await held.enter_async_context(process(sys.executable, "-m", *words, **variables))
    assert child.stdout is not None, "its one line comes over a pipe"
    announced: dict[str, str] = json.loads(await child.stdout.readline())
    return announced


async def fuzz(wanted: int, seed: int, only: int | None, findings: Findings) -> None:
    """Ask the gate `wanted` times, half with spoilt tokens and half with spoilt reports."""
    async with a_door() as door:
        numbers = list(range(wanted)) if only is None else [only]
        gate = asyncio.Semaphore(AT_ONCE)

        async def ask(number: int) -> None:
            async with gate:
                if findings.full:
                    return
                words, data = await _asked(door, number, seed)
                if words:
                    findings.add(Finding(FAMILY, number, words, (), data))
                if number % 200 == 0:
                    findings.progress(FAMILY, number, wanted)

        await asyncio.gather(*(ask(number) for number in numbers))
        findings.progress(FAMILY, len(numbers), wanted)
        await _exactly_arrived(door, findings)


async def _asked(door: Door, number: int, seed: int) -> tuple[str, bytes]:
    draw = random.Random(seed * 9_000_011 + number)
    if number % 2:
        return await _with_token(door, draw)
    return await _with_report(door, draw, number)


async def _with_token(door: Door, draw: random.Random) -> tuple[str, bytes]:
    token = tokens.spoilt(draw, door.sign, door.claims(), door.header())
    headers = {"Authorization": f"Bearer {token}".encode("utf-8", "replace")}
    answer = await door.http.get(f"{door.gate}/sync", headers=headers)
    if answer.status_code not in _TAKEN | _REFUSED:
        return f"a {answer.status_code} for a Cloud Token", token.encode()
    if answer.status_code in _TAKEN and not admissible(token.strip(), door, time.time()):
        return "a Cloud Token was taken that joserfc does not accept", token.encode()
    return "", b""


def admissible(token: str, door: Door, now_s: float) -> bool:
    """Would a careful gate of this region take the token? Judged with another library."""
    try:
        claims = jwt.decode(token, door.issuer.key, algorithms=["RS512"]).claims
    except (JoseError, ValueError, TypeError, RecursionError):
        return False
    aud, exp = claims.get("aud"), claims.get("exp")
    for_us = aud == topology.CLOUD_AUDIENCE or (
        isinstance(aud, list) and topology.CLOUD_AUDIENCE in aud
    )
    current = isinstance(exp, int | float) and not isinstance(exp, bool) and exp > now_s
    return bool(
        for_us
        and current
        and claims.get("iss") == topology.CLOUD_ISSUER
        and claims.get("cpg") == _REGION
        and claims.get("envs")
    )


async def _with_report(door: Door, draw: random.Random, number: int) -> tuple[str, bytes]:
    lines, good = _lines(draw, number)
    body, encoding = b"\n".join(lines), ""
    if draw.random() < 0.3:
        body, encoding = gzip.compress(body), "gzip"
        if draw.random() < 0.3:
            body, good = body[: draw.randrange(1, len(body))], None
    headers = {
        "Authorization": f"Bearer {door.sign(door.claims(), door.header())}",
        **({"Content-Encoding": encoding} if encoding else {}),
    }
    answer = await door.http.post(f"{door.gate}/reports", content=body, headers=headers)
    if answer.status_code not in _TAKEN | _REFUSED:
        return f"a {answer.status_code} for a report: {answer.text[:200]}", body
    if answer.status_code == 202:
        if good is None:
            return "a spoilt report was taken", body
        door.taken |= good
    elif good:
        return f"a sound report was refused: {answer.status_code} {answer.text[:200]}", body
    return "", b""


def _lines(draw: random.Random, number: int) -> tuple[list[bytes], set[str] | None]:
    """Draw the lines of a report. Shape: the lines, and the ids in it; None when it must be refused."""
    lines, ids, sound = [], set(), True
    for place in range(draw.choice((1, 2, 5))):
        event: dict[str, Any] = {"_id": f"e{number}-{place}", "status": 200, "uri": "/a"}
        line = json.dumps(event).encode()
        if draw.random() < 0.2:
            line, sound = draw.choice(_SPOILT)(draw, event), False
        ids.add(event["_id"])
        lines.append(line)
    if draw.random() < 0.2:
        lines.insert(draw.randrange(len(lines) + 1), draw.choice((b"", b"  ", b"\r")))
    return lines, ids if sound else None


_SPOILT = (
    lambda draw, event: b"[1]",
    lambda draw, event: b"null",
    lambda draw, event: json.dumps(event).encode()[: draw.randrange(1, 20)],
    lambda draw, event: b'{"_id": 5}',
    lambda draw, event: b'{"_id": ""}',
    lambda draw, event: b'{"status": 200}',
    lambda draw, event: b'{"_id": "x", "n": NaN}',
    lambda draw, event: b'{"_id": "x", "n": 1e999}',
    lambda draw, event: b'{"_id": "x", "env-id": "other"}',
    lambda draw, event: b'{"_id": "x", "env-id": 7}',
    lambda draw, event: b'{"_id": "\xff"}',
    lambda draw, event: b"{" * 5000,
    lambda draw, event: b'{"_id": "x", "a": "' + b"y" * 960_000 + b'"}',
)


async def _exactly_arrived(door: Door, findings: Findings) -> None:
    """Look into the index: what was answered with 202 is there once, and nothing else is."""
    if not door.taken:
        return
    query = {"at_least": len(door.taken), "wait_s": 20, "limit": 1}
    answer = await door.http.get(f"{door.ingest}/indices/{_INDEX}/events", params=query)
    total = answer.json()["total"]
    if total != len(door.taken):
        words = f"{len(door.taken)} events were taken, and {total} are in the index"
        findings.add(Finding(FAMILY, -1, words))
    findings.rest[FAMILY] = f"{len(door.taken)} events taken, {total} in the index"
