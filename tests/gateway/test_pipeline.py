"""The pipeline: policies in their order, the first that answers ends it, then the backend."""

import asyncio

from gateway.backends import lambda_config
from gateway.backends.http_upstream import HttpUpstream
from gateway.backends.lambda_function import LambdaFunction
from gateway.counters.local import LocalCounter
from gateway.counters.redis import RedisCounters
from gateway.document.entities import Plugin, Route, Scope, Service, Snapshot
from gateway.http.client import Client
from gateway.pipeline import Outside, pipeline, pipeline_in_slices
from gateway.policies import cors, jwt, key_auth, rate_limiting

SERVICE = Service("s1", "users", "http", "127.0.0.1", 1, "/", 50, 50, 50, 0)


def route(name, service=SERVICE):
    return Route(name, name, (f"/{name}",), frozenset(), frozenset(), (), True, False, service)


class Reply:
    """Keeps what is sent."""

    status = 0

    def send(self, status, headers, body, reason=b""):
        self.status, self.headers, self.body = status, headers, body


def outside():
    return Outside(Client(), LocalCounter(lambda: 1_700_000_000), RedisCounters(), None, "X-T")


def plugin(unit, kind, number=0, scope=None, **config):
    return Plugin(f"{kind.name}-{number}", kind.name, unit.config(kind, **config), scope or Scope())


def asked(unit, snapshot, *requests):
    """What the pipeline said to each: the code of a refusal, or the status of its answer."""

    async def scenario():
        built = pipeline(snapshot, outside())
        said = []
        for target, headers, method in requests:
            reply = Reply()
            exchange = unit.exchange(method, target, list(headers))
            refusal = await built.answer(exchange, reply)
            said.append(refusal.code if refusal else reply.status)
        return said

    return asyncio.run(scenario())


def get(target, *headers):
    return target, headers, "GET"


def test_policies_run_in_their_order_and_the_first_refusal_ends_it(unit):
    snapshot = Snapshot(
        (SERVICE,),
        (route("users"), route("open")),
        (),
        (
            plugin(unit, rate_limiting.KIND, minute=1),
            plugin(unit, key_auth.KIND, scope=Scope("users")),
            plugin(unit, cors.KIND, scope=Scope("users")),
        ),
    )
    preflight = ("/users", [("Origin", "https://a"), ("Access-Control-Request-Method", "GET")], "OPTIONS")  # fmt: skip
    assert asked(
        unit, snapshot, get("/users"), preflight, get("/open"), get("/open"), get("/gone")
    ) == ["no-api-key", 200, "upstream-failed", "over-quota", "no-route"]


def test_a_route_without_anything_behind_it(unit):
    snapshot = Snapshot((), (route("bare", None),), (), ())
    assert asked(unit, snapshot, get("/bare")) == ["no-service"]


def test_the_answer_of_a_policy_carries_what_others_added(unit):
    from gateway.policies import correlation_id

    snapshot = Snapshot(
        (SERVICE,),
        (route("users"),),
        (),
        (
            plugin(unit, cors.KIND),
            plugin(unit, correlation_id.KIND, echo_downstream=True, generator="uuid"),
        ),
    )

    async def scenario():
        reply = Reply()
        headers = [("Origin", "https://a"), ("Access-Control-Request-Method", "GET")]
        exchange = unit.exchange("OPTIONS", "/users", headers)
        assert await pipeline(snapshot, outside()).answer(exchange, reply) is None
        return dict(reply.headers)

    told = asyncio.run(scenario())
    assert told[b"X-Request-Id"] == b"r" * 32
    assert told[b"Access-Control-Allow-Origin"] == b"*"
    assert len(told[b"Kong-Request-ID"]) == 36


def test_backends_are_functions_first_and_services_are_shared(unit):
    config = {"aws_key": "k", "aws_secret": "s", "aws_region": "r", "function_name": "f"}
    snapshot = Snapshot(
        (SERVICE,),
        (route("a"), route("b"), route("login"), route("bare", None)),
        (),
        (plugin(unit, lambda_config.KIND, scope=Scope("login"), **config, disable_https=True),),
    )

    async def scenario():
        return pipeline(snapshot, outside())

    lanes = asyncio.run(scenario())._lanes
    assert isinstance(lanes["login"].backend, LambdaFunction)
    assert isinstance(lanes["a"].backend, HttpUpstream)
    assert lanes["a"].backend is lanes["b"].backend
    assert lanes["bare"].backend is None


def test_parameters_that_carry_credentials_are_known(unit):
    snapshot = Snapshot(
        (),
        (),
        (),
        (
            plugin(unit, jwt.KIND, uri_param_names=["t"]),
            plugin(unit, key_auth.KIND, key_names=["k"]),
        ),
    )

    async def scenario():
        return pipeline(snapshot, outside()).token_parameters

    assert asyncio.run(scenario()) == {"t", "k"}


def test_built_in_slices_it_is_the_same(unit):
    snapshot = Snapshot((SERVICE,), (route("users"),), (), (plugin(unit, key_auth.KIND),))

    async def scenario():
        built = await pipeline_in_slices(snapshot, outside())
        return await built.answer(unit.exchange("GET", "/users"), Reply())

    assert asyncio.run(scenario()).code == "no-api-key"


def test_a_counter_without_an_address_is_in_the_gateways_own_redis():
    async def scenario():
        from gateway.counters.address import RedisAddress

        home = RedisCounters()
        own = Outside(Client(), LocalCounter(), home, RedisAddress(host="own"), "X-T")
        own.counter(None)
        own.counter(RedisAddress(host="other"))
        names = [address.host for address in home._connections]
        home.close()
        await asyncio.sleep(0)
        return names

    assert asyncio.run(scenario()) == ["own", "other"]
