"""The upstream as a service: raw connections in front, scripts and ledger on the control port."""

from base64 import b64encode
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.answers import answer, refusal
from services.control import control
from services.doors import AsgiDoor, RawDoor
from services.ledger import Ledger
from services.serving import Service
from services.settings import CalledSettings
from services.upstream.connection import Connection, Upstream
from services.upstream.scripts import COMPOSED, BadScript, Script, read_script


def service(settings: CalledSettings) -> Service:
    """Anything behind `--listen`; `/scripts`, `/ledger` and `/health` behind `--control`."""
    upstream = Upstream(settings.name, Ledger(), settings.marker_header)
    app = control(settings.name, upstream.ledger, script_routes(upstream.scripts))
    doors = (
        RawDoor("url", "--listen", settings.listen, lambda: Connection(upstream), upstream.hang_up),
        AsgiDoor("control", "--control", settings.control, app),
    )
    return Service(settings.name, doors)


def written(script: Script) -> dict[str, object]:
    """A script as it could be put again."""
    fields = asdict(script)
    if script.raw is not None:
        fields = {name: value for name, value in fields.items() if name not in COMPOSED}
        fields["raw"] = {"base64": b64encode(script.raw).decode()}
    return fields


def script_routes(scripts: dict[str, Script]) -> tuple[Route, ...]:
    """`PUT` and `DELETE /scripts/{name}`, `GET /scripts`."""

    async def every(_request: Request) -> Response:
        return answer({name: written(script) for name, script in scripts.items()})

    async def put(request: Request) -> Response:
        try:
            scripts[request.path_params["name"]] = read_script(await request.body())
        except BadScript as found:
            return refusal(400, str(found))
        return Response(status_code=204)

    async def delete(request: Request) -> Response:
        name = request.path_params["name"]
        if scripts.pop(name, None) is None:
            return refusal(404, f'no script called "{name}"')
        return Response(status_code=204)

    return (
        Route("/scripts", every),
        Route("/scripts/{name}", put, methods=["PUT"]),
        Route("/scripts/{name}", delete, methods=["DELETE"]),
    )
