"""A warden without processes: an environment whose parts are values, and a web that is a function."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.environments.contract import CannotStart, Fidelity, Site
from harness.environments.local_relay import LocalRelay
from harness.topology import Part
from harness.warden import folders
from harness.warden.estate import Estate
from harness.warden.journal import Journal
from harness.warden.rig import Rig


class FakeResource:
    """One started part; it ends when it is told to."""

    def __init__(self, part: Part, pid: int, addresses: Mapping[str, str]) -> None:
        self.part = part
        self.pid = pid
        self.addresses = addresses
        self.inside = addresses
        self.end_expected = False
        self.said = ["it serves"]
        self.doings: list[str] = []
        self._end: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def logs(self, lines: int) -> list[str]:
        return self.said[-lines:]

    def expect_end(self) -> None:
        self.end_expected = True

    def die(self, code: int) -> None:
        self._end.set_result(code)

    async def kill(self) -> None:
        self.end_expected = True
        if not self._end.done():
            self._end.set_result(-9)

    async def pause(self) -> None:
        self.doings.append("paused")

    async def resume(self) -> None:
        self.doings.append("resumed")

    async def ended(self) -> int:
        return await asyncio.shield(self._end)

    async def end(self) -> None:
        await self.kill()


class FakeEnvironment:
    """Starts parts at once, unless a part is held back or broken."""

    name = "fake"
    fidelity: Mapping[str, Fidelity] = {"redis": Fidelity.EMULATED}
    keeps_addresses = False

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.started: list[FakeResource] = []
        self.sites: dict[str, dict[str, str]] = {}
        self.held: dict[str, asyncio.Event] = {}
        self.broken: set[str] = set()
        self.relays_at_start: dict[str, dict[str, str]] = {}
        self.closed = False

    def missing(self) -> str | None:
        return None

    def nowhere(self) -> str:
        return "http://nowhere:1"

    async def close(self) -> None:
        self.closed = True

    async def relay(self, link: str, site: Site) -> LocalRelay:
        return await LocalRelay.started(link)

    def hold(self, name: str) -> asyncio.Event:
        """Keep a part from getting ready until the event is set."""
        return self.held.setdefault(name, asyncio.Event())

    def there(self, name: str) -> FakeResource:
        return next(one for one in reversed(self.started) if one.part.name == name)

    async def start(self, part: Part, site: Site) -> FakeResource:
        self.begun.append(part.name)
        self.sites[part.name] = dict(site.inside)
        self.relays_at_start[part.name] = dict(site.relays)
        if part.name in self.held:
            await self.held[part.name].wait()
        if part.name in self.broken:
            raise CannotStart(f"{part.name} ended with 2 before it served: no reason")
        number = len(self.started) + 1
        made = FakeResource(part, number, _addresses(part.name, part.kind, number))
        self.started.append(made)
        return made


def _addresses(name: str, kind: str, number: int) -> dict[str, str]:
    what = {
        "redis": ["url"],
        "kafka": ["bootstrap"],
        "ingest": ["url"],
        "gate": ["url", "management", "sync", "reports"],
        "service": ["url", "control"],
        "gateway": ["proxy", "admin"],
    }[kind]
    if kind == "redis":
        return {"redis.url": "unix:///nowhere/redis.sock"}
    return {f"{name}.{one}": f"http://{name}-{one}:{7000 + number}" for one in what}


class FakeWeb:
    """Answers what the warden asks; `answer` is a function of method, URL and options."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.version = 0
        self.refusing: dict[str, list[dict[str, str]]] = {}
        self.serving: dict[str, int] = {}
        self.ledgers: dict[str, list[dict[str, Any]]] = {}
        self.silent: set[str] = set()
        self.gate_status = 201
        self.script_status = 204

    async def ask(
        self, method: str, url: str, *, token: str = "", **options: Any
    ) -> tuple[int, Any]:
        self.asked.append((method, url, {"token": token, **options}))
        part = url.removeprefix("http://").partition(":")[0]
        if part in self.silent:
            raise ConnectionError(f"{part} does not answer")
        if "/scripts/" in url:
            return self.script_status, None
        if "/ledger" in url:
            return 200, self._ledger(part, int(url.rpartition("after=")[2]))
        if "/status" in url:
            return 200, self._status(part.removesuffix("-admin"))
        self.version += 1
        return self.gate_status, {"version": self.version, "message": "no"}

    def _status(self, replica: str) -> dict[str, Any]:
        if replica in self.refusing:
            refused = {"version": self.version, "errors": self.refusing[replica]}
            return {"version": None, "source": {"refused": refused, "error": None}}
        served = self.serving.get(replica, self.version)
        return {"version": served, "source": {"refused": None, "error": "gate away"}}

    def _ledger(self, part: str, after: int) -> dict[str, Any]:
        kept = self.ledgers.get(part.removesuffix("-control"), [])
        return {"next": len(kept), "arrivals": kept[after:]}

    async def close(self) -> None:
        self.asked.append(("CLOSE", "", {}))


async def _nobody_hears(*_: Any) -> None: ...


@pytest.fixture
def environment() -> FakeEnvironment:
    return FakeEnvironment()


@pytest.fixture
def fake_web() -> FakeWeb:
    return FakeWeb()


@pytest.fixture
def rig(tmp_path: Path, environment: FakeEnvironment) -> Callable[..., Rig]:
    """A rig of the fake environment; `lent` are addresses that it knows from the start."""
    made: list[Any] = []

    def make(
        links: frozenset[str] = frozenset(), lent: Mapping[str, str] | None = None, died: Any = None
    ) -> Rig:
        folder = tmp_path / f"rig{len(made)}"
        folder.mkdir()
        made.append(folder)
        known = dict(lent or {})
        site = Site("rig", folder, tmp_path, tmp_path / "jwks.json", str, {}, known, dict(known))
        return Rig(f"rig{len(made)}", environment, site, links, died or _nobody_hears)

    return make


@pytest.fixture
def deaths() -> list[str]:
    """What an estate of the test said of parts that died."""
    return []


@pytest.fixture
def estate(
    tmp_path: Path, environment: FakeEnvironment, fake_web: FakeWeb, deaths: list[str]
) -> Iterator[Estate]:
    """An estate of the fake environment and the fake web, whose folder is really held."""
    made = Estate(
        run="k3f9",
        held=folders.take(tmp_path / "runs" / "k3f9"),
        environment=environment,
        journal=Journal(tmp_path / "report" / "run.ndjson"),
        subjects=tmp_path,
        on_death=deaths.append,
        web=fake_web,  # type: ignore[arg-type]
    )
    yield made
    made.journal.close()
    made.held.remove()
