"""The correlation-id plugin: a request has an id that its upstream, and if wanted its client, can name.

Unlike in Kong a client's own id is cut to a bearable length, and of two lines only the first counts.
"""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.document.entities import Scope
from gateway.document.field_names import own_field
from gateway.document.fields import Fields
from gateway.document.plugins import PluginKind
from gateway.exchange import Exchange
from gateway.http.headers import canonical
from gateway.policies.contract import Tools

LONGEST_ID = 255
DEFAULT_NAME = "Kong-Request-ID"


@dataclass(frozen=True, slots=True)
class CorrelationIdConfig:
    header_name: str
    generator: str
    echo_downstream: bool


def read_config(fields: Fields) -> CorrelationIdConfig:
    name = fields.text("header_name", DEFAULT_NAME) or DEFAULT_NAME
    own_field(fields, "header_name", name)
    return CorrelationIdConfig(
        header_name=name,
        generator=fields.choice("generator", ("uuid", "uuid#counter"), "uuid#counter"),
        echo_downstream=fields.flag("echo_downstream", False),
    )


KIND = PluginKind("correlation-id", read_config)


class CorrelationId:
    """One correlation-id plugin."""

    def __init__(self, config: CorrelationIdConfig, new: Callable[[], str]) -> None:
        self._name = config.header_name.encode()
        self._canonical = canonical(self._name)
        self._lower = self._name.lower()
        self._echo = config.echo_downstream
        self._new = new

    async def __call__(self, exchange: Exchange) -> None:
        sent = exchange.request.first.get(self._lower)
        value = sent[:LONGEST_ID] if sent else self._new().encode()
        exchange.onward = [
            field for field in exchange.onward if canonical(field[0]) != self._canonical
        ]
        exchange.added.append((self._name, value))
        if self._echo:
            exchange.answer_headers.append((self._name, value))
            exchange.replaced |= {self._canonical}


def build(config: CorrelationIdConfig, _: Scope, tools: Tools) -> CorrelationId:
    numbering = tools.numbering
    return CorrelationId(
        config, numbering.uuid if config.generator == "uuid" else numbering.counted
    )
