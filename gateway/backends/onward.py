"""What an upstream is told: the request of the client, with the gateway's own fields. Pure."""

from gateway.exchange import Exchange
from gateway.http.client import request_head
from gateway.http.headers import DROPPED_FROM_REQUESTS, Headers, canonical, forwardable
from gateway.http.messages import Request, joined, via
from gateway.identity import identity_headers


class Onward:
    """Writes requests for one service; `authority` is the service's own name."""

    def __init__(self, authority: str, transaction_header: str) -> None:
        self._authority = authority.encode()
        self._transaction_header = transaction_header.encode()
        self._dropped = DROPPED_FROM_REQUESTS | {canonical(self._transaction_header)}

    def message(self, exchange: Exchange, path: str) -> bytes:
        """The head, and the body if all of it is here."""
        request = exchange.request
        target = path.encode("latin-1")
        if exchange.query is not None:
            target += b"?" + exchange.query
        headers: Headers = [(b"Host", self._host(exchange))]
        headers += forwardable(exchange.onward, self._dropped)
        headers += forwarding_headers(exchange)
        headers += identity_headers(exchange)
        headers += exchange.added
        headers.append((b"X-Request-Id", exchange.request_id.encode()))
        headers.append((self._transaction_header, exchange.transaction.encode("latin-1")))
        head = request_head(request.method.encode(), target, headers + framing(request))
        return head + request.body.take() if request.body.complete else head

    def _host(self, exchange: Exchange) -> bytes:
        assert exchange.route is not None
        kept = exchange.authority if exchange.route.preserve_host else ""
        return kept.encode("latin-1") or self._authority


def framing(request: Request) -> Headers:
    """How the body is framed towards the upstream: by its length wherever it is known."""
    if request.body.complete:
        if request.body.size_bytes or request.content_length is not None or request.chunked:
            return [(b"Content-Length", b"%d" % request.body.size_bytes)]
        return []
    if request.chunked:
        return [(b"Transfer-Encoding", b"chunked")]
    return [(b"Content-Length", b"%d" % (request.content_length or 0))]


def forwarding_headers(exchange: Exchange) -> Headers:
    """Who asked, for what, over which hop. Only X-Forwarded-For and Via keep what the client said."""
    request = exchange.request
    peer = request.peer[0].encode()
    chain = joined(request, b"x-forwarded-for")
    headers = [
        (b"X-Forwarded-For", chain + b", " + peer if chain else peer),
        (b"X-Forwarded-Proto", b"http"),
        (b"X-Forwarded-Host", exchange.host.encode("latin-1")),
        (b"X-Forwarded-Port", b"%d" % request.local[1]),
        (b"X-Forwarded-Path", exchange.raw_path.encode("latin-1")),
    ]
    stripped = exchange.route is not None and exchange.route.strip_path
    if stripped and exchange.prefix not in ("", "/"):
        headers.append((b"X-Forwarded-Prefix", exchange.prefix.encode("latin-1")))
    headers.append((b"X-Real-IP", peer))
    headers.append((b"Via", via(request)))
    return headers
