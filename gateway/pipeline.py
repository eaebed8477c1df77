"""One snapshot made ready to serve: the router, and for each route its policies and its backend.

A pipeline is immutable. A publication builds a new one and swaps one reference; requests in
flight finish on the one they started with.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway import refusals
from gateway.backends.contract import Backend
from gateway.backends.http_upstream import HttpUpstream
from gateway.backends.lambda_function import LambdaConfig, LambdaFunction
from gateway.counters.address import RedisAddress
from gateway.counters.contract import Counter
from gateway.counters.local import LocalCounter
from gateway.counters.redis import RedisCounters
from gateway.document.entities import Consumer, Plugin, Route, Snapshot
from gateway.exchange import Exchange
from gateway.http.client import Client
from gateway.http.headers import every
from gateway.http.reply import Reply
from gateway.policies import jwt
from gateway.policies.contract import Policy, Tools
from gateway.policies.issuers import Issuers
from gateway.policies.order import ORDER
from gateway.refusals import Refusal
from gateway.routing import Router


@dataclass(frozen=True, slots=True)
class Outside:
    """What outlives every pipeline: connections, counters, and two settings."""

    client: Client
    local: LocalCounter
    redis: RedisCounters
    default_redis: RedisAddress | None
    transaction_header: str

    def counter(self, address: RedisAddress | None) -> Counter:
        """The counter in a Redis; without an address in the gateway's own."""
        address = address or self.default_redis
        assert address is not None, "a document that needs a Redis is refused where there is none"
        return self.redis.counter(address)


@dataclass(frozen=True, slots=True)
class Stage:
    """One kind of policy on one route: the most specific instance for each consumer runs."""

    everyone: Policy | None
    by_consumer: dict[str, Policy]

    def policy(self, consumer: Consumer | None) -> Policy | None:
        if consumer is None or not self.by_consumer:
            return self.everyone
        return self.by_consumer.get(consumer.id, self.everyone)


@dataclass(frozen=True, slots=True)
class Lane:
    """What a request on one route goes through."""

    stages: tuple[Stage, ...]
    backend: Backend | None


class Pipeline:
    """Routes an exchange, runs its policies, lets its backend answer."""

    def __init__(self, snapshot: Snapshot, outside: Outside) -> None:
        self.snapshot = snapshot
        self.token_parameters = frozenset(
            jwt.token_parameters(plugin.config for plugin in snapshot.plugins)
        )
        self._router = Router(snapshot.routes)
        built = built_policies(snapshot, outside)
        self._lanes = {
            route.id: Lane(stages(route, snapshot, built), backend(route, snapshot, outside))
            for route in snapshot.routes
        }

    async def answer(self, exchange: Exchange, reply: Reply) -> Refusal | None:
        """None when the backend has answered, else why not."""
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
            if policy is not None and (refusal := await policy(exchange)) is not None:
                return refusal
        if lane.backend is None:
            return refusals.NO_SERVICE
        return await lane.backend(exchange, reply)


def built_policies(snapshot: Snapshot, outside: Outside) -> dict[str, Policy]:
    """One policy per plugin, by the plugin's id, shared by all routes it covers."""
    tools = Tools(Issuers(snapshot.consumers), outside.local, outside.counter)
    builders = {step.kind.name: step.build for step in ORDER}
    return {
        plugin.id: build(plugin.config, plugin.scope, tools)
        for plugin in snapshot.plugins
        if (build := builders[plugin.name]) is not None
    }


def stages(route: Route, snapshot: Snapshot, built: dict[str, Policy]) -> tuple[Stage, ...]:
    """The policies of a route in their order; kinds that nowhere apply are left out."""
    found = []
    for step in ORDER:
        plugins = [plugin for plugin in snapshot.plugins if plugin.name == step.kind.name]
        chosen = most_specific(plugins, route, None)
        everyone = built.get(chosen.id) if chosen else None
        by_consumer = {
            consumer.id: built[special.id]
            for consumer in consumers_named_by(plugins, snapshot)
            if (special := most_specific(plugins, route, consumer)) is not None
            and special is not chosen
            and special.id in built
        }
        if everyone is not None or by_consumer:
            found.append(Stage(everyone, by_consumer))
    return tuple(found)


def consumers_named_by(plugins: list[Plugin], snapshot: Snapshot) -> Iterable[Consumer]:
    named = {plugin.scope.consumer_id for plugin in plugins} - {None}
    return [consumer for consumer in snapshot.consumers if consumer.id in named] if named else []


def most_specific(plugins: list[Plugin], route: Route, consumer: Consumer | None) -> Plugin | None:
    """The instance that runs, by Kong's precedence."""
    covering = [plugin for plugin in plugins if plugin.scope.covers(route, consumer)]
    return max(covering, key=lambda plugin: plugin.scope.rank, default=None)


def backend(route: Route, snapshot: Snapshot, outside: Outside) -> Backend | None:
    """A function if a plugin names one, else the service, else nothing."""
    functions = [plugin for plugin in snapshot.plugins if isinstance(plugin.config, LambdaConfig)]
    chosen = most_specific(functions, route, None)
    if chosen is not None and isinstance(chosen.config, LambdaConfig):
        return LambdaFunction(chosen.config, outside.client)
    if route.service is not None:
        return HttpUpstream(route.service, outside.client, outside.transaction_header)
    return None
