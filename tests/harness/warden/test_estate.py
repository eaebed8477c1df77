"""What the warden owns: one plan, rigs that borrow, deaths, ledgers judged when a run has drained."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import jwt
import pytest

from harness.environments.contract import CannotStart
from harness.warden.estate import Estate
from harness.warden.journal import read
from harness.warden.publisher import NotServed
from harness.warden.rig import SHARED
from harness.warden.wire import EnvironmentDied, Refused

NOTHING: frozenset[str] = frozenset()
DOCUMENT = {"services": []}


def _run(estate: Estate, scenario: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Run a scenario and close what it left open."""

    async def bounded() -> Any:
        async with asyncio.timeout(30):
            try:
                return await scenario()
            finally:
                for rig in estate.rigs.values():
                    await rig.close()

    return asyncio.run(bounded())


async def _settled() -> None:
    """Let everything that can go on go on."""
    for _ in range(20):
        await asyncio.sleep(0)


async def _plan(estate: Estate, digest: str = "d1", parts: frozenset[str] = NOTHING) -> Any:
    wanted = frozenset({"eu-1", "users"}) | parts
    return await estate.publish_plan(digest, DOCUMENT, {}, ["s1-k3f9"], wanted)


def _arrival(marker: str | None, **said: Any) -> dict[str, Any]:
    return {
        "seq": 1, "method": "GET", "path": "/", "headers": [], "body": "", "marker": marker,
        "function": None, **said,
    }  # fmt: skip


def test_the_first_plan_is_published_and_the_same_again_is_not(
    estate: Estate, fake_web: Any
) -> None:
    async def scenario() -> list[Any]:
        return [await _plan(estate), *await asyncio.gather(_plan(estate), _plan(estate))]

    answers = _run(estate, scenario)

    assert len([url for _, url, _ in fake_web.asked if "/document" in url]) == 1
    assert len({id(done) for _, done in answers}) == 1
    assert all(rig.name == SHARED for rig, _ in answers)


def test_a_second_different_plan_is_refused(estate: Estate) -> None:
    async def scenario() -> None:
        await _plan(estate)
        with pytest.raises(Refused, match="another plan: workers disagree"):
            await _plan(estate, "d2")

    _run(estate, scenario)


def test_a_different_plan_is_refused_also_while_the_first_is_still_opening(
    estate: Estate, environment: Any, fake_web: Any
) -> None:
    async def scenario() -> None:
        held = environment.hold("gate-eu")
        first = asyncio.ensure_future(_plan(estate))
        await asyncio.sleep(0)
        second = asyncio.ensure_future(_plan(estate, "d2"))
        await asyncio.sleep(0)
        held.set()
        await first
        with pytest.raises(Refused):
            await second

    _run(estate, scenario)


def test_a_publication_that_failed_fails_for_everybody(estate: Estate, fake_web: Any) -> None:
    fake_web.gate_status = 500

    async def scenario() -> list[Any]:
        return await asyncio.gather(_plan(estate), _plan(estate), return_exceptions=True)

    assert [type(found) for found in _run(estate, scenario)] == [NotServed, NotServed]


def test_a_placeholder_that_the_rig_does_not_have_is_named(estate: Estate) -> None:
    async def scenario() -> None:
        rig = await estate.open_shared(frozenset({"eu-1"}))
        with pytest.raises(NotServed, match=r"names 'orders\.url', which shared does not have"):
            await estate.publish(rig, {"a": "${orders.url}"}, {}, wait=True)

    _run(estate, scenario)


def test_a_rig_borrows_what_it_names_and_has_the_rest_to_itself(
    estate: Estate, environment: Any
) -> None:
    async def scenario() -> tuple[Any, Any]:
        await _plan(estate, parts=frozenset({"orders", "redis"}))
        rig = await estate.open_rig(frozenset({"eu-1"}), NOTHING, frozenset({"users"}))
        return dict(estate.rigs[SHARED].addresses()), dict(rig.addresses())

    shared, own = _run(estate, scenario)

    assert own["users.url"] == shared["users.url"]
    assert own["eu-1.proxy"] != shared["eu-1.proxy"]
    assert own["gate-eu.sync"] != shared["gate-eu.sync"]
    assert "orders.url" not in own
    assert "redis.url" not in own


@pytest.mark.parametrize("part", ["redis", "gate-eu", "eu-1"])
def test_what_others_depend_on_is_not_lent(estate: Estate, part: str) -> None:
    async def scenario() -> None:
        await _plan(estate)
        with pytest.raises(Refused, match=f"a rig needs a {part} of its own"):
            await estate.open_rig(NOTHING, NOTHING, frozenset({part}))

    _run(estate, scenario)


def test_rigs_have_identities_and_folders_of_their_own(estate: Estate) -> None:
    async def scenario() -> list[Any]:
        rigs = [await estate.open_rig(frozenset({"eu-1"}), NOTHING, NOTHING) for _ in range(2)]
        return [(rig.name, rig.site.folder, rig.identities["eu"]) for rig in rigs]

    one, two = _run(estate, scenario)

    assert (one[0], two[0]) == ("rig1", "rig2")
    assert one[1] != two[1]
    assert not {one[2].account, one[2].environment, one[2].index} & {
        two[2].account,
        two[2].environment,
        two[2].index,
    }


def test_a_rig_that_does_not_come_up_is_closed(estate: Estate, environment: Any) -> None:
    environment.broken.add("eu-1")

    async def scenario() -> None:
        with pytest.raises(CannotStart):
            await estate.open_rig(frozenset({"eu-1"}), NOTHING, NOTHING)

    _run(estate, scenario)

    assert estate.rigs == {}
    assert environment.there("gate-eu").end_expected


def test_a_rig_that_takes_too_long_is_closed(estate: Estate, environment: Any) -> None:
    environment.hold("eu-1")
    estate._make_keys()  # on a busy machine they alone take longer than the limit

    async def scenario() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await estate.open_rig(frozenset({"eu-1"}), NOTHING, NOTHING)

    _run(estate, scenario)

    assert estate.rigs == {}
    assert environment.there("gate-eu").end_expected


def test_a_part_that_dies_is_told_with_its_last_words_and_ends_every_wait(
    estate: Estate, environment: Any, deaths: list[str]
) -> None:
    secret = estate.secrets["jwt"]

    async def scenario() -> None:
        await estate.open_shared(frozenset({"users"}))
        environment.there("users").said = ["listening", f"fatal: {secret}"]
        environment.there("users").die(-11)
        await _settled()
        with pytest.raises(EnvironmentDied):
            estate.rig(SHARED)

    _run(estate, scenario)

    (text,) = deaths
    assert text.startswith(
        "users (shared) died with signal 11; its last lines: listening | fatal: «"
    )
    journal = (estate.held.path.parents[1] / "report" / "run.ndjson").read_text()
    assert secret not in journal
    assert '"kind":"died"' in journal


def test_only_the_first_death_is_told(estate: Estate, environment: Any, deaths: list[str]) -> None:
    async def scenario() -> None:
        await estate.open_shared(frozenset({"users", "orders"}))
        environment.there("orders").die(1)
        await _settled()
        environment.there("users").die(1)
        await _settled()

    _run(estate, scenario)

    assert len(deaths) == 1
    assert "orders (shared) died with exit code 1" in deaths[0]


def test_a_rig_that_is_not_open_is_refused(estate: Estate) -> None:
    with pytest.raises(Refused, match="no rig 'rig7' is open"):
        estate.rig("rig7")


def test_a_drained_run_names_strangers_and_late_arrivals(estate: Estate, fake_web: Any) -> None:
    ours, late = "k3f9.s1-k3f9.w0-1", "k3f9.s1-k3f9.w0-2"
    fake_web.ledgers["users"] = [_arrival(ours), _arrival(None, path="/odd"), _arrival(late)]

    async def scenario() -> Any:
        await _plan(estate)
        for marker in (ours, late):
            estate.journal.take({"kind": "call", "marker": marker})
        estate.journal.take(
            {"kind": "expectation", "scenario": "s1-k3f9", "services": ["users"],
             "markers": [late], "count": 0}
        )  # fmt: skip
        return await estate.drain()

    found = _run(estate, scenario)

    assert found["unaccounted"] == [
        {
            "scenario": None,
            "line": "users was reached by GET /odd (no marker), and no call of this run "
            "accounts for it",
        }
    ]
    assert len(found["late"]) == 1
    assert found["late"][0].startswith("s1-k3f9 users had been reached 0 times at the Then, 1")
    assert found["unread"] == []


def test_a_ledger_is_read_once_also_when_it_is_read_again(estate: Estate, fake_web: Any) -> None:
    fake_web.ledgers["users"] = [_arrival("a")]

    async def scenario() -> None:
        await _plan(estate)
        await estate.drain()
        fake_web.ledgers["users"].append(_arrival("b"))
        await estate.drain()

    _run(estate, scenario)

    assert [record["marker"] for record in estate.journal.of("arrival")] == ["a", "b"]


def test_the_ledgers_of_a_rig_are_read_before_it_closes(estate: Estate, fake_web: Any) -> None:
    fake_web.ledgers["upstream"] = [_arrival("a")]

    async def scenario() -> None:
        rig = await estate.open_rig(frozenset({"upstream"}), NOTHING, NOTHING)
        await estate.close_rig(rig.name)

    _run(estate, scenario)

    assert [(r["rig"], r["service"]) for r in estate.journal.of("arrival")] == [
        ("rig1", "upstream")
    ]
    assert estate.rigs == {}


def test_a_ledger_that_does_not_answer_is_told(estate: Estate, fake_web: Any) -> None:
    fake_web.silent.add("users-control")

    async def scenario() -> Any:
        await _plan(estate)
        return await estate.drain()

    assert _run(estate, scenario)["unread"] == ["shared/users: users-control does not answer"]


def test_what_arrived_is_written_without_a_secret(estate: Estate, fake_web: Any) -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VySWQiOjF9.c2lnbmF0dXJl"
    body = json.dumps({"request_body": json.dumps({"password": "analytical-engine"})})
    fake_web.ledgers["users"] = [
        _arrival(
            "a",
            path=f"/x?jwt={token}",
            headers=[["Authorization", f"Bearer {token}"], ["X-Odd", estate.secrets["aws_key"]]],
            body=body,
            head=f"GET /x HTTP/1.1\r\nAuthorization: Bearer {token}\r\nCookie: crumbs\r\n\r\n",
            trailers=[["Authorization", "Basic trailing-secret"]],
        )
    ]

    async def scenario() -> None:
        await _plan(estate)
        await estate.drain()

    _run(estate, scenario)
    journal = (estate.held.path.parents[1] / "report" / "run.ndjson").read_text()

    assert '"kind":"arrival"' in journal
    for secret in (token, "analytical-engine", "crumbs", "trailing-secret"):
        assert secret not in journal
    for secret in estate.secrets.values():
        assert secret not in journal


def test_opening_and_publishing_are_in_the_journal(estate: Estate) -> None:
    _run(estate, lambda: _plan(estate))

    records = list(read(estate.held.path.parents[1] / "report" / "run.ndjson"))
    opened, published = (
        next(r for r in records if r["kind"] == kind) for kind in ("opened", "publication")
    )
    assert opened["parts"] == ["eu-1", "gate-eu", "users"]
    assert [one["part"] for one in opened["critical_path"]][-1] in ("eu-1", "users")
    assert published["versions"] == {"eu": 1}


def test_a_published_document_is_in_the_journal_without_a_secret(estate: Estate) -> None:
    document = {
        "services": [{"name": "users-s1-k3f9", "url": "${users.url}"}],
        "consumers": [
            {"username": "acme", "keyauth_credentials": [{"key": "key-of-acme"}],
             "jwt_secrets": [{"key": "acme-key", "secret": estate.secrets["jwt"]}]}
        ],
    }  # fmt: skip

    async def scenario() -> None:
        rig = await estate.open_shared(frozenset({"users", "eu-1"}))
        await estate.publish(rig, document, {}, wait=True)

    _run(estate, scenario)
    journal = (estate.held.path.parents[1] / "report" / "run.ndjson").read_text()

    (published,) = estate.journal.of("publication")
    assert published["document"]["services"] == document["services"]
    assert published["document"]["consumers"][0]["jwt_secrets"][0]["key"] == "acme-key"
    for secret in ("key-of-acme", estate.secrets["jwt"]):
        assert secret not in journal


def test_secrets_of_two_runs_have_nothing_in_common(estate: Estate, tmp_path: Any) -> None:
    other = Estate("b", estate.held, estate.environment, estate.journal, tmp_path, print)

    assert not set(estate.secrets.values()) & set(other.secrets.values())
    assert estate.mask_key != other.mask_key


def test_a_cloud_token_is_good_for_the_key_set_that_gates_are_given(estate: Estate) -> None:
    async def scenario() -> str:
        rig = await estate.open_rig(frozenset({"eu-1"}), NOTHING, NOTHING)
        return estate.cloud_token(rig.identities["eu"], "eu", {"scopes": ["sync"]})

    token = _run(estate, scenario)
    (key,) = jwt.PyJWKSet.from_json((estate.held.path / "jwks.json").read_text()).keys
    claims = jwt.decode(token, key.key, algorithms=["RS512"], audience="CloudGate")

    assert claims["org"] == "account-eu-rig1-k3f9"
    assert claims["scopes"] == ["sync"]


def test_every_rig_knows_where_nobody_listens(estate: Estate) -> None:
    async def scenario() -> str:
        rig = await estate.open_rig(NOTHING, NOTHING, NOTHING)
        return rig.site.inside["nowhere.url"]

    assert _run(estate, scenario) == "http://nowhere:1"


def test_closing_the_estate_ends_every_part_and_tells_of_no_death(
    estate: Estate, environment: Any, deaths: list[str]
) -> None:
    async def scenario() -> None:
        await _plan(estate)
        await estate.open_rig(frozenset({"eu-1"}), NOTHING, NOTHING)
        await estate.close()
        await asyncio.sleep(0)

    _run(estate, scenario)

    assert len(environment.started) == 5
    assert all(one.end_expected for one in environment.started)
    assert (estate.rigs, deaths) == ({}, [])
    assert environment.closed
