"""The rate-limiting plugin: counted before it is decided, on every answer's headers."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from gateway import refusals
from gateway.counters.address import RedisAddress, read_address
from gateway.counters.contract import Counter, CounterAway
from gateway.document.entities import Scope
from gateway.document.field_names import field_name
from gateway.document.fields import Fields
from gateway.document.plugins import PluginKind
from gateway.exchange import Exchange
from gateway.policies.contract import Tools
from gateway.quota import PERIODS, QUOTA_FIELDS, Limit, quota_headers
from gateway.refusals import Refusal

LONGEST_IDENTIFIER = 128


@dataclass(frozen=True, slots=True)
class RateLimitingConfig:
    limits: tuple[Limit, ...]
    limit_by: str
    header_name: str | None
    path: str | None
    policy: str
    redis: RedisAddress | None
    fault_tolerant: bool
    hide_client_headers: bool
    error_code: int
    error_message: str


def read_config(fields: Fields) -> RateLimitingConfig:
    limit_by = fields.choice("limit_by", tuple(IDENTIFIERS), "consumer")
    header_name = read_companion(fields, "header_name", "header", limit_by)
    if header_name is not None:
        field_name(fields, "header_name", header_name)
    policy = fields.choice("policy", ("local", "redis"), "local")
    fields.only("sync_rate", -1)
    return RateLimitingConfig(
        limits=read_limits(fields),
        limit_by=limit_by,
        header_name=header_name.lower() if header_name else None,
        path=read_companion(fields, "path", "path", limit_by),
        policy=policy,
        redis=read_address(fields, needed=policy == "redis"),
        fault_tolerant=fields.flag("fault_tolerant", True),
        hide_client_headers=fields.flag("hide_client_headers", False),
        error_code=fields.number("error_code", 429, 400, 599) or 429,
        error_message=fields.text("error_message", "API rate limit exceeded") or "",
    )


def read_companion(fields: Fields, name: str, choice: str, limit_by: str) -> str | None:
    """A field that belongs to one choice of limit_by."""
    value = fields.text(name)
    if limit_by == choice and value is None:
        fields.complain(name, f"is required with limit_by {choice}")
    elif limit_by != choice and value is not None:
        fields.complain(name, f"is used with limit_by {choice} only: leave it out")
    return value


def read_limits(fields: Fields) -> tuple[Limit, ...]:
    """The limits from the shortest window to the longest; a longer one may not be lower."""
    for later in ("month", "year"):
        fields.only(later)
    limits: list[Limit] = []
    for period in PERIODS:
        calls = fields.number(period, None, 1, 2**53)
        if calls is None:
            continue
        if limits and calls < limits[-1].calls:
            shorter = limits[-1]
            fields.complain(
                period, f"must not be lower than {shorter.period} ({shorter.calls}), found {calls}"
            )
        limits.append(Limit(period, calls))
    if not limits and not any(fields.has(period) for period in PERIODS):
        fields.complain("", f"must have at least one of {', '.join(PERIODS)}")
    return tuple(limits)


def needs_redis(config: RateLimitingConfig) -> bool:
    return config.policy == "redis" and config.redis is None


KIND = PluginKind("rate-limiting", read_config, per_consumer=True, needs_redis=needs_redis)


class RateLimiting:
    """One rate-limiting plugin. Its counter is shared by all pipelines."""

    def __init__(self, config: RateLimitingConfig, scope: Scope, counter: Counter) -> None:
        self._config = config
        self._counter = counter
        self._identify = IDENTIFIERS[config.limit_by]
        self._over_quota = refusals.Refusal(
            refusals.OVER_QUOTA.code, config.error_code, config.error_message
        )
        ids = (scope.route_id, scope.service_id, scope.consumer_id)
        self._prefix = ":".join(part or "-" for part in ids)

    async def __call__(self, exchange: Exchange) -> Refusal | None:
        config = self._config
        key = f"{self._prefix}:{self._identify(config, exchange)}"
        try:
            count = await self._counter.spend(key, config.limits)
        except CounterAway:
            return None if config.fault_tolerant else refusals.COUNTERS_AWAY
        if not config.hide_client_headers:
            exchange.answer_headers += quota_headers(config.limits, count)
            exchange.replaced |= QUOTA_FIELDS
        return None if count.admitted else self._over_quota


def build(config: RateLimitingConfig, scope: Scope, tools: Tools) -> RateLimiting:
    counter = tools.local if config.policy == "local" else tools.redis(config.redis)
    return RateLimiting(config, scope, counter)


def by_consumer(config: RateLimitingConfig, exchange: Exchange) -> str:
    consumer = exchange.consumer
    return f"consumer:{consumer.id}" if consumer is not None else by_ip(config, exchange)


def by_credential(config: RateLimitingConfig, exchange: Exchange) -> str:
    credential = exchange.credential
    return f"credential:{credential.id}" if credential is not None else by_ip(config, exchange)


def by_ip(config: RateLimitingConfig, exchange: Exchange) -> str:
    return f"ip:{exchange.request.peer[0]}"


def by_service(config: RateLimitingConfig, exchange: Exchange) -> str:
    service = exchange.service
    return f"service:{service.id}" if service is not None else by_ip(config, exchange)


def by_header(config: RateLimitingConfig, exchange: Exchange) -> str:
    name = (config.header_name or "").encode()
    value = exchange.request.first.get(name)
    if value is None:
        return by_ip(config, exchange)
    if len(value) > LONGEST_IDENTIFIER:
        return f"header-hash:{sha256(value).hexdigest()}"
    return f"header:{value.decode('latin-1')}"


def by_path(config: RateLimitingConfig, exchange: Exchange) -> str:
    """One budget for exactly this path; every other path shares its caller's."""
    return f"path:{config.path}" if exchange.path == config.path else by_ip(config, exchange)


IDENTIFIERS: dict[str, Callable[[RateLimitingConfig, Exchange], str]] = {
    "consumer": by_consumer,
    "credential": by_credential,
    "ip": by_ip,
    "service": by_service,
    "header": by_header,
    "path": by_path,
}
