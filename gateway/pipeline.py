"""One snapshot made ready to serve: the router, and for each route its policies and its backend.

A pipeline is immutable. A publication builds a new one and swaps one reference; requests in
flight finish on the one they started with.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway import refusals
from gateway.backends.contract import Backend
from gateway.backends.http_upstream import HttpUpstream
from gateway.backends.lambda_config import LambdaConfig
from gateway.backends.lambda_function import LambdaFunction
from gateway.counters.address import RedisAddress
from gateway.counters.contract import Counter
from gateway.counters.local import LocalCounter
from gateway.counters.redis import RedisCounters
from gateway.document.entities import Route, Service, Snapshot
from gateway.exchange import Exchange
from gateway.http.client import Client
from gateway.http.headers import every
from gateway.http.messages import Answer
from gateway.http.reply import Reply
from gateway.policies import jwt, key_auth
from gateway.policies.contract import Policy, Tools
from gateway.policies.issuers import Issuers
from gateway.policies.keys import Keys
from gateway.policies.numbering import Numbering
from gateway.policies.order import ORDER
from gateway.refusals import Refusal
from gateway.routing import Router
from gateway.slices import Steps, at_once, in_slices
from gateway.stages import Instances, Stage


@dataclass(frozen=True, slots=True)
class Outside:
    """What outlives every pipeline: connections, counters, numbers, and two settings."""

    client: Client
    local: LocalCounter
    redis: RedisCounters
    default_redis: RedisAddress | None
    transaction_header: str
    numbering: Numbering = field(default_factory=Numbering)

    def counter(self, address: RedisAddress | None) -> Counter:
        """The counter in a Redis; without an address in the gateway's own."""
        address = address or self.default_redis
        assert address is not None, "a document that needs a Redis is refused where there is none"
        return self.redis.counter(address)


@dataclass(frozen=True, slots=True)
class Lane:
    """What a request on one route goes through."""

    stages: tuple[Stage[Policy], ...]
    backend: Backend | None


class Pipeline:
    """Routes an exchange, runs its policies, lets its backend answer."""

    def __init__(self, snapshot: Snapshot, router: Router, lanes: Mapping[str, Lane]) -> None:
        self.snapshot = snapshot
        self.token_parameters = frozenset(secret_parameters(snapshot))
        self._router = router
        self._lanes = lanes

    async def answer(self, exchange: Exchange, reply: Reply) -> Refusal | None:
        """None when the backend, or a policy, has answered, else why not."""
        request = exchange.request
        match = self._router.find(
            request.method,
            exchange.host,
            exchange.path,
            lambda name: [v.decode("latin-1") for v in every(request.headers, name.encode())],
        )
        if match is None:
            return refusals.NO_ROUTE
        exchange.route, exchange.prefix = match.route, match.prefix
        exchange.service = match.route.service
        lane = self._lanes[match.route.id]
        for stage in lane.stages:
            policy = stage.policy(exchange.consumer)
            if policy is not None and (outcome := await policy(exchange)) is not None:
                if isinstance(outcome, Refusal):
                    return outcome
                send(outcome, exchange, reply)
                return None
        if lane.backend is None:
            return refusals.NO_SERVICE
        return await lane.backend(exchange, reply)


def send(answer: Answer, exchange: Exchange, reply: Reply) -> None:
    """The answer of a policy."""
    request_id = (b"X-Request-Id", exchange.request_id.encode())
    headers = [*answer.headers, *exchange.answer_headers, request_id]
    reply.send(answer.status, headers, answer.body)


def secret_parameters(snapshot: Snapshot) -> set[str]:
    """The query parameters that carry credentials, for whoever writes queries down."""
    configs = [plugin.config for plugin in snapshot.plugins]
    return {*jwt.token_parameters(configs), *key_auth.key_parameters(configs)}


def pipeline(snapshot: Snapshot, outside: Outside) -> Pipeline:
    """The pipeline of a snapshot."""
    return at_once(building(snapshot, outside))


async def pipeline_in_slices(snapshot: Snapshot, outside: Outside) -> Pipeline:
    """The same, without holding the event loop."""
    return await in_slices(building(snapshot, outside))


def building(snapshot: Snapshot, outside: Outside) -> Steps[Pipeline]:
    """Build a pipeline step by step."""
    router = Router(snapshot.routes)
    yield
    instances = yield from built_policies(snapshot, outside)
    backends = Backends(snapshot, outside)
    lanes = {}
    for route in snapshot.routes:
        service_id = route.service.id if route.service else None
        stages = (found.stage(route.id, service_id) for found in instances)
        lanes[route.id] = Lane(
            tuple(stage for stage in stages if stage is not None), backends.of(route)
        )
        yield
    return Pipeline(snapshot, router, lanes)


def built_policies(snapshot: Snapshot, outside: Outside) -> Steps[list[Instances[Policy]]]:
    """Every policy once, by kind in their order; routes share those that cover them."""
    issuers = Issuers(snapshot.consumers)
    yield
    keys = Keys(snapshot.consumers)
    yield
    tools = Tools(issuers, keys, outside.local, outside.counter, outside.numbering)
    steps = {step.kind.name: (step.build, Instances[Policy]()) for step in ORDER}
    for plugin in snapshot.plugins:
        build, instances = steps[plugin.name]
        if build is not None:
            instances.put(plugin.scope, build(plugin.config, plugin.scope, tools))
            yield
    return [instances for _, instances in steps.values() if instances]


class Backends:
    """What answers on a route: a function if a plugin names one, else the service, else nothing."""

    def __init__(self, snapshot: Snapshot, outside: Outside) -> None:
        self._outside = outside
        self._functions = Instances[Backend]()
        self._services: dict[str, Backend] = {}
        for plugin in snapshot.plugins:
            if isinstance(plugin.config, LambdaConfig):
                self._functions.put(plugin.scope, LambdaFunction(plugin.config, outside.client))

    def of(self, route: Route) -> Backend | None:
        stage = self._functions.stage(route.id, route.service.id if route.service else None)
        if stage is not None:
            return stage.policy(None)
        return self._upstream(route.service) if route.service is not None else None

    def _upstream(self, service: Service) -> Backend:
        found = self._services.get(service.id)
        if found is None:
            found = HttpUpstream(service, self._outside.client, self._outside.transaction_header)
            self._services[service.id] = found
        return found
