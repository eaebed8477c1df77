"""The aws-lambda plugin: a function answers through the Lambda Invoke API, signed with Signature V4.

botocore signs; importing it takes 200 ms, so that happens in a thread when a document asks for it.
"""

import asyncio
import json
import ssl
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from time import perf_counter
from typing import Any
from urllib.parse import parse_qsl, quote

from gateway import refusals
from gateway.document.fields import Fields
from gateway.document.plugins import PluginKind
from gateway.exchange import Exchange
from gateway.http.client import Client, Endpoint, UpstreamFailure, request_head
from gateway.http.headers import DROPPED_FROM_RESPONSES, Headers, forwardable
from gateway.http.messages import Answer
from gateway.http.reply import Reply
from gateway.refusals import Refusal

# What Lambda itself takes in one synchronous call.
LARGEST_BODY_BYTES = 6 * 1024 * 1024
VIA = (b"Via", b"1.1 gateproof")
# Exact values, as in Kong: with parameters after it a type is unknown and its body goes as base64.
TEXT_TYPES = frozenset(
    {"text/plain", "text/html", "application/xml", "text/xml", "application/soap+xml"}
)


@dataclass(frozen=True, slots=True)
class LambdaConfig:
    aws_key: str
    aws_secret: str
    aws_region: str
    function_name: str
    qualifier: str | None
    invocation_type: str
    log_type: str
    host: str
    port: int
    tls: bool
    timeout_ms: int
    unhandled_status: int | None
    forward_method: bool
    forward_uri: bool
    forward_headers: bool
    forward_body: bool
    base64_encode_body: bool

    @property
    def forwards(self) -> bool:
        return self.forward_method or self.forward_uri or self.forward_headers or self.forward_body


def read_config(fields: Fields) -> LambdaConfig:
    fields.only("is_proxy_integration", False)
    fields.only("awsgateway_compatible", False)
    fields.only("skip_large_bodies", True, False)
    fields.only("empty_arrays_mode", "legacy", "correct")
    fields.only("aws_imds_protocol_version", "v1", "v2")
    for later in (
        "proxy_url",
        "aws_assume_role_arn",
        "aws_role_session_name",
        "aws_sts_endpoint_url",
    ):
        fields.only(later)
    fields.number("keepalive", 60000, 0, 2**31 - 2)  # the client keeps its own, shorter time
    region = fields.text("aws_region", required=True) or ""
    tls = not fields.flag("disable_https", False)
    return LambdaConfig(
        aws_key=fields.text("aws_key", required=True) or "",
        aws_secret=fields.text("aws_secret", required=True) or "",
        aws_region=region,
        function_name=fields.text("function_name", required=True) or "",
        qualifier=fields.text("qualifier"),
        invocation_type=fields.choice(
            "invocation_type", ("RequestResponse", "Event", "DryRun"), "RequestResponse"
        ),
        log_type=fields.choice("log_type", ("Tail", "None"), "Tail"),
        host=fields.text("host") or f"lambda.{region}.amazonaws.com",
        port=fields.number("port", 443, 1, 65535) or 443,
        tls=tls,
        timeout_ms=fields.number("timeout", 60000, 1, 2**31 - 2) or 60000,
        unhandled_status=fields.number("unhandled_status", None, 100, 999),
        forward_method=fields.flag("forward_request_method", False),
        forward_uri=fields.flag("forward_request_uri", False),
        forward_headers=fields.flag("forward_request_headers", False),
        forward_body=fields.flag("forward_request_body", False),
        base64_encode_body=fields.flag("base64_encode_body", True),
    )


KIND = PluginKind("aws-lambda", read_config)


class LambdaFunction:
    """One function, as one plugin invokes it."""

    def __init__(self, config: LambdaConfig, client: Client) -> None:
        self._config = config
        self._client = client
        tls = ssl.create_default_context() if config.tls else None
        self._endpoint = Endpoint(config.host, config.port, tls)
        name = quote(config.function_name, safe="")
        self._target = f"/2015-03-31/functions/{name}/invocations"
        if config.qualifier:
            self._target += f"?Qualifier={quote(config.qualifier, safe='')}"

    async def __call__(self, exchange: Exchange, reply: Reply) -> Refusal | None:
        body = await exchange.request.body.read_all(LARGEST_BODY_BYTES)
        if body is None:
            return refusals.BODY_TOO_LARGE
        message = await self._message(json.dumps(payload(self._config, exchange, body)).encode())
        exchange.upstream_path = self._target.partition("?")[0]
        scheme = "https" if self._config.tls else "http"
        exchange.endpoint = f"{scheme}://{self._endpoint.authority}{exchange.upstream_path}"
        exchange.upstream_started = perf_counter()
        try:
            answer = await self._invoke(message)
        except (UpstreamFailure, TimeoutError):
            return refusals.FUNCTION_FAILED
        finally:
            exchange.upstream_s = perf_counter() - exchange.upstream_started
        if answer.status >= 400:
            return refusals.FUNCTION_FAILED
        self._relay(answer, exchange, reply)
        return None

    async def _invoke(self, message: bytes) -> Answer:
        timeout_s = self._config.timeout_ms / 1000
        async with asyncio.timeout(timeout_s):
            return await self._client.ask(
                self._endpoint, message, connect_timeout_s=timeout_s, read_timeout_s=timeout_s
            )

    async def _message(self, content: bytes) -> bytes:
        config = self._config
        authority = self._endpoint.authority
        headers = {
            "Host": authority,
            "X-Amz-Invocation-Type": config.invocation_type,
            "X-Amz-Log-Type": config.log_type,
            "Content-Length": str(len(content)),
        }
        url = f"{'https' if config.tls else 'http'}://{authority}{self._target}"
        sign = signer() if is_ready() else await asyncio.to_thread(signer)
        signed = sign(config, url, headers, content)
        return (
            request_head(
                b"POST",
                self._target.encode(),
                [(name.encode(), value.encode()) for name, value in signed.items()],
            )
            + content
        )

    def _relay(self, answer: Answer, exchange: Exchange, reply: Reply) -> None:
        status = answer.status
        if b"x-amz-function-error" in answer.first:
            status = self._config.unhandled_status or status
        headers = forwardable(answer.headers, DROPPED_FROM_RESPONSES)
        headers += [VIA, *exchange.answer_headers]
        headers.append((b"X-Request-Id", exchange.request_id.encode()))
        reply.dated = b"date" in answer.first
        reply.send(status, headers, answer.body)


def payload(config: LambdaConfig, exchange: Exchange, body: bytes) -> dict[str, Any]:
    """What the function is given: the parts asked for, or query and body arguments merged."""
    content_type = exchange.request.first.get(b"content-type", b"").decode("latin-1")
    query = (exchange.query or b"").decode("latin-1")
    if not config.forwards:
        return arguments(query) | (body_arguments(body, content_type) or {})
    parts: dict[str, Any] = {}
    if config.forward_method:
        parts["request_method"] = exchange.request.method
    if config.forward_headers:
        parts["request_headers"] = header_map(exchange.request.headers)
    if config.forward_uri:
        parts["request_uri"] = exchange.request.target.decode("latin-1")
        parts["request_uri_args"] = arguments(query)
    if config.forward_body:
        parts |= forwarded_body(config, body, content_type)
    return parts


def forwarded_body(config: LambdaConfig, body: bytes, content_type: str) -> dict[str, Any]:
    parsed = body_arguments(body, content_type)
    if is_parseable(content_type) or content_type in TEXT_TYPES or not config.base64_encode_body:
        parts: dict[str, Any] = {"request_body": body.decode("utf-8", "replace")}
    else:
        parts = {"request_body": b64encode(body).decode(), "request_body_base64": True}
    if parsed is not None:
        parts["request_body_args"] = parsed
    return parts


def is_parseable(content_type: str) -> bool:
    return media_type(content_type) in ("application/json", "application/x-www-form-urlencoded")


def media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def body_arguments(body: bytes, content_type: str) -> dict[str, Any] | None:
    """The body's arguments; None when its type or its content holds none."""
    if media_type(content_type) == "application/x-www-form-urlencoded":
        return arguments(body.decode("utf-8", "replace"))
    if media_type(content_type) != "application/json":
        return None
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def arguments(query: str) -> dict[str, Any]:
    """Names and values; a name that comes twice has a list, one without `=` is true."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in found:
            earlier = found[name]
            found[name] = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
        else:
            found[name] = value
    return found


def header_map(headers: Headers) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name in found:
            earlier = found[name]
            found[name] = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
        else:
            found[name] = value
    return found


Signer = Callable[[LambdaConfig, str, dict[str, str], bytes], dict[str, str]]


def is_ready() -> bool:
    return signer.cache_info().currsize > 0


@cache
def signer() -> Signer:
    """The function that signs; the first call imports botocore."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    def sign(
        config: LambdaConfig, url: str, headers: dict[str, str], content: bytes
    ) -> dict[str, str]:
        request = AWSRequest(method="POST", url=url, headers=headers, data=content)
        credentials = Credentials(config.aws_key, config.aws_secret)
        SigV4Auth(credentials, "lambda", config.aws_region).add_auth(request)
        return dict(request.headers.items())

    return sign
