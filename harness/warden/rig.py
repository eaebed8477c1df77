"""A rig: named parts that somebody owns. The shared environment is the rig that is opened first."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from harness import topology
from harness.environments.contract import Environment, Resource, Site
from harness.relay import Relay

SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Identity:
    """What the Cloud Tokens of one region of a rig say."""

    account: str
    environment: str
    index: str


@dataclass(frozen=True, slots=True)
class Started:
    """When a part was ready. Units: seconds since the rig was opened."""

    name: str
    began_s: float
    ready_s: float
    after: tuple[str, ...]


@dataclass(slots=True)
class Rig:
    """Opens and closes parts in dependency order; relays stand in the links it may break."""

    name: str
    environment: Environment
    site: Site
    links: frozenset[str]
    died: Callable[["Rig", str, Resource, int], None]
    identities: dict[str, Identity] = field(default_factory=dict)
    parts: set[str] = field(default_factory=set)
    resources: dict[str, Resource] = field(default_factory=dict)
    relays: dict[str, Relay] = field(default_factory=dict)
    timeline: list[Started] = field(default_factory=list)
    _ready: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _watchers: set[asyncio.Task[None]] = field(default_factory=set)
    _opened_at: float = field(default_factory=time.monotonic)

    async def open(self, parts: frozenset[str]) -> None:
        """Start the parts that are not there yet, each as soon as what it needs is ready.

        Errors: CannotStart of the first part that does not come up.
        """
        wanted = topology.with_needs(parts) - self._borrowed()
        for name in sorted(wanted - self.parts):
            self.parts.add(name)
        for name in topology.in_order(wanted):  # what a part waits for has its task already
            if name not in self._ready:
                self._ready[name] = asyncio.create_task(self._start(name))
        await asyncio.gather(*(self._ready[name] for name in wanted))

    def _borrowed(self) -> frozenset[str]:
        """Parts whose address is known from the start: the shared environment's."""
        known = {address.partition(".")[0] for address in self.site.addresses}
        return frozenset(known - self.parts)

    async def _start(self, name: str) -> None:
        part = topology.PARTS[name]
        first = tuple(sorted((part.needs | part.uses) & self.parts))
        for other in first:
            await asyncio.shield(self._ready[other])
        began = time.monotonic() - self._opened_at
        await self.start(name)
        self.timeline.append(Started(name, began, time.monotonic() - self._opened_at, first))

    async def start(self, name: str) -> None:
        """Start a part, or start it again: behind a relay it keeps its address."""
        resource = await self.environment.start(topology.PARTS[name], self.site)
        self.resources[name] = resource
        self._watch(name, resource)
        for what, address in resource.addresses.items():
            self.site.addresses[what] = await self._relayed(what, address)

    async def _relayed(self, what: str, address: str) -> str:
        """Put a relay in front of an address that this rig may cut off, or lead it there anew."""
        link = topology.link_of(what)
        if link not in self.links:
            return address
        where = urlsplit(address)
        if link not in self.relays:
            self.relays[link] = Relay(link)
            await self.relays[link].start()
        self.relays[link].lead_to(where)
        scheme = "redis" if where.scheme == "unix" else where.scheme
        return f"{scheme}://{self.relays[link].address}"

    def lost_by(self, name: str) -> list[str]:
        """Return the addresses that others could not find again if this part were started anew."""
        used = {what for what in self.resources[name].addresses if what in topology.USED_BY_PARTS}
        return sorted(what for what in used if topology.link_of(what) not in self.relays)

    def unplug(self, name: str) -> None:
        """Let no relay lead to where a part used to be: that port may soon be somebody else's."""
        for what in self.resources[name].addresses:
            if (link := topology.link_of(what)) in self.relays:
                self.relays[link].lead_to(None)

    def _watch(self, name: str, resource: Resource) -> None:
        async def watch() -> None:
            code = await resource.ended()
            if not resource.end_expected:
                self.died(self, name, resource, code)

        task = asyncio.create_task(watch())
        self._watchers.add(task)
        task.add_done_callback(self._watchers.discard)

    async def close(self) -> None:
        """End everything at once."""
        for task in self._ready.values():
            task.cancel()
        await asyncio.gather(*self._ready.values(), return_exceptions=True)
        for resource in self.resources.values():
            resource.expect_end()
        await asyncio.gather(*(resource.end() for resource in self.resources.values()))
        for relay in self.relays.values():
            await relay.stop()
        self.resources.clear()

    def critical_path(self) -> list[Started]:
        """Return the chain of parts that decided when the rig was ready, first part first."""
        by_name = {started.name: started for started in self.timeline}
        chain: list[Started] = []
        current = max(self.timeline, key=lambda one: one.ready_s, default=None)
        while current is not None:
            chain.insert(0, current)
            before = [by_name[name] for name in current.after if name in by_name]
            current = max(before, key=lambda one: one.ready_s, default=None)
        return chain

    def addresses(self) -> Mapping[str, str]:
        return dict(self.site.addresses)
