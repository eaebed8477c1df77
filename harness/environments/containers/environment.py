"""The environment `containers`: real Redis, real Kafka, a network per cloud, by Testcontainers."""

import asyncio
import contextlib
import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from harness import topology
from harness.environments.containers import images, layout, leftovers, parcel, recipes
from harness.environments.containers.berths import Berth, Berths
from harness.environments.containers.contained import Contained
from harness.environments.containers.deaths import Deaths
from harness.environments.containers.engine import Engine, PortTaken, Wanted
from harness.environments.containers.images import NoImages
from harness.environments.containers.link import ContainedRelay, LastingRelay
from harness.environments.containers.ports import Ports
from harness.environments.containers.reaper import Reaper
from harness.environments.containers.recipes import Recipe
from harness.environments.contract import CannotStart, Fidelity, LinkRelay, Options, Resource, Site
from harness.images.choice import Choice
from harness.settings import Settings
from harness.topology import Part
from harness.warden.web import Web

_PORT_TRIES = 5


class Containers:
    """Starts every part in a container of its own."""

    name = "containers"
    fidelity: Mapping[str, Fidelity] = {
        "redis": Fidelity.REAL,
        "kafka": Fidelity.REAL,
        "ingest": Fidelity.REAL,
        "gate": Fidelity.REAL,
        "service": Fidelity.REAL,
        "gateway": Fidelity.REAL,
    }
    keeps_addresses = True

    def __init__(self, settings: Settings, options: Options) -> None:
        self.settings = settings
        self.options = options
        self._ports = Ports()
        self._web = Web()
        self._berths = Berths()
        self._lasting: dict[tuple[str, str], LastingRelay] = {}
        self._leaving: set[asyncio.Task[bool]] = set()
        self._images: Mapping[str, Choice] = {}
        self._relays: asyncio.Future[str] | None = None
        self._reaper: Reaper | None = None
        self._open: tuple[Engine, Deaths, layout.Owner] | None = None

    def missing(self) -> str | None:
        if self.options.kafka == "emulated":
            return "its Kafka is a real one; KAFKA=emulated is for ENV=embedded"
        try:
            self._images = images.chosen(self.settings)
        except NoImages as error:
            return str(error)
        return None

    @property
    def images(self) -> Mapping[str, Mapping[str, str]]:
        """Return what the parts are started from. Shape: {name: {"reference", "digest"}}."""
        return {
            name: {"reference": one.reference, "digest": one.digest}
            for name, one in self._images.items()
        }

    async def open(self, run: str, folder: Path) -> None:
        (folder / layout.MARK).touch()
        if lacking := await asyncio.to_thread(self.missing):
            raise CannotStart(lacking)
        owner = layout.Owner(run, folder, os.getpid(), platform.node())
        engine = Engine()
        self._open = (engine, Deaths(engine.client.api.events, run), owner)
        await asyncio.gather(
            self._start_reaper(engine, owner),
            *(engine.network(owner.name(each), owner.labels()) for each in layout.NETWORKS),
        )

    async def _start_reaper(self, engine: Engine, owner: layout.Owner) -> None:
        if reaper := self._images.get(images.REAPER):
            name = owner.name("reaper")
            self._reaper = await engine.do(
                "start Ryuk", Reaper.start, engine.client, reaper.reference, name, owner.run
            )

    @property
    def _engine(self) -> Engine:
        return self._opened[0]

    @property
    def _opened(self) -> tuple[Engine, Deaths, layout.Owner]:
        assert self._open is not None, "the environment is not open"
        return self._open

    async def close(self) -> None:
        if self._open is None:
            return
        engine, deaths, owner = self._open
        deaths.close()
        await self._web.close()
        await asyncio.gather(*self._leaving, return_exceptions=True)  # all of it is removed now
        self._berths.close()
        await engine.settle()
        await asyncio.to_thread(leftovers.remove_run, engine.client, owner.run)
        if self._reaper is not None:
            await asyncio.to_thread(self._reaper.close)
        engine.close()

    def nowhere(self) -> str:
        return "http://127.0.0.1:9"  # in its own container nobody listens there

    async def start(self, part: Part, site: Site) -> Resource:
        berth = self._berths.of(site.rig, part.name)
        if berth is not None and berth.starts:
            return await self._again(part, site, berth)
        relay = self._lasting.pop((site.rig, part.name), None)
        if berth is None and relay is None and site.rig != layout.SHARED:  # there, names are plain
            berth = await self._reuse(site.rig, part.name)
        if berth is None:
            how = partial(recipes.recipe, part, site)
            made, berth = await self._anew(part.name, site, how)
            berth.relay = relay
        else:
            made = recipes.recipe(part, site, berth.alias, berth.published.__getitem__)
        return await self._served(made, berth, part)

    async def relay(self, link: str, site: Site) -> LinkRelay:
        if self._relays is None:  # the first link that somebody wants to break
            self._relays = asyncio.ensure_future(self._start_relays(site))
        control = await asyncio.shield(self._relays)
        whole = (f"{site.rig}.{link}", layout.RELAYS, control, self._web.ask)
        part = topology.led_to(link)
        if topology.PARTS[part].kind not in topology.ADVERTISING:
            return await ContainedRelay.standing_in(*whole)
        berth = await self._reuse(site.rig, part, relayed=True)
        if berth is not None and berth.relay is not None:
            return berth.relay
        relay = self._lasting[site.rig, part] = await LastingRelay.standing_in(*whole)
        return relay

    async def _start_relays(self, site: Site) -> str:
        """Start what holds the relays of all rigs. Returns where it is told what to do."""
        try:
            of_run = replace(site, rig=layout.SHARED)
            _, berth = await self._anew(layout.RELAYS, of_run, lambda *_: recipes.relays())
            await self._served(recipes.relays(), berth)
        except BaseException:
            self._relays = None  # the next rig tries again
            raise
        return f"http://127.0.0.1:{berth.published[recipes.RELAY_CONTROL]}"

    async def _anew(
        self, name: str, site: Site, recipe: Callable[[str, recipes.Published], Recipe]
    ) -> tuple[Recipe, Berth]:
        """Make a container and start it, on other ports if somebody was faster.

        Errors: CannotStart.
        """
        engine, deaths, _ = self._opened
        alias = layout.alias(name, site.rig, self._berths.number())
        inside = recipe(alias, _any_port).ports.values()
        for attempt in range(_PORT_TRIES):
            published = self._ports.take(inside)
            made = recipe(alias, published.__getitem__)
            try:
                container, ended = await engine.create(
                    self._wanted(name, site, made, published), deaths.of
                )
            except PortTaken:
                if attempt == _PORT_TRIES - 1:
                    raise
                continue
            berth = Berth(name, alias, container, published, ended)
            self._berths.give(site.rig, berth)
            return made, berth
        raise AssertionError("unreachable")

    def _wanted(self, name: str, site: Site, made: Recipe, published: Mapping[int, int]) -> Wanted:
        owner = self._opened[2]
        code = (recipes.CODE, site.subjects) if made.own_code else None
        return Wanted(
            name=owner.name(made.alias),
            image=self._images[made.image].reference,
            command=made.command,
            networks=tuple(owner.name(network) for network in made.networks),
            alias=made.alias,
            published=published,
            labels=owner.labels(name),
            parcel=parcel.packed(made.packed, made.folders, recipes.USER, code),
        )

    async def _again(self, part: Part, site: Site, berth: Berth) -> Contained:
        """Start a part's container again: same names, same ports, and what it kept."""
        engine, deaths, _ = self._opened
        berth.begins_again(deaths.of(berth.container.id))
        await engine.do(f"start {part.name} again", berth.container.start)
        made = recipes.recipe(part, site, berth.alias, berth.published.__getitem__)
        return await self._served(made, berth, part, keeps=True)

    async def _served(
        self, made: Recipe, berth: Berth, part: Part | None = None, *, keeps: bool = False
    ) -> Contained:
        """Have a part begin in its berth, and wait until it serves; what does not is removed."""
        berth.starts += 1
        resource = Contained(made, self._engine, berth, partial(self._leave, berth, berth.rig))
        try:
            await asyncio.gather(resource.look(), resource.begin(keeps=keeps))
            await resource.ready()
        except BaseException:
            await resource.end()
            raise
        if part is not None:
            resource.inside, resource.addresses = _faces(part, made, berth.published)
        return resource

    async def _reuse(self, rig: str, part: str, *, relayed: bool = False) -> Berth | None:
        """Take over what another rig left, also what is still being vacated: that is quicker than anew."""
        while berth := self._berths.reuse(rig, part, relayed=relayed):
            if berth.vacated is None or await asyncio.shield(berth.vacated):
                return berth
            self._berths.leave(rig, berth)
        return None

    def _leave(self, berth: Berth, rig: str, resource: Contained, well: bool) -> None:
        """Take a berth from a rig; whatever it costs is done in the background."""
        if not self._berths.leave(rig, berth):
            return
        left = asyncio.ensure_future(self._left(berth, resource, well))
        self._leaving.add(left)
        left.add_done_callback(self._leaving.discard)
        if well:
            berth.vacated = left
            self._berths.lie_idle(berth)

    async def _left(self, berth: Berth, resource: Contained, well: bool) -> bool:
        """Vacate a berth, or remove it. Returns whether another part may begin in it."""
        with contextlib.suppress(CannotStart):
            if well and await resource.vacate():
                return True
        with contextlib.suppress(CannotStart):  # what resists is removed when the run ends
            berth.hang_up()
            await self._engine.remove(berth.container)
            self._ports.give_back(berth.published.values())
            if berth.relay is not None:
                await berth.relay.remove()
        return False


def _any_port(inside: int) -> int:
    """Stand in for an outside port while only the inside ones are asked for."""
    return inside


def _faces(
    part: Part, made: Recipe, published: Mapping[int, int]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the addresses of a part for other parts, and those for the harness."""
    inside, outside = {}, {}
    for what, port in made.ports.items():
        inside[f"{part.name}.{what}"] = recipes.inside_address(what, made, part)
        outside[f"{part.name}.{what}"] = recipes.outside_address(part, published[port])
    if part.kind == "gate":  # one port, and two links that can be cut one by one
        for face in (inside, outside):
            face |= {f"{part.name}.{one}": face[f"{part.name}.url"] for one in ("sync", "reports")}
    return inside, outside
