"""The request-transformer plugin: fields added and removed, none of them an identity."""

import asyncio

import pytest

from gateway.policies import request_transformer as policy


@pytest.fixture
def transform(unit):
    def transformed(headers, added=(), **config):
        rules = {name: {"headers": entries} for name, entries in config.items()}
        transformer = policy.RequestTransformer(unit.config(policy.KIND, **rules))
        exchange = unit.exchange(headers=list(headers), added=list(added))
        assert unit.run(transformer, exchange) is None
        return [(n.decode(), v.decode()) for n, v in (*exchange.onward, *exchange.added)]

    return transformed


def test_fields_are_added_where_absent(transform):
    assert transform([("A", "1")], add=["X-Plan:gold"]) == [("A", "1"), ("X-Plan", "gold")]
    assert transform([("x-plan", "mine")], add=["X-Plan:gold"]) == [("x-plan", "mine")]
    assert transform([("X_Plan", "mine")], add=["X-Plan:gold"]) == [("X_Plan", "mine")]
    assert transform([], add=["A:1", "a:2", "B: b:c "]) == [("A", "1"), ("B", "b:c")]


def test_fields_are_removed_in_every_spelling(transform):
    sent = [("X-Secret", "1"), ("x_secret", "2"), ("Authorization", "b"), ("Keep", "k")]
    assert transform(sent, remove=["x-secret", "Authorization"]) == [("Keep", "k")]


def test_removed_comes_before_added(transform):
    assert transform([("X-Plan", "mine")], remove=["X-Plan"], add=["X-Plan:gold"]) == [
        ("X-Plan", "gold")
    ]


def test_what_connection_names_is_gone_first(transform):
    sent = [("Connection", "X-Plan"), ("X-Plan", "mine")]
    assert transform(sent, add=["X-Plan:gold"]) == [("X-Plan", "gold")]


def test_what_another_policy_added_counts_too(transform):
    earlier = [(b"X-Corr", b"1")]
    assert transform([], earlier, add=["X-Corr:2"]) == [("X-Corr", "1")]
    assert transform([], earlier, remove=["X-Corr"]) == []


NEVER = ["X-Consumer-ID", "x_consumer_groups", "X-Credential-Identifier", "Host", "Content-Length",
         "Transfer-Encoding", "X-Forwarded-For", "Connection", "X-Request-Id"]  # fmt: skip


@pytest.mark.parametrize("name", NEVER)
def test_what_is_the_gateways_own_cannot_be_touched(unit, name):
    (problem,) = unit.problems(policy.KIND, add={"headers": [f"{name}:1"]})
    assert problem.startswith(f"/add/headers/0 {name} is the gateway's own")
    (problem,) = unit.problems(policy.KIND, remove={"headers": ["ok", name]})
    assert problem.startswith(f"/remove/headers/1 {name} is the gateway's own")


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"http_method": "GET"}, "/http_method is not in this version"),
        ({"append": {"headers": ["a:b"]}}, "/append/headers/0 is not in this version"),
        ({"rename": {"headers": ["a:b"]}}, "/rename/headers/0 is not in this version"),
        ({"replace": {"uri": "/x"}}, "/replace/uri is not in this version"),
        ({"replace": {"headers": ["a:b"]}}, "/replace/headers/0 is not in this version"),
        ({"add": {"querystring": ["a:b"]}}, "/add/querystring is not in this version"),
        ({"add": {"body": ["a:b"]}}, "/add/body is not in this version"),
        ({"remove": {"querystring": ["a"]}}, "/remove/querystring is not in this version"),
        ({"add": {"headers": ["a"]}}, '/add/headers/0 must be like "Name:value"'),
        ({"add": {"headers": ["a:$(headers.x)"]}}, "/add/headers/0 holds a template"),
        ({"add": {"headers": ["a:\u20ac"]}}, "/add/headers/0 must hold Latin characters"),
        ({"add": {"headers": ["a b:c"]}}, "/add/headers/0 must be the name of a header"),
        ({"add": {"cookies": []}}, "/add/cookies unknown field"),
        ({"add": []}, "/add must be an object"),
    ],
)
def test_every_other_rule_is_an_error_with_its_place(unit, config, expected):
    problems = unit.problems(policy.KIND, **config)
    assert len(problems) == 1
    assert expected in problems[0]


def test_an_export_of_kongs_tools_is_accepted(unit):
    empty = {"body": [], "headers": [], "querystring": []}
    rules = dict.fromkeys(("append", "remove", "rename"), empty)
    config = unit.config(
        policy.KIND,
        **rules,
        add={**empty, "json_types": []},
        replace={**empty, "uri": None},
        http_method=None,
        dots_in_keys=True,
    )
    assert config == policy.RequestTransformerConfig((), ())


def test_over_the_wire_after_authentication(world):
    async def scenario():
        async with world.upstream() as up:
            rules = {"add": {"headers": ["X-Plan:gold"]}, "remove": {"headers": ["apikey"]}}
            document = world.document(
                up.url, {"name": "request-transformer", "config": rules}, {"name": "key-auth"}
            )
            document["consumers"] = [{"username": "a", "keyauth_credentials": [{"key": "k"}]}]
            async with world.gateway(document) as gw:
                answer = await gw.get(
                    "/users", {"apikey": "k", "Connection": "X-Plan, X-Consumer-Username"}
                )
        assert answer.status == 200
        (arrival,) = up.arrivals
        assert arrival.values("X-Plan") == ["gold"]
        assert arrival.values("apikey") == []
        assert arrival.values("X-Consumer-Username") == ["a"]

    asyncio.run(scenario())
