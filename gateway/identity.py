"""Who the gateway found the caller to be, as upstreams and functions are told. Nobody else says so."""

from gateway.exchange import Exchange
from gateway.http.headers import Headers


def identity_headers(exchange: Exchange) -> Headers:
    """The identity fields; what is not known is not there."""
    consumer, credential = exchange.consumer, exchange.credential
    if consumer is None:
        return []
    headers = [(b"X-Consumer-ID", consumer.id.encode())]
    if consumer.username is not None:
        headers.append((b"X-Consumer-Username", consumer.username.encode()))
    if consumer.custom_id is not None:
        headers.append((b"X-Consumer-Custom-ID", consumer.custom_id.encode()))
    if credential is not None:
        headers.append((b"X-Credential-Identifier", credential.identifier.encode()))
    if exchange.groups:
        headers.append((b"X-Consumer-Groups", ", ".join(exchange.groups).encode()))
    return headers
