"""What a scenario declares about policies: keys, groups, sizes, browsers, headers, functions."""

from typing import Any

from harness.specification.fragments import Fragment
from harness.specification.sentences import declares
from harness.topology import SPOKEN


def _on(service: str, plugin: str, **config: Any) -> Fragment:
    return Fragment(plugins={(plugin, "service", SPOKEN[service]): config})


def _consumer(name: str, **fields: Any) -> Fragment:
    return Fragment(consumers={name.lower(): fields})


@declares("{service} is open only to consumers with an API key")
def _(service: str) -> Fragment:
    return _on(service, "key-auth", key_names=["apikey"], hide_credentials=True)


@declares('{name} has the API key "{key}"')
def _(name: str, key: str) -> Fragment:
    return _consumer(name, keyauth_credentials=[{"key": f"{key}-${{suffix}}"}])


@declares('{name} belongs to the group "{group}"')
def _(name: str, group: str) -> Fragment:
    return _consumer(name, acls=[{"group": group}])


@declares('{service} is open only to the group "{group}"')
def _(service: str, group: str) -> Fragment:
    return _on(service, "acl", allow=[group])


@declares('{service} is closed to the group "{group}"')
def _(service: str, group: str) -> Fragment:
    return _on(service, "acl", deny=[group])


@declares("{service} takes bodies of at most {size:d} bytes")
def _(service: str, size: int) -> Fragment:
    return _on(service, "request-size-limiting", allowed_payload_size=size, size_unit="bytes")


@declares('{service} may be called by browsers from "{origin}"')
def _(service: str, origin: str) -> Fragment:
    return _on(service, "cors", origins=[origin], methods=["GET", "POST"], max_age=600)


@declares('every call to {service} gets a correlation id in "{header}"')
def _(service: str, header: str) -> Fragment:
    return _on(
        service, "correlation-id", header_name=header, generator="uuid", echo_downstream=True
    )


@declares('the gateway adds the header "{header}" on the way to {service}')
def _(header: str, service: str) -> Fragment:
    name, _, value = header.partition(": ")
    return _on(service, "request-transformer", add={"headers": [f"{name}:{value}"]})


@declares('the gateway removes the header "{header}" on the way to {service}')
def _(header: str, service: str) -> Fragment:
    return _on(service, "request-transformer", remove={"headers": [header]})


@declares("{service} admits {first:d} calls a minute and {second:d} an hour from each consumer")
def _(service: str, first: int, second: int) -> Fragment:
    return _on(
        service, "rate-limiting",
        minute=first, hour=second, policy="local", limit_by="consumer",
    )  # fmt: skip


@declares("{service} admits {limit:d} calls a second from each address")
def _(service: str, limit: int) -> Fragment:
    return _on(service, "rate-limiting", second=limit, policy="local", limit_by="ip")


@declares("{service} admits {limit:d} calls a minute from each address")
def _(service: str, limit: int) -> Fragment:
    return _on(service, "rate-limiting", minute=limit, policy="local", limit_by="ip")


@declares('{service} admits {limit:d} calls a minute for each value of "{header}"')
def _(service: str, limit: int, header: str) -> Fragment:
    return _on(
        service, "rate-limiting",
        minute=limit, policy="local", limit_by="header", header_name=header,
    )  # fmt: skip


@declares(
    "{service} admits {limit:d} calls a minute from each consumer, or any when it cannot count"
)
def _(service: str, limit: int) -> Fragment:
    made = _on(
        service, "rate-limiting",
        minute=limit, policy="redis", limit_by="consumer", fault_tolerant=True,
    )  # fmt: skip
    return Fragment(plugins=made.plugins, parts=frozenset({"redis"}))
