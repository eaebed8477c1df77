"""What the control plane reaches: publish a document, see the gateways, revoke a token."""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from services.answers import answer, application, refusal
from services.cloud_gate.data_side import Gate
from services.strict_json import parse

Handler = Callable[[Request], Awaitable[Response]]


def management_side(gate: Gate, token: str) -> ASGIApp:
    """Documents, gateways and revocations behind a management token; health without."""

    def guarded(handler: Handler) -> Handler:
        async def with_token(request: Request) -> Response:
            expected = f"Bearer {token}".encode()
            given = request.headers.get("authorization", "").encode()
            if not hmac.compare_digest(given, expected):
                challenge = {"WWW-Authenticate": "Bearer"}
                return refusal(401, "send the management token as Bearer", "no-token", challenge)
            return await handler(request)

        return with_token

    async def health(_request: Request) -> Response:
        return answer({"status": "up", "service": "cloud_gate", "region": gate.region})

    async def put_document(request: Request) -> Response:
        document = _document(await request.body())
        if document is None:
            return refusal(400, "a document is a JSON object", "bad-document")
        publication = gate.store.publish(request.path_params["environment"], document)
        gate.news.ring()
        shown = {"environment": publication.environment, "version": publication.version}
        return answer(shown, 201)

    async def get_document(request: Request) -> Response:
        environment = request.path_params["environment"]
        newest = gate.store.newest(environment)
        if newest is None:
            return refusal(404, f'nothing was published for environment "{environment}"')
        return answer({"version": newest.version, "document": newest.document})

    async def gateways(request: Request) -> Response:
        seen = gate.gateways.of(request.path_params["environment"])
        return answer({"gateways": [asdict(heartbeat) for heartbeat in seen]})

    async def revoke(request: Request) -> Response:
        gate.store.revoke(request.path_params["token_id"])
        return Response(status_code=204)

    document = "/environments/{environment}/document"
    return application(
        [
            Route("/health", health),
            Route(document, guarded(put_document), methods=["PUT"]),
            Route(document, guarded(get_document)),
            Route("/environments/{environment}/gateways", guarded(gateways)),
            Route("/revocations/{token_id}", guarded(revoke), methods=["PUT"]),
        ]
    )


def _document(text: bytes) -> dict[str, object] | None:
    try:
        document = parse(text)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None
