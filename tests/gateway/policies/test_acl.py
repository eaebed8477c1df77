"""The acl plugin: who is in which group may pass, or may not."""

import asyncio

import pytest

from gateway.document.entities import Consumer
from gateway.policies import acl

NOBODY = None
BRONZE = Consumer("1", "b", None, None, None, (), (), ("bronze",))
GOLD = Consumer("2", "g", None, None, None, (), (), ("gold", "eu"))
LONER = Consumer("3", "l", None, None, None, ())


@pytest.mark.parametrize(
    ("config", "consumer", "expected"),
    [
        ({"allow": ["gold"]}, GOLD, None),
        ({"allow": ["silver", "eu"]}, GOLD, None),
        ({"allow": ["gold"]}, BRONZE, (403, "You cannot consume this service")),
        ({"allow": ["gold"]}, LONER, (403, "You cannot consume this service")),
        ({"allow": ["Gold"]}, GOLD, (403, "You cannot consume this service")),
        ({"allow": ["gold"]}, NOBODY, (401, "Unauthorized")),
        ({"deny": ["bronze"]}, GOLD, None),
        ({"deny": ["bronze"]}, LONER, None),
        ({"deny": ["bronze"]}, BRONZE, (403, "You cannot consume this service")),
        ({"deny": ["bronze"]}, NOBODY, (401, "Unauthorized")),
    ],
)
def test_groups_decide(unit, config, consumer, expected):
    policy = acl.Acl(unit.config(acl.KIND, **config))
    exchange = unit.exchange(consumer=consumer)
    refusal = unit.run(policy, exchange)
    assert (refusal and (refusal.status, refusal.message)) == expected
    assert refusal is None or refusal.headers == ()
    assert exchange.groups == (consumer.groups if refusal is None else ())


def test_groups_can_be_kept_from_the_upstream(unit):
    policy = acl.Acl(unit.config(acl.KIND, allow=["gold"], hide_groups_header=True))
    exchange = unit.exchange(consumer=GOLD)
    assert unit.run(policy, exchange) is None
    assert exchange.groups == ()


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({}, " must have allow or deny"),
        ({"allow": ["a"], "deny": ["b"]}, "/deny and allow exclude each other"),
        ({"allow": []}, "/allow must have at least one group"),
        ({"deny": [], "allow": ["a"]}, "/deny must have at least one group"),
        ({"allow": ["a"], "always_use_authenticated_groups": True}, "/always_use_authenticated_groups is not in this version"),
        ({"allow": ["a"], "whitelist": ["a"]}, "/whitelist unknown field"),
    ],
)  # fmt: skip
def test_what_the_document_may_not_say(unit, config, expected):
    (problem,) = unit.problems(acl.KIND, **config)
    assert expected in problem


@pytest.mark.parametrize("hidden", [False, True])
def test_over_the_wire_a_clients_own_groups_never_travel_on(world, hidden):
    async def scenario():
        async with world.upstream() as up:
            document = world.document(
                up.url,
                {"name": "key-auth"},
                {"name": "acl", "config": {"allow": ["gold"], "hide_groups_header": hidden}},
            )
            document["consumers"] = [
                {
                    "username": "acme",
                    "keyauth_credentials": [{"key": "k"}],
                    "acls": [{"group": "gold"}, {"group": "eu"}],
                }
            ]
            forged = {"X-Consumer-Groups": "admin", "x_consumer_groups": "root"}
            async with world.gateway(document) as gw:
                answer = await gw.get("/users", {"apikey": "k", **forged})
        assert answer.status == 200
        names = [name.lower().replace("_", "-") for name, _ in up.arrivals[0].headers]
        assert names.count("x-consumer-groups") == (0 if hidden else 1)
        assert up.arrivals[0].values("X-Consumer-Groups") == ([] if hidden else ["gold, eu"])

    asyncio.run(scenario())
