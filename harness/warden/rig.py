"""A rig: named parts that somebody owns. The shared environment is the rig that is opened first."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from harness import topology
from harness.environments.contract import Environment, Identity, LinkRelay, Resource, Site

SHARED = "shared"


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
    died: Callable[["Rig", str, Resource, int], Awaitable[None]]
    identities: dict[str, Identity] = field(default_factory=dict)
    parts: set[str] = field(default_factory=set)
    resources: dict[str, Resource] = field(default_factory=dict)
    relays: dict[str, LinkRelay] = field(default_factory=dict)
    timeline: list[Started] = field(default_factory=list)
    _ready: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _standing: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _watchers: set[asyncio.Task[None]] = field(default_factory=set)
    _opened_at: float = field(default_factory=time.monotonic)

    async def open(self, parts: frozenset[str]) -> None:
        """Start the parts that are not there yet, each as soon as what it needs is ready.

        Errors: CannotStart of the first part that does not come up.
        """
        wanted = topology.with_needs(parts) - self._borrowed()
        for name in sorted(wanted - self.parts):
            self.parts.add(name)
        self.site.parts |= self.parts
        for link in sorted(self.links):
            if topology.led_to(link) in wanted and link not in self._standing:
                self._standing[link] = asyncio.create_task(self._stand_in(link))
        for name in topology.in_order(wanted):  # what a part waits for has its task already
            if name not in self._ready:
                self._ready[name] = asyncio.create_task(self._start(name))
        await asyncio.gather(*(self._ready[name] for name in wanted))

    def _borrowed(self) -> frozenset[str]:
        """Parts whose address is known from the start: the shared environment's."""
        known = {address.partition(".")[0] for address in self.site.inside}
        return frozenset(known - self.parts)

    async def _start(self, name: str) -> None:
        part = topology.PARTS[name]
        first = tuple(sorted((part.needs | part.uses) & self.parts))
        for other in first:
            await asyncio.shield(self._ready[other])
        began = time.monotonic() - self._opened_at
        await self.start(name)
        self.timeline.append(Started(name, began, time.monotonic() - self._opened_at, first))

    async def _stand_in(self, link: str) -> None:
        relay = await self.environment.relay(link, self.site)
        self.relays[link] = relay
        self.site.relays[link] = relay.inside

    async def _stood_in(self, part: str) -> None:
        """Wait for the relays in the links that lead to a part."""
        leading = [task for link, task in self._standing.items() if topology.led_to(link) == part]
        await asyncio.gather(*(asyncio.shield(task) for task in leading))

    async def start(self, name: str) -> None:
        """Start a part, or start it again: behind a relay it keeps its address."""
        part = topology.PARTS[name]
        if part.kind in topology.ADVERTISING:
            await self._stood_in(name)
        resource = await self.environment.start(part, self.site)
        self.resources[name] = resource
        self._watch(name, resource)
        await self._stood_in(name)
        for what, address in resource.inside.items():
            await self._known(what, address, resource.addresses[what])

    async def _known(self, what: str, inside: str, outside: str) -> None:
        """Note where an address is, or lead the relay in front of it there."""
        relay = self.relays.get(topology.link_of(what))
        if relay is not None:
            await relay.lead_to(inside)
            outside = rehosted(outside, relay.outside) if relay.outside else outside
            inside = rehosted(inside, relay.inside)
        self.site.inside[what], self.site.addresses[what] = inside, outside

    def lost_by(self, name: str) -> list[str]:
        """Return the addresses that others could not find again if this part were started anew."""
        if self.environment.keeps_addresses:
            return []
        used = {what for what in self.resources[name].inside if what in topology.USED_BY_PARTS}
        return sorted(what for what in used if topology.link_of(what) not in self.relays)

    async def unplug(self, name: str) -> None:
        """Let no relay lead to where a part used to be: that port may soon be somebody else's."""
        for what in self.resources[name].inside:
            if (link := topology.link_of(what)) in self.relays:
                await self.relays[link].lead_to(None)

    def _watch(self, name: str, resource: Resource) -> None:
        async def watch() -> None:
            code = await resource.ended()
            if not resource.end_expected:
                await self.died(self, name, resource, code)

        task = asyncio.create_task(watch())
        self._watchers.add(task)
        task.add_done_callback(self._watchers.discard)

    async def close(self) -> None:
        """End everything at once."""
        under_way = [*self._ready.values(), *self._standing.values()]
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        for resource in self.resources.values():
            resource.expect_end()
        await asyncio.gather(*(resource.end() for resource in self.resources.values()))
        await asyncio.gather(*(relay.stop() for relay in self.relays.values()))
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


def rehosted(address: str, host_port: str) -> str:
    """Return an address at another host and port; a unix socket becomes the TCP of its protocol."""
    scheme, separator, rest = address.partition("://")
    if not separator:
        return host_port
    if scheme == "unix":
        return f"redis://{host_port}"
    _, slash, path = rest.partition("/")
    return f"{scheme}://{host_port}{slash}{path}"
