"""The request-size-limiting plugin: bodies that are too large are refused, before they come if possible."""

from dataclasses import dataclass

from gateway import refusals
from gateway.document.entities import Scope
from gateway.document.fields import Fields
from gateway.document.plugins import PluginKind
from gateway.exchange import Exchange
from gateway.http.body import BodyBroken
from gateway.policies.contract import Tools
from gateway.refusals import Refusal

# Powers of 1024, as in Kong.
UNITS = {"megabytes": 1024 * 1024, "kilobytes": 1024, "bytes": 1}


@dataclass(frozen=True, slots=True)
class RequestSizeLimitingConfig:
    limit_bytes: int
    require_content_length: bool


def read_config(fields: Fields) -> RequestSizeLimitingConfig:
    size = fields.number("allowed_payload_size", 128, 0, 2**40)
    unit = fields.choice("size_unit", tuple(UNITS), "megabytes")
    return RequestSizeLimitingConfig(
        limit_bytes=(128 if size is None else size) * UNITS[unit],
        require_content_length=fields.flag("require_content_length", False),
    )


KIND = PluginKind("request-size-limiting", read_config, per_consumer=True)


class RequestSizeLimiting:
    """One request-size-limiting plugin."""

    def __init__(self, config: RequestSizeLimitingConfig) -> None:
        self._config = config

    async def __call__(self, exchange: Exchange) -> Refusal | None:
        request, limit = exchange.request, self._config.limit_bytes
        if request.content_length is None and self._config.require_content_length:
            return refusals.LENGTH_REQUIRED
        if (request.content_length or 0) > limit or request.body.size_bytes > limit:
            expects = b"expect" in request.first
            return refusals.SIZE_NOT_EXPECTED if expects else refusals.SIZE_EXCEEDED
        if not request.body.complete:
            request.body.bound(limit, BodyBroken(refusals.SIZE_EXCEEDED.code))
        return None


def build(config: RequestSizeLimitingConfig, _: Scope, __: Tools) -> RequestSizeLimiting:
    return RequestSizeLimiting(config)
