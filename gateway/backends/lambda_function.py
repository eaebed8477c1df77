"""The aws-lambda plugin: a function answers through the Lambda Invoke API, signed with Signature V4."""

import asyncio
import json
from time import perf_counter
from urllib.parse import quote

from gateway import refusals
from gateway.backends.lambda_answer import OddAnswer, read_answer
from gateway.backends.lambda_config import LambdaConfig
from gateway.backends.lambda_payload import payload
from gateway.backends.lambda_signature import is_ready, signer
from gateway.exchange import Exchange
from gateway.http.client import Client, Endpoint, UpstreamFailure, request_head
from gateway.http.headers import DROPPED_FROM_RESPONSES, Headers, canonical, forwardable
from gateway.http.messages import Answer
from gateway.http.reply import Reply
from gateway.refusals import Refusal

# What Lambda itself takes in one synchronous call.
LARGEST_BODY_BYTES = 6 * 1024 * 1024
VIA = (b"Via", b"1.1 gateproof")
ODD = "could not JSON decode Lambda function response: "


class LambdaFunction:
    """One function, as one plugin invokes it."""

    def __init__(self, config: LambdaConfig, client: Client) -> None:
        self._config = config
        self._client = client
        tls = client.tls if config.tls else None
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
        try:
            status, headers, content = self._answer(answer)
        except OddAnswer as odd:
            return refusals.FUNCTION_ODD.erring(f"{ODD}{odd}")
        relay(status, headers, content, exchange, reply)
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

    def _answer(self, answer: Answer) -> tuple[int, Headers, bytes]:
        """What the client is told: in proxy integration what the function says, else Lambda's own.

        Only a call that waits for its function has an answer of the function's.
        """
        config = self._config
        if config.is_proxy_integration and config.invocation_type == "RequestResponse":
            said = read_answer(answer.body)
            names = {canonical(name) for name, _ in said.headers}
            lambdas = [field for field in answer.headers if canonical(field[0]) not in names]
            return said.status, [*lambdas, *said.headers], said.body
        if answer.first.get(b"x-amz-function-error") == b"Unhandled" and config.unhandled_status:
            return config.unhandled_status, answer.headers, answer.body
        return answer.status, answer.headers, answer.body


def relay(status: int, headers: Headers, body: bytes, exchange: Exchange, reply: Reply) -> None:
    passed = forwardable(headers, DROPPED_FROM_RESPONSES | exchange.replaced)
    reply.dated = any(name.lower() == b"date" for name, _ in passed)
    passed += [VIA, *exchange.answer_headers]
    passed.append((b"X-Request-Id", exchange.request_id.encode()))
    reply.send(status, passed, body)
