"""An environment that runs already: nothing of the system under test is started or stopped here.

Documents are published only where we may, over nothing of anybody else's, and taken back at the end.
"""

import asyncio
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness.environments import embedded
from harness.environments.attachment import Attachment
from harness.environments.contract import (
    CannotStart,
    Fidelity,
    Identity,
    LeftBehind,
    LinkRelay,
    Options,
    Resource,
    Site,
)
from harness.environments.processes import Child
from harness.settings import Settings
from harness.topology import PARTS, Part
from harness.warden import ownership
from harness.warden.ways import (
    Handed,
    NotServed,
    Nowhere,
    ThroughAdmin,
    ThroughGate,
    Way,
    ask,
    in_words,
)
from harness.warden.web import Web

if TYPE_CHECKING:
    from harness.warden.rig import Rig

_DISCARD = 9
"""The port at which nobody listens on machines that are not ours (RFC 863, long out of use)."""


class Standing:
    """A part that somebody else runs. Its end is the end of our looking at it."""

    pid = 0  # no process of ours

    def __init__(self, addresses: Mapping[str, str], inside: Mapping[str, str]) -> None:
        self.addresses = addresses
        self.inside = inside
        self.end_expected = False
        self._over: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def expect_end(self) -> None:
        self.end_expected = True

    async def logs(self, lines: int) -> list[str]:
        return []

    async def kill(self) -> None:
        raise CannotStart("this part is not ours to break")

    terminate = pause = resume = kill

    async def stands_still(self) -> bool:
        return False

    async def ended(self) -> int:
        return await asyncio.shield(self._over)

    async def end(self) -> None:
        self.expect_end()
        if not self._over.done():
            self._over.set_result(0)


class AttachedEnvironment:
    """What `external` and `compose` have in common. `find` says what there is to attach to."""

    name = "attached"
    keeps_addresses = True

    def __init__(self, settings: Settings, options: Options) -> None:
        self.settings = settings
        self.options = options
        self._attachment: Attachment | None = None
        self._web = Web()
        self._nowhere: socket.socket | None = None
        self._run = ""
        self._claimed: list[Way] = []
        self._before: dict[str, Mapping[str, object]] = {}

    def find(self) -> Attachment:
        """Errors: CannotStart, in one line."""
        raise NotImplementedError

    @property
    def attachment(self) -> Attachment:
        """What there is, looked for once.

        Errors: CannotStart.
        """
        if self._attachment is None:
            self._attachment = self.find()
        return self._attachment

    def missing(self) -> str | None:
        try:
            self.attachment  # noqa: B018 - looking is what is asked for
        except CannotStart as error:
            return str(error)
        return None

    @property
    def fidelity(self) -> Mapping[str, Fidelity]:
        """Nothing, until it has been looked."""
        return self._attachment.fidelity() if self._attachment else {}

    @property
    def secrets(self) -> Mapping[str, str]:
        return self.attachment.secrets

    @property
    def identities(self) -> Mapping[str, Identity]:
        return self.attachment.identities

    # --- the beginning and the end -----------------------------------------------------------

    async def open(self, run: str, folder: Path) -> None:
        """Look whether everything answers, and whose document is there.

        Errors: CannotStart naming what does not answer, or what is somebody else's.
        """
        self._run = run
        try:
            for name in sorted(self.attachment.parts):
                await answers(self._web, self.attachment, name)
            self._nowhere = bound_and_silent(self.attachment)
            claimed = self._all_ways() if self.attachment.own else []
            for way in claimed:
                await self._claim(way)
        except NotServed as error:
            raise CannotStart(str(error)) from None
        self._claimed = claimed

    async def _claim(self, way: Way) -> None:
        there = await way.running()
        if foreign := ownership.strangers(there):
            raise CannotStart(
                f"{way.name} at {way.where} serves a document that is not ours: it has "
                f"{ownership.in_words(foreign)}; nothing was published. Take it away yourself, or "
                "use a gateway of your own"
            )
        if self.attachment.restores and ownership.is_demo(there):
            self._before[way.name] = there

    async def close(self) -> None:
        """Take our document back.

        Errors: LeftBehind when it could not be, with the line that says what is still there.
        """
        if self._nowhere is not None:
            self._nowhere.close()
        try:
            for way in self._claimed:
                await self._give_back(way)
        finally:
            await self._web.close()

    async def _give_back(self, way: Way) -> None:
        try:
            there = await way.running()
            if ownership.strangers(there):
                raise LeftBehind(
                    f"{way.name} at {way.where} serves somebody else's document by now: left as it is"
                )
            before = self._before.get(way.name)
            if before is not None and there != before:
                await way.hand_in(before)
            if before is None and not ownership.is_empty(there):
                await way.hand_in(ownership.EMPTY)
        except NotServed as error:
            raise LeftBehind(
                f"the document of run {self._run} is still at {way.name}: {error}; publish an empty "
                'one there: {"_format_version": "3.0"}'
            ) from None

    def ways(self, rig: "Rig", region: str) -> list[Way]:
        """The ways to a region: what goes through them carries our tag."""
        return [Tagging(way, f"gateproof-run-{self._run}") for way in self._ways_to(region)]

    def _all_ways(self) -> list[Way]:
        regions = sorted({PARTS[name].region for name in self.attachment.gateways})
        return [way for region in regions for way in self._ways_to(region)]

    def _ways_to(self, region: str) -> list[Way]:
        return ways_to(self._web, self.attachment, region)

    # --- parts -------------------------------------------------------------------------------

    def nowhere(self) -> str:
        if self._nowhere is not None:
            return (
                f"http://{_bracketed(self.attachment.advertise)}:{self._nowhere.getsockname()[1]}"
            )
        given = self.attachment.inside.get("upstream.url", "http://127.0.0.1")
        return f"http://{urlsplit(given).hostname}:{_DISCARD}"

    async def start(self, part: Part, site: Site) -> Resource:
        if part.name in self.attachment.started_here:
            return await started_service(part, site, self.settings, self.attachment)
        mine = f"{part.name}."
        inside = self.attachment.inside
        addresses = {
            what: where
            for what, where in self.attachment.addresses.items()
            if what.startswith(mine)
        }
        return Standing(addresses, {what: inside.get(what, addresses[what]) for what in addresses})

    async def relay(self, link: str, site: Site) -> LinkRelay:
        raise CannotStart(f"no relay can stand in {link}: {self.name} is not ours to break")


class Tagging:
    """A way that puts our tag on what goes through it."""

    def __init__(self, way: Way, *tags: str) -> None:
        self._way, self._tags = way, tags
        self.name, self.where = way.name, way.where

    async def running(self) -> Mapping[str, object]:
        return await self._way.running()

    async def hand_in(self, document: Mapping[str, object]) -> Handed:
        return await self._way.hand_in(ownership.tagged(document, *self._tags))


def ways_to(web: Web, attachment: Attachment, region: str) -> list[Way]:
    """A region's gate; where there is none, the admin port of each of its replicas."""
    if not attachment.own:
        return [Nowhere()]
    if management := attachment.gate_of(region):
        return [
            ThroughGate(
                web, f"gate-{region}", management, attachment.identities[region].environment,
                attachment.secrets["management"],
            )
        ]  # fmt: skip
    token = attachment.secrets.get("admin", "")
    return [
        ThroughAdmin(web, name, attachment.addresses[f"{name}.admin"], token)
        for name in attachment.gateways
        if PARTS[name].region == region
    ]


_HEALTH = {
    "gateway": ("admin", "/status"),
    "gate": ("management", "/health"),
    "service": ("control", "/health"),
    "ingest": ("url", "/health"),
}
"""Where a part of a kind says how it is."""


async def answers(web: Web, attachment: Attachment, name: str) -> str:
    """Return the URL at which a part said that it is up; empty where it cannot be asked by HTTP.

    Errors: NotServed.
    """
    kind = PARTS[name].kind
    if kind not in _HEALTH:
        return ""
    what, path = _HEALTH[kind]
    url = f"{attachment.addresses[f'{name}.{what}']}{path}"
    token = attachment.secrets.get("admin", "") if kind == "gateway" else ""
    status, body = await ask(web, f"{name}'s {what} port", "GET", url, token=token)
    if status != 200:
        raise NotServed(f"{name}'s {what} port at {url} says {in_words(status, body)}")
    return url


async def started_service(
    part: Part, site: Site, settings: Settings, attachment: Attachment
) -> Resource:
    """Start a service of ours where the gateway reaches it."""
    bind = attachment.bind or attachment.advertise
    child = Child(embedded.service_command(part, site, settings, f"{_bracketed(bind)}:0"))
    try:
        await child.ready()
    except CannotStart as error:
        await child.end()
        raise CannotStart(
            f"{error} (it was to listen on {bind}; bind = in {attachment.source} says where)"
        ) from None
    except BaseException:
        await child.end()
        raise
    where = urlsplit(child.announced["url"])
    here = "127.0.0.1" if where.hostname in _EVERYWHERE else where.hostname
    child.addresses = {
        f"{part.name}.url": f"http://{_bracketed(here)}:{where.port}",
        f"{part.name}.control": child.announced["control"],
    }
    child.inside = {
        **child.addresses,
        f"{part.name}.url": f"http://{_bracketed(attachment.advertise)}:{where.port}",
    }
    return child


_EVERYWHERE = ("0.0.0.0", "::")


def _bracketed(host: str | None) -> str:
    """A host as URLs write it."""
    return f"[{host}]" if host and ":" in host else str(host)


def bound_and_silent(attachment: Attachment) -> socket.socket | None:
    """Hold a port without listening on it: it refuses every connection."""
    if not attachment.started_here:
        return None
    host = attachment.bind or attachment.advertise
    held = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        held.bind((host, 0))
    except OSError as error:
        held.close()
        raise CannotStart(
            f"services cannot listen on {host}: {(error.strerror or str(error)).lower()}; "
            f'bind = in {attachment.source} says where, "0.0.0.0" is everywhere'
        ) from None
    return held
