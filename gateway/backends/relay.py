"""The way back: an upstream's answer becomes the answer to the client."""

from gateway.exchange import Exchange
from gateway.http.framing import content_length
from gateway.http.headers import DROPPED_FROM_RESPONSES, Headers, forwardable
from gateway.http.messages import Response, via
from gateway.http.reply import Reply


async def relay(response: Response, exchange: Exchange, reply: Reply) -> None:
    """Pass the answer on: whole when it is already here, else as it arrives."""
    headers = answer_headers(response, exchange)
    body, length = response.body, content_length(response.first)
    reply.dated = b"date" in response.first
    if not body.complete:
        reply.start(response.status, headers, length, response.reason)
        while chunk := await body.next():
            await reply.write(chunk)
        reply.end()
    elif length is not None and not body.held_bytes and response.status != 204:
        headers.append((b"Content-Length", b"%d" % length))
        reply.send_head(response.status, headers, response.reason)
    else:
        reply.send(response.status, headers, body.take(), response.reason)


def answer_headers(response: Response, exchange: Exchange) -> Headers:
    """The upstream's fields that travel on, and what the gateway adds."""
    dropped = DROPPED_FROM_RESPONSES
    if exchange.replaced:
        dropped |= exchange.replaced
    headers = forwardable(response.headers, dropped)
    headers.append((b"Via", via(response)))
    headers += exchange.answer_headers
    headers.append((b"X-Request-Id", exchange.request_id.encode()))
    return headers
