"""The environment `containers`: real Redis, real Kafka, a network per cloud, by Testcontainers."""

import asyncio
import contextlib
import os
import platform
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from harness.environments.containers import images, layout, leftovers, parcel, recipes
from harness.environments.containers.contained import Contained
from harness.environments.containers.deaths import Deaths
from harness.environments.containers.engine import Engine, PortTaken, Wanted
from harness.environments.containers.images import NoImages
from harness.environments.containers.link import ContainedRelay
from harness.environments.containers.ports import Ports
from harness.environments.containers.recipes import Recipe
from harness.environments.contract import CannotStart, Fidelity, LinkRelay, Options, Resource, Site
from harness.images.choice import Choice
from harness.settings import Settings
from harness.topology import Part
from harness.warden.web import Web

_PORT_TRIES = 5


@dataclass(slots=True)
class _Kept:
    """A container that outlives its part's ends, so that the part is found where it was."""

    container: Any
    published: Mapping[int, int]


_Started = tuple[Recipe, Contained, Mapping[int, int]]


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
    opens_ahead = True

    def __init__(self, settings: Settings, options: Options) -> None:
        self.settings = settings
        self.options = options
        self._ports = Ports()
        self._web = Web()
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._removals: set[asyncio.Task[None]] = set()
        self._images: Mapping[str, Choice] = {}
        self._relays: asyncio.Future[str] | None = None
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
            *(engine.network(owner.name(each), owner.labels()) for each in layout.NETWORKS)
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
        await asyncio.gather(*self._removals)
        await engine.settle()
        await asyncio.to_thread(leftovers.remove_run, engine.client, owner.run)
        engine.close()

    def nowhere(self) -> str:
        return "http://127.0.0.1:9"  # in its own container nobody listens there

    async def start(self, part: Part, site: Site) -> Resource:
        kept = self._kept.get((site.rig, part.name))
        if kept is None:
            started = await self._anew(part.name, site, partial(recipes.recipe, part, site))
        else:
            started = await self._again(part, site, kept)
        made, resource, published = started
        await self._served(resource, made, published)
        resource.inside, resource.addresses = _faces(part, made, published)
        return resource

    async def relay(self, link: str, site: Site) -> LinkRelay:
        if self._relays is None:  # the first link that somebody wants to break
            self._relays = asyncio.ensure_future(self._start_relays(site))
        control = await asyncio.shield(self._relays)
        name = f"{site.rig}.{link}"
        return await ContainedRelay.standing_in(name, layout.RELAYS, control, self._web.ask)

    async def _start_relays(self, site: Site) -> str:
        """Start what holds the relays of all rigs. Returns where it is told what to do."""
        try:
            of_run = replace(site, rig=layout.SHARED)
            made, resource, published = await self._anew(
                layout.RELAYS, of_run, lambda _: recipes.relays()
            )
            await self._served(resource, made, published)
        except BaseException:
            self._relays = None  # the next rig tries again
            raise
        return f"http://127.0.0.1:{published[recipes.RELAY_CONTROL]}"

    async def _anew(
        self, name: str, site: Site, recipe: Callable[[Callable[[int], int]], Recipe]
    ) -> _Started:
        """Make a container and start it, on other ports if somebody was faster.

        Errors: CannotStart.
        """
        engine, deaths, _ = self._opened
        inside = recipe(_any_port).ports.values()
        for attempt in range(_PORT_TRIES):
            published = self._ports.take(inside)
            made = recipe(published.__getitem__)
            try:
                container, ended = await engine.create(
                    self._wanted(name, site, made, published), deaths.of
                )
            except PortTaken:
                if attempt == _PORT_TRIES - 1:
                    raise
                continue
            key = (site.rig, name)
            self._kept[key] = _Kept(container, published)
            return made, self._resource(key, container, ended), published
        raise AssertionError("unreachable")

    def _wanted(self, name: str, site: Site, made: Recipe, published: Mapping[int, int]) -> Wanted:
        owner = self._opened[2]
        return Wanted(
            name=owner.name(site.rig, name),
            image=self._images[made.image].reference,
            command=made.command,
            networks=tuple(owner.name(network) for network in made.networks),
            alias=made.alias,
            published=published,
            labels=owner.labels(site.rig, name),
            parcel=_parcel(made, site),
        )

    async def _again(self, part: Part, site: Site, kept: _Kept) -> _Started:
        """Start a part's container again: same names, same ports, and what it kept."""
        engine, deaths, _ = self._opened
        made = recipes.recipe(part, site, kept.published.__getitem__)
        parcel = _parcel(made, site)
        if parcel:
            await engine.do(
                f"give {part.name} its files", kept.container.put_archive, recipes.HOME, parcel
            )
        ended = deaths.of(kept.container.id)
        await engine.do(f"start {part.name} again", kept.container.start)
        resource = self._resource((site.rig, part.name), kept.container, ended)
        return made, resource, kept.published

    def _resource(
        self, key: tuple[str, str], container: Any, ended: "asyncio.Future[int]"
    ) -> Contained:
        def remove() -> None:
            kept = self._kept.pop(key, None)
            self._go(self._removed(container, kept.published.values() if kept else ()))

        return Contained(key[1], self._engine, container, ended, remove)

    async def _removed(self, container: Any, ports: Iterable[int]) -> None:
        with contextlib.suppress(CannotStart):  # what resists is tried again when the run ends
            await self._engine.remove(container)
            self._ports.give_back(ports)

    def _go(self, removal: Coroutine[Any, Any, None]) -> None:
        """Remove in the background: it takes Docker a second, and nobody waits for it."""
        task = asyncio.ensure_future(removal)
        self._removals.add(task)
        task.add_done_callback(self._removals.discard)

    async def _served(
        self, resource: Contained, made: Recipe, published: Mapping[int, int]
    ) -> None:
        """Wait until it serves; what does not is removed."""
        first = published[next(iter(made.ports.values()))]
        try:
            await resource.look()
            await resource.ready(made.shows, first)
        except BaseException:
            await resource.end()
            raise


def _any_port(inside: int) -> int:
    """Stand in for an outside port while only the inside ones are asked for."""
    return inside


def _parcel(made: Recipe, site: Site) -> bytes:
    code = (recipes.CODE, site.subjects) if made.own_code else None
    if not (made.given or made.writes or code):
        return b""
    return parcel.packed(made.given, made.writes, recipes.USER, code)


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
