"""Publishing: every region gets the document, every replica is waited for, refusals are told."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from harness.environments.contract import Identity
from harness.warden.publisher import NotServed, Publication, Publisher, lookup
from harness.warden.rig import Rig

Make = Callable[..., Rig]
PARTS = frozenset({"eu-1", "eu-2", "us-1", "auth", "upstream"})


@pytest.fixture
def publish(rig: Make, fake_web: Any) -> Callable[..., Publication]:
    """Publish to a rig with two replicas in the EU and one in the US."""

    def published(document: Any, scripts: Any = None, *, wait: bool = True) -> Publication:
        async def scenario() -> Publication:
            one = rig()
            one.site.secrets = {
                "management": "token", "jwt": "shared secret", "admin": "admin token",
            }  # fmt: skip
            one.identities = {
                region: Identity("account", f"env-{region}", "index") for region in ("eu", "us")
            }
            await one.open(PARTS)
            try:
                return await Publisher(fake_web).publish(one, document, scripts or {}, wait=wait)
            finally:
                await one.close()

        return asyncio.run(scenario())

    return published


def _asked(web: Any, word: str) -> list[str]:
    return [url for _, url, _ in web.asked if word in url]


def test_every_region_gets_the_document_with_the_management_token(
    publish: Callable[..., Publication], fake_web: Any
) -> None:
    done = publish({"services": []})

    handed_in = [(m, u, o) for m, u, o in fake_web.asked if "/environments/" in u]
    assert [(method, url.partition("/environments")[2]) for method, url, _ in handed_in] == [
        ("PUT", "/env-eu/document"),
        ("PUT", "/env-us/document"),
    ]
    assert all(options["token"] == "token" for _, _, options in handed_in)
    assert all(options["json"] == {"services": []} for _, _, options in handed_in)
    assert set(done.versions) == {"eu", "us"}
    assert done.refused == {}


def test_every_replica_is_waited_for_with_the_version_of_its_region(
    publish: Callable[..., Publication], fake_web: Any
) -> None:
    done = publish({})

    waited = _asked(fake_web, "/status?wait_version=")
    assert [url.removeprefix("http://").partition("-admin")[0] for url in waited] == [
        "eu-1",
        "eu-2",
        "us-1",
    ]
    assert all(f"wait_version={done.versions['eu']}&" in url for url in waited[:2])
    assert f"wait_version={done.versions['us']}&" in waited[2]
    told = [options["token"] for _, url, options in fake_web.asked if "/status" in url]
    assert told == ["admin token"] * 3


def test_without_waiting_no_replica_is_asked(
    publish: Callable[..., Publication], fake_web: Any
) -> None:
    publish({}, wait=False)

    assert _asked(fake_web, "/status") == []


def test_a_refusal_is_told_by_replica_and_pointer(
    publish: Callable[..., Publication], fake_web: Any
) -> None:
    errors = [{"pointer": "/plugins/0/name", "message": "unknown plugin"}]
    fake_web.refusing["us-1"] = errors

    assert publish({}).refused == {"us-1": errors}


def test_a_replica_that_serves_an_older_version_has_not_served_it(
    publish: Callable[..., Publication], fake_web: Any
) -> None:
    fake_web.serving["eu-2"] = 0

    with pytest.raises(NotServed) as not_served:
        publish({})

    assert str(not_served.value) == (
        "eu-2 did not serve version 1 within 10 s; it serves 0 and says 'gate away'"
    )


def test_a_replica_that_serves_a_newer_version_has_served_it(
    publish: Callable[..., Publication], fake_web: Any
) -> None:
    fake_web.serving["eu-1"] = 99

    assert publish({}).refused == {}


def test_a_gate_that_refuses_is_named_with_its_answer(
    publish: Callable[..., Publication], fake_web: Any
) -> None:
    fake_web.gate_status = 401

    with pytest.raises(NotServed, match="gate-eu refused a document with 401"):
        publish({})


def test_scripts_are_taught_before_the_document_is_handed_in(
    publish: Callable[..., Publication], fake_web: Any
) -> None:
    publish({}, {"slow-s1": {"delay_s": 5}})

    method, url, options = fake_web.asked[0]
    assert (method, url.partition("/scripts")[2]) == ("PUT", "/slow-s1")
    assert options["json"] == {"delay_s": 5}


def test_a_script_that_the_upstream_refuses_is_named(
    publish: Callable[..., Publication], fake_web: Any
) -> None:
    fake_web.script_status = 400

    with pytest.raises(NotServed, match="upstream refused the script 'slow-s1' with 400"):
        publish({}, {"slow-s1": {}})


def test_placeholders_are_filled_in_with_addresses_their_pieces_and_secrets(
    publish: Callable[..., Publication], fake_web: Any
) -> None:
    publish(
        {"a": ["${auth.url}/x", "${auth.host}", "${auth.port}", "${secret.jwt}", "${upstream}"]}
    )

    (document,) = [o["json"] for _, u, o in fake_web.asked if "/env-eu/" in u]
    url, host, port, secret, upstream = document["a"]
    assert url == f"http://{host}:{port}/x"
    assert (host, secret) == ("auth-url", "shared secret")
    assert isinstance(port, int)
    assert upstream.startswith("http://upstream-url:")


@pytest.mark.parametrize("name", ["kafka.bootstrap", "secret.other", "nobody.host", "x"])
def test_a_placeholder_that_nobody_knows_is_named(rig: Make, name: str) -> None:
    with pytest.raises(KeyError):
        lookup(rig(), name)


def test_a_publication_can_be_written_as_json() -> None:
    done = Publication({"eu": 3}, {"eu-1": [{"pointer": "/", "message": "m"}]})

    assert done.plain() == {
        "versions": {"eu": 3},
        "refused": {"eu-1": [{"pointer": "/", "message": "m"}]},
    }
