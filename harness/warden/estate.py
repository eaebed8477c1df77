"""What the warden owns: the shared environment, the rigs, the journal, keys and secrets."""

import asyncio
import secrets as randomness
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness import checks, topology
from harness.environments.contract import (
    Attached,
    CannotStart,
    Environment,
    Identity,
    Resource,
    Site,
)
from harness.masking import Mask, hidden
from harness.warden import folders, gauges
from harness.warden.harvest import Harvest
from harness.warden.journal import Journal
from harness.warden.publisher import NotServed, Publication, Publisher
from harness.warden.rig import SHARED, Rig
from harness.warden.web import Web
from harness.warden.wire import EnvironmentDied, Refused

_BORROWED = topology.LEDGER_KEEPERS | {"kafka", "ingest"}
"""Parts that a rig may use from the shared environment: calls to them are told apart by markers."""


@dataclass(slots=True)
class Estate:
    """Opens, publishes, records and closes. Everything that is global to a run is in here."""

    run: str
    held: folders.Held
    environment: Environment
    journal: Journal
    subjects: Path
    on_death: Callable[[str], None]
    web: Web = field(default_factory=Web)
    rigs: dict[str, Rig] = field(default_factory=dict)
    death: str = ""
    plan_digest: str = ""
    suffixes: tuple[str, ...] = ()
    secrets: dict[str, str] = field(default_factory=dict)
    shared_links: frozenset[str] = frozenset()
    mask_key: bytes = field(default_factory=lambda: randomness.token_bytes(16))
    _published: asyncio.Future[Publication] | None = None
    _issuer: Any = None
    _count: int = 0
    _cursors: dict[str, int] = field(default_factory=dict)
    _harvest: Harvest = field(init=False)

    def __post_init__(self) -> None:
        self.secrets = {
            "jwt": f"Too many secrets. {randomness.token_urlsafe(24)}",
            "aws_key": "AKIA" + randomness.token_hex(8).upper(),
            "aws_secret": randomness.token_urlsafe(30),
            "management": randomness.token_urlsafe(30),
            "snapshot": randomness.token_urlsafe(30),
            "admin": randomness.token_urlsafe(30),
        }
        if isinstance(self.environment, Attached):
            self.secrets |= self.environment.secrets
        self._harvest = Harvest(self.journal, self.web, self.run)

    @property
    def mask(self) -> Mask:
        return Mask(self.mask_key, hidden(self.secrets))

    @property
    def pids(self) -> list[int]:
        return [one.pid for rig in self.rigs.values() for one in rig.resources.values()]

    # --- rigs ---------------------------------------------------------------------------------

    async def open_shared(self, parts: frozenset[str]) -> Rig:
        """Open the shared environment, or add parts to it."""
        rig = self.rigs.get(SHARED)
        if rig is None:
            rig = self._new_rig(SHARED, self.shared_links)
        await self._opened(rig, parts)
        return rig

    async def open_rig(
        self, parts: frozenset[str], links: frozenset[str], borrowed: frozenset[str]
    ) -> Rig:
        """Open an environment of one's own, which knows the borrowed parts of the shared one.

        Errors: Refused for a part that is nobody's to lend; CannotStart.
        """
        if strange := borrowed - _BORROWED:
            raise Refused(f"a rig needs a {' and a '.join(sorted(strange))} of its own")
        self._count += 1
        rig = self._new_rig(f"rig{self._count}", links, borrowed)
        try:
            await self._opened(rig, parts)
        except BaseException:  # one that took too long is closed as well
            await self.close_rig(rig.name)
            raise
        return rig

    async def _opened(self, rig: Rig, parts: frozenset[str]) -> None:
        began = time.monotonic()
        opening = asyncio.ensure_future(rig.open(parts))
        self._make_keys()  # while the first children boot
        await opening
        if isinstance(self.environment, Attached):
            await self._skip_what_came_before(rig)
        self.journal.write(
            "opened",
            rig=rig.name,
            parts=sorted(rig.parts),
            took_s=round(time.monotonic() - began, 4),
            cpu_s=gauges.cpu_s([r.pid for r in rig.resources.values()]),
            critical_path=[
                {"part": s.name, "took_s": round(s.ready_s - s.began_s, 4)}
                for s in rig.critical_path()
            ],
        )

    def _new_rig(
        self, name: str, links: frozenset[str], borrowed: frozenset[str] = frozenset()
    ) -> Rig:
        folder = self.held.path / name
        folder.mkdir(mode=0o700)
        identities = {
            region: Identity(
                account=f"account-{region}-{name}-{self.run}",
                environment=f"env-{region}-{name}-{self.run}",
                index=f"index-{region}-{name}-{self.run}",
            )
            for region in topology.regions(topology.EVERYTHING)
        }
        if isinstance(self.environment, Attached):
            identities |= self.environment.identities
        site = Site(
            rig=name,
            folder=folder,
            subjects=self.subjects,
            key_set=self.held.path / "jwks.json",
            cloud_token=lambda region: self.cloud_token(identities[region], region, {}),
            secrets=self.secrets,
        )
        shared = self.rigs[SHARED].site if SHARED in self.rigs else None
        if shared is not None:
            site.addresses |= _of_parts(borrowed, shared.addresses)
            site.inside |= _of_parts(borrowed, shared.inside)
        site.inside["nowhere.url"] = self.environment.nowhere()
        rig = Rig(name, self.environment, site, links, self._part_died, identities)
        self.rigs[name] = rig
        return rig

    def _make_keys(self) -> None:
        if self._issuer is None:
            from harness.tokens import CloudTokenIssuer, key_pair

            self._issuer = CloudTokenIssuer.fresh()
            self.secrets.update(key_pair())
            (self.held.path / "jwks.json").write_text(self._issuer.key_set())

    def cloud_token(self, identity: Identity, region: str, changes: Mapping[str, Any]) -> str:
        """Issue a Cloud Token; `changes` are claims that a scenario wants to be different."""
        self._make_keys()
        token: str = self._issuer.issue(
            account=identity.account,
            environment=identity.environment,
            region=region,
            index=identity.index,
            now_s=time.time(),
            changes=changes,
        )
        return token

    async def _part_died(self, rig: Rig, name: str, resource: Resource, code: int) -> None:
        if self.death:
            return
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        said = [self.mask.text(line) for line in await resource.logs(50)]
        last = " | ".join(said[-5:]) or "it said nothing"
        self.death = f"{name} ({rig.name}) died with {how}; its last lines: {last}"
        self.journal.write("died", rig=rig.name, part=name, code=code, log=said)
        self.on_death(self.death)

    def rig(self, name: str) -> Rig:
        """Errors: EnvironmentDied, and Refused for a rig that is not open."""
        if self.death:
            raise EnvironmentDied(self.death)
        if name not in self.rigs:
            raise Refused(f"no rig {name!r} is open")
        return self.rigs[name]

    async def close_rig(self, name: str) -> None:
        rig = self.rigs.get(name)
        if rig is not None:
            await self._read_ledgers(rig)
            await self._harvest.of(rig, self.mask)
            await rig.close()
            del self.rigs[name]
            self.journal.write("closed", rig=name)

    # --- documents ----------------------------------------------------------------------------

    async def publish_plan(
        self, digest: str, document: Any, scripts: Any, suffixes: list[str], parts: frozenset[str]
    ) -> tuple[Rig, Publication]:
        """Publish the plan of the run once; every later caller must bring the same plan.

        Errors: Refused for a second, different plan.
        """
        if self.plan_digest and self.plan_digest != digest:
            raise Refused("this run has another plan: workers disagree about what is selected")
        self.plan_digest, self.suffixes = digest, tuple(suffixes)  # before anybody else can ask
        rig = await self._open_or_die(parts)
        if self._published is None:
            self._published = asyncio.get_running_loop().create_future()
            try:
                done = await self.publish(rig, document, scripts, wait=True)
            except Exception as error:
                self._published.set_exception(error)
            else:
                self._published.set_result(done)
        return rig, await asyncio.shield(self._published)

    async def _open_or_die(self, parts: frozenset[str]) -> Rig:
        """Without the shared environment no scenario can say anything: that ends the run."""
        try:
            return await self.open_shared(parts)
        except CannotStart as error:
            if not self.death:
                self.death = f"the shared environment did not come up: {error}"
                self.on_death(self.death)
            raise EnvironmentDied(self.death) from error

    async def publish(self, rig: Rig, document: Any, scripts: Any, *, wait: bool) -> Publication:
        began = time.time()
        try:
            ways = self.environment.ways if isinstance(self.environment, Attached) else None
            done = await Publisher(self.web, ways).publish(rig, document, scripts, wait=wait)
        except KeyError as error:
            raise NotServed(f"the document names {error}, which {rig.name} does not have") from None
        self.journal.write(
            "publication",
            rig=rig.name,
            began=began,
            document=self.mask.plain(document),
            **done.plain(),
        )
        return done

    # --- what arrived -------------------------------------------------------------------------

    async def _skip_what_came_before(self, rig: Rig) -> None:
        """Begin each ledger at its end: what an earlier run caused is not ours to account for."""
        for name in sorted(rig.parts & topology.LEDGER_KEEPERS & set(rig.resources)):
            if (key := f"{rig.name}/{name}") not in self._cursors:
                control = rig.site.addresses[f"{name}.control"]
                _, ledger = await self.web.ask("GET", f"{control}/ledger?after={10**9}")
                self._cursors[key] = ledger["next"]

    async def _read_ledgers(self, rig: Rig) -> None:
        """Bring what reached the rig's own services into the journal, once each."""
        for name in sorted(rig.parts & topology.LEDGER_KEEPERS & set(rig.resources)):
            control = rig.site.addresses[f"{name}.control"]
            key = f"{rig.name}/{name}"
            after = self._cursors.get(key, 0)
            try:
                _, ledger = await self.web.ask("GET", f"{control}/ledger?after={after}")
            except Exception as error:
                if not self.death:
                    self.journal.write("unread", rig=rig.name, service=name, why=str(error))
                continue
            self._cursors[key] = ledger["next"]
            for arrival in ledger["arrivals"]:
                self.journal.take(self._arrival(rig, name, arrival))

    def _arrival(self, rig: Rig, service: str, arrival: dict[str, Any]) -> dict[str, Any]:
        return {
            "kind": "arrival",
            "rig": rig.name,
            **arrival,
            "service": service,
            "path": self.mask.text(arrival["path"]),
            "headers": self.mask.headers(arrival["headers"]),
            "body": self.mask.text(arrival.get("body") or ""),
            "trailers": self.mask.headers(arrival.get("trailers") or ()),
            "head": self.mask.head(arrival.get("head") or ""),
        }

    async def drain(self) -> dict[str, Any]:
        """Read every ledger to its end and judge absence once more, over the whole journal."""
        for rig in list(self.rigs.values()):
            await self._read_ledgers(rig)
            await self._harvest.of(rig, self.mask, last=True)
        records = self.journal.records
        strangers = checks.unaccounted(records, self.run, self.suffixes)
        for stranger in strangers:
            self.journal.write("unaccounted", arrival=stranger)
        late = checks.late_arrivals(records)
        unread = [f"{r['rig']}/{r['service']}: {r['why']}" for r in self.journal.of("unread")]
        told = [{"scenario": checks.scenario_of(one), "line": _in_words(one)} for one in strangers]
        ours_alone = not isinstance(self.environment, Attached)
        return {
            "unaccounted": told if ours_alone else [],
            "listed": [] if ours_alone else [one["line"] for one in told],
            "late": late,
            "unread": unread,
        }

    async def close(self) -> None:
        """End everything that runs."""
        for rig in list(self.rigs.values()):
            for resource in rig.resources.values():
                resource.expect_end()
        await asyncio.gather(*(rig.close() for rig in list(self.rigs.values())))
        self.rigs.clear()
        await self.web.close()
        try:
            await self.environment.close()
        finally:
            self.journal.close()


def _in_words(arrival: dict[str, Any]) -> str:
    marker = arrival.get("marker") or "no marker"
    return (
        f"{arrival['service']} was reached by {arrival['method']} {arrival['path']} "
        f"({marker}), and no call of this run accounts for it"
    )


def _of_parts(names: frozenset[str], addresses: Mapping[str, str]) -> dict[str, str]:
    return {what: where for what, where in addresses.items() if what.partition(".")[0] in names}
