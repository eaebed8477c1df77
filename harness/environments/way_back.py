"""Looks whether a gateway can be tested where it is: every hop there, and the way back to us.

Each hop becomes one finding with a remedy. The last one publishes a route, calls through it and looks
into our own ledger: what arrives there has been all the way round.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from secrets import token_hex, token_urlsafe
from typing import Any
from urllib.parse import urlsplit

from harness import patience
from harness.environments.attached import answers, started_service, ways_to
from harness.environments.attachment import Attachment
from harness.environments.contract import CannotStart, Site
from harness.findings import Finding, State
from harness.markers import HEADER
from harness.settings import ROOT, Settings
from harness.topology import PARTS, regions
from harness.warden import ownership
from harness.warden.ways import NotServed, Way, ask
from harness.warden.web import Web

_THERE = "look at the address in the file, at the firewall, and whether it runs"
_BACK = (
    "advertise = the address of this machine as the gateway sees it, let it through the firewall"
)


async def examine(attachment: Attachment, settings: Settings) -> list[Finding]:
    """Look at every hop, in the order in which a call takes them."""
    web = Web()
    try:
        found = [await _part(web, attachment, name) for name in sorted(attachment.parts)]
        found += [await _proxy(web, attachment, name) for name in attachment.gateways]
        looked_at = replace(attachment, own=True)  # looking is allowed everywhere
        ways = [
            way
            for region in regions(attachment.gateways)
            for way in ways_to(web, looked_at, region)
        ]
        found += [await _owner(way, attachment.own) for way in ways]
        if not attachment.own:
            return [*found, _read_only()]
        if any(each.state is State.MISSING for each in found):
            return [*found, Finding("way back", State.MISSING, "not tried, see above")]
        return [*found, *await _way_back(web, attachment, settings, ways)]
    finally:
        await web.close()


def _read_only() -> Finding:
    found = "not tried: own = false, nothing is published"
    return Finding(
        "way back", State.LIMITED, found, "own = true, if the gateway is yours to change"
    )


async def _part(web: Web, attachment: Attachment, name: str) -> Finding:
    """Does a part answer where it says how it is?"""
    try:
        url = await answers(web, attachment, name)
        if url:
            return Finding(name, State.READY, f"answers at {url}")
        return await _connected(attachment, name)
    except NotServed as error:
        found, _, remedy = str(error).partition("; ")
        return Finding(name, State.MISSING, found, remedy or _THERE)


async def _connected(attachment: Attachment, name: str) -> Finding:
    """Redis and Kafka are the gateway's: we only look whether somebody listens."""
    address = next(a for n, a in attachment.addresses.items() if n.startswith(f"{name}."))
    where = urlsplit(address if "//" in address else f"//{address}")
    try:
        async with asyncio.timeout(patience.CALL_S):
            _, writer = await asyncio.open_connection(where.hostname, where.port)
    except (OSError, TimeoutError) as error:
        found = f"{address} cannot be reached: {error or 'no answer'}"
        return Finding(name, State.LIMITED, found, "only the gateway has to reach it")
    writer.close()
    return Finding(name, State.READY, f"somebody listens at {address}")


async def _proxy(web: Web, attachment: Attachment, name: str) -> Finding:
    """Is there HTTP at all? What it answers to an unknown host does not matter."""
    from httpx import HTTPError

    url = attachment.addresses[f"{name}.proxy"]
    subject = f"{name} proxy"
    try:
        answer = await web.client.get(url, timeout=patience.CALL_S)
    except HTTPError as error:
        found = f"{url} does not answer: {error or type(error).__name__}"
        return Finding(subject, State.MISSING, found, _THERE)
    return Finding(subject, State.READY, f"speaks HTTP at {url} ({answer.status_code})")


async def _owner(way: Way, own: bool) -> Finding:
    """Whose document is there?"""
    subject = f"{way.name} document"
    try:
        there = await way.running()
    except NotServed as error:
        found, _, remedy = str(error).partition("; ")
        return Finding(subject, State.MISSING, found, remedy or _THERE)
    if foreign := ownership.strangers(there):
        found = f"not ours: it has {ownership.in_words(foreign)}"
        if not own:
            return Finding(subject, State.READY, f"{found}; it is only looked at")
        remedy = "use a gateway of your own, or take the document away yourself"
        return Finding(subject, State.MISSING, found, remedy)
    words = (
        "empty" if ownership.is_empty(there) else "ours, left by an earlier run or in use by one"
    )
    return Finding(subject, State.READY, words)


async def _way_back(
    web: Web, attachment: Attachment, settings: Settings, ways: list[Way]
) -> list[Finding]:
    """Publish one route to our upstream, call it through each replica, look into the ledger."""
    try:
        async with _upstream(attachment, settings) as (inside, control):
            host = f"doctor-{token_hex(4)}.gateway.test"
            before = [await way.running() for way in ways]
            try:
                if problem := await _published(ways, _document(inside, host)):
                    return [problem]
                return [
                    await _called(web, attachment, name, host, inside, control)
                    for name in attachment.gateways
                ]
            finally:
                for way, document in zip(ways, before, strict=True):
                    await way.hand_in(
                        document if ownership.is_demo(document) and attachment.restores
                        else ownership.EMPTY
                    )  # fmt: skip
    except (CannotStart, NotServed) as error:
        return [Finding("way back", State.MISSING, str(error), "mend this first")]


def _document(inside: str, host: str) -> dict[str, Any]:
    service = {"name": "gateproof-doctor", "url": inside, "retries": 0, "connect_timeout": 2000}
    route = {
        "name": "gateproof-doctor",
        "paths": ["/"],
        "hosts": [host],
        "service": service["name"],
    }
    document = {**ownership.EMPTY, "services": [service], "routes": [route]}
    return ownership.tagged(document, "gateproof-doctor")


async def _published(ways: list[Way], document: dict[str, Any]) -> Finding | None:
    for way in ways:
        handed = await way.hand_in(document)
        if handed.errors:
            error = handed.errors[0]
            found = f"{way.name} refused one route: {error['pointer']} {error['message']}"
            return Finding("way back", State.MISSING, found, "look at the gateway's log")
    return None


async def _called(
    web: Web, attachment: Attachment, name: str, host: str, inside: str, control: str
) -> Finding:
    """Call through one replica until it serves the route, and see what arrived."""
    from httpx import HTTPError

    subject = f"{name} way back"
    marker = f"doctor.{token_hex(6)}"
    status: object = None
    try:
        async with asyncio.timeout(patience.DOCUMENT_SERVED_S):
            while True:  # behind a Cloud Gate a document takes a moment
                answer = await web.client.get(
                    attachment.addresses[f"{name}.proxy"],
                    headers={"Host": host, HEADER: marker},
                )
                status = answer.status_code
                if status != 404:
                    break
                await asyncio.sleep(patience.POLL_S * 10)
    except (HTTPError, TimeoutError) as error:
        status = status or str(error) or type(error).__name__
    _, ledger = await ask(web, "upstream", "GET", f"{control}/ledger?after=0&marker={marker}")
    arrived = len(ledger["arrivals"])
    if status == 200 and arrived == 1:
        return Finding(subject, State.READY, f"reaches us at {inside}: 1 call, 1 arrival")
    if status == 404:
        found = f"still answers 404 after {patience.DOCUMENT_SERVED_S:g} s: the route is not served"
        remedy = "is this the gateway that the document went to?"
        return Finding(subject, State.MISSING, found, remedy)
    if arrived:
        found = f"reached us at {inside} {arrived} times for one call that was answered {status}"
        return Finding(subject, State.MISSING, found, "look at the gateway's log")
    found = f"answers {status}, and nothing arrived: it does not reach us at {inside}"
    return Finding(subject, State.MISSING, found, _BACK)


@asynccontextmanager
async def _upstream(attachment: Attachment, settings: Settings) -> AsyncIterator[tuple[str, str]]:
    """Yield where the gateway reaches an upstream, and the control port with its ledger."""
    if "upstream" not in attachment.started_here:
        yield attachment.inside["upstream.url"], attachment.addresses["upstream.control"]
        return
    with tempfile.TemporaryDirectory(prefix="gateproof-doctor-") as folder:
        site = Site(
            rig="doctor", folder=Path(folder), subjects=ROOT, key_set=Path(folder) / "none",
            cloud_token=lambda _region: "",
            secrets={name: token_urlsafe(24) for name in ("jwt", "aws_key", "aws_secret")},
        )  # fmt: skip
        started = await started_service(PARTS["upstream"], site, settings, attachment)
        try:
            yield started.inside["upstream.url"], started.addresses["upstream.control"]
        finally:
            await started.end()
