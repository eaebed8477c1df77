"""An estate over an environment that runs already: its secrets, its ways, its ledgers from now on."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from harness.environments.contract import Identity
from harness.warden import folders
from harness.warden.estate import Estate
from harness.warden.journal import Journal
from harness.warden.ways import Handed

ENVIRONMENT = Identity("acme", "prod", "events")
DOCUMENT = {"services": [{"name": "users", "url": "${users.url}"}]}


class FakeWay:
    """Takes documents and remembers them."""

    name, where = "eu-1", "http://admin:1"

    def __init__(self) -> None:
        self.taken: list[Any] = []

    async def running(self) -> dict[str, Any]:
        return {}

    async def hand_in(self, document: Any) -> Handed:
        self.taken.append(document)
        return Handed(7)


@pytest.fixture
def way() -> FakeWay:
    return FakeWay()


@pytest.fixture
def attached(environment: Any, fake_web: Any, way: FakeWay, tmp_path: Path) -> Any:
    environment.secrets = {"jwt": "known to the services"}
    environment.identities = {"eu": ENVIRONMENT}
    environment.ways = lambda rig, region: [way]
    made = Estate(
        run="k3f9",
        held=folders.take(tmp_path / "runs" / "k3f9"),
        environment=environment,
        journal=Journal(tmp_path / "report" / "run.ndjson"),
        subjects=tmp_path,
        on_death=print,
        web=fake_web,
    )
    yield made
    made.journal.close()
    made.held.remove()


def _arrival(number: int) -> dict[str, Any]:
    return {
        "seq": number, "method": "GET", "path": "/", "headers": [], "body": "",
        "marker": f"other.s1-other.w0-{number}", "function": None,
    }  # fmt: skip


def test_secrets_and_identities_are_those_of_what_runs(attached: Estate) -> None:
    async def scenario() -> Any:
        rig = await attached.open_shared(frozenset({"eu-1"}))
        await rig.close()
        return rig

    rig = asyncio.run(scenario())
    assert attached.secrets["jwt"] == "known to the services"
    assert rig.identities["eu"] == ENVIRONMENT
    assert rig.identities["us"].account == "account-us-shared-k3f9"
    assert attached.mask.text("known to the services").startswith("«secret ")


def test_a_document_goes_the_environments_own_way(
    attached: Estate, way: FakeWay, fake_web: Any
) -> None:
    fake_web.serving["eu-1"] = 7

    async def scenario() -> Any:
        parts = frozenset({"eu-1", "users"})
        rig, done = await attached.publish_plan("d1", DOCUMENT, {}, ["s1-k3f9"], parts)
        await rig.close()
        return done

    assert asyncio.run(scenario()).versions == {"eu": 7}
    assert way.taken[0]["services"][0]["url"].startswith("http://users-url:")


def test_what_arrived_before_is_not_ours_and_what_nobody_accounts_for_is_only_listed(
    attached: Estate, fake_web: Any
) -> None:
    fake_web.ledgers["users"] = [_arrival(1), _arrival(2)]

    async def scenario() -> dict[str, Any]:
        rig = await attached.open_shared(frozenset({"eu-1", "users"}))
        fake_web.ledgers["users"].append(_arrival(3))
        found = await attached.drain()
        await rig.close()
        return found

    found = asyncio.run(scenario())
    assert found["unaccounted"] == []
    assert len(found["listed"]) == 1
    assert "other.s1-other.w0-3" in found["listed"][0]
