"""What the tests of the harness share: step definitions of one test, features, exchanges, a fake warden."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pytest_bdd.steps import step_function_context_registry

from harness.scenario.desk import Desk
from harness.scenario.exchange import Exchange
from harness.scenario.stage import Stage
from harness.specification import catalogue
from harness.specification.catalogue import Example
from harness.specification.fragments import Fragment, Scope
from harness.specification.plan import Entry, Plan
from harness.specification.sentences import Definition, definitions
from tests.harness.whole_runs import SLOW, Run

RUN = "k3f9"
SECRETS = {
    "jwt": "Too many secrets. Setec Astronomy",
    "aws_key": "AKIA0123456789ABCDEF",
    "aws_secret": "an aws secret of the tests",
    "management": "the token of the management",
}


@pytest.fixture
def own_steps() -> Iterator[Callable[[], list[Definition]]]:
    """The step definitions that the test has made so far; they are forgotten after it.

    They must not outlive it: the features of the same pytest session read the same registry.
    """
    before = list(step_function_context_registry.items())
    contexts = [context for _, context in before]

    def made() -> list[Definition]:
        return [one for one in definitions() if all(one.context is not known for known in contexts)]

    yield made
    kept = {key for key, _ in before}
    for key in list(step_function_context_registry):
        if key not in kept:
            del step_function_context_registry[key]


@pytest.fixture
def write_feature(tmp_path: Path) -> Callable[..., Path]:
    """Write a feature file and return its path: write_feature(text, "quotas/window.feature")."""

    def write(text: str, name: str = "area/some.feature") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return write


@pytest.fixture
def examples(tmp_path: Path, write_feature: Callable[..., Path]) -> Callable[..., list[Example]]:
    """Parse the text of a feature into its examples."""

    def parsed(text: str, name: str = "area/some.feature") -> list[Example]:
        return catalogue.examples_of(catalogue.parse(write_feature(text, name)), tmp_path)

    return parsed


@pytest.fixture(scope="session")
def exchange() -> Callable[..., Exchange]:
    """Make an exchange of which only what matters is said; a dict as body is written as JSON."""

    def make(
        status: int | None = 200, headers: dict[str, str] | None = None, body: Any = "", **said: Any
    ) -> Exchange:
        fields: dict[str, Any] = {
            "marker": f"{RUN}.s1-{RUN}.w0-1",
            "replica": "eu-1",
            "method": "GET",
            "url": "http://127.0.0.1:4000/users",
            "host": f"s1-{RUN}.gateway.test",
            "request_headers": (),
            "request_body": "",
            "intended_s": 100.0,
            "started_s": 100.0,
            "ended_s": 100.012,
        }
        text = body if isinstance(body, str) else json.dumps(body)
        pairs = tuple((headers or {}).items())
        return Exchange(**(fields | said), status=status, headers=pairs, body=text)

    return make


class FakeWarden:
    """Stands where a process's connection to the warden is: answers by `answers`, remembers."""

    def __init__(self) -> None:
        self.facts: dict[str, Any] = {
            "run": RUN,
            "environment": "embedded",
            "fidelity": {"redis": "real"},
            "secrets": dict(SECRETS),
            "mask_key": "00" * 16,
            "folder": "/nowhere",
        }
        self.answers: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.told: list[dict[str, Any]] = []

    def call(self, op: str, *, within_s: float | None = None, **args: Any) -> Any:
        self.asked.append((op, args))
        answer = self.answers[op]
        return answer(**args) if callable(answer) else answer

    def tell(self, record: dict[str, Any]) -> None:
        self.told.append(record)


@pytest.fixture
def warden() -> FakeWarden:
    """A warden whose shared environment has two replicas and every service of the demo."""
    fake = FakeWarden()
    named = ("users", "orders", "auth", "upstream")
    fake.answers["plan"] = {
        "rig": "shared",
        "parts": ["eu-1", "eu-2", "gate-eu", *named],
        "addresses": {
            "eu-1.proxy": "http://eu-1:1",
            "eu-2.proxy": "http://eu-2:1",
            "eu-1.admin": "http://eu-1:2",
            **{f"{name}.url": f"http://{name}:1" for name in named},
            **{f"{name}.control": f"http://{name}:2" for name in named},
            "ingest.url": "http://ingest:1",
        },
        "identities": {
            "eu": {"account": "account-eu", "environment": "env-eu", "index": "index-eu"}
        },
        "versions": {"eu": 1},
        "refused": {},
    }
    return fake


@pytest.fixture
def entry() -> Callable[..., Entry]:
    """The entry of one example in a plan."""

    def make(
        fragment: Fragment | None = None, *, number: int = 1, opens_rig: bool = False
    ) -> Entry:
        return Entry(
            f"area/some.feature::Example {number}",
            Scope(f"s{number}-{RUN}"),
            fragment or Fragment(),
            opens_rig,
            frozenset({"gate-eu", "eu-1"}) if opens_rig else frozenset(),
        )

    return make


@pytest.fixture
def stage(warden: FakeWarden, entry: Callable[..., Entry]) -> Callable[..., Stage]:
    """The stage of one scenario before a fake warden: stage(fragment) or stage(opens_rig=True)."""

    def make(fragment: Fragment | None = None, *, opens_rig: bool = False) -> Stage:
        one = entry(fragment, opens_rig=opens_rig)
        plan = Plan(RUN, {one.id: one}, frozenset({"eu-1", "gate-eu"}))
        return Stage(Desk(warden, "w0", plan), one)  # type: ignore[arg-type]

    return make


@pytest.fixture
def web() -> Iterator[Callable[[Callable[[httpx.Request], httpx.Response]], httpx.Client]]:
    """An HTTP client whose every request is answered by a function."""
    clients: list[httpx.Client] = []

    def make(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.Client:
        clients.append(httpx.Client(transport=httpx.MockTransport(answer)))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Start whole runs; what a failing test leaves of them is killed."""
    runs: list[Run] = []

    def begin(feature: str = SLOW, *options: str) -> Run:
        folder = tmp_path / f"run{len(runs)}"
        folder.mkdir()
        runs.append(Run(folder, feature, *options))
        return runs[-1]

    yield begin
    for run in runs:
        if run.process.poll() is None:
            run.process.kill()
            run.process.wait()
