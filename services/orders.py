"""Orders: the orders of one user, for that user and for admins, and one public line."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from services.answers import answer, application, refusal
from services.called import called_service
from services.guarded import PUBLIC, caller
from services.records import Fields, Record, read_records
from services.serving import Service
from services.settings import RecordsSettings

FIELDS: Fields = {"id": (int, str), "userId": (int, str), "item": str}


def service(settings: RecordsSettings) -> Service:
    """Orders behind `--listen`, its ledger behind `--control`."""
    return called_service(
        settings, orders_app(read_records(settings.name, settings.data, "orders", FIELDS))
    )


def orders_app(orders: tuple[Record, ...]) -> ASGIApp:
    """`GET /{userId}` for admins and that user, `GET /public` for everybody."""

    async def public(_request: Request) -> Response:
        return PlainTextResponse("Orders Service: PUBLIC ENDPOINT")

    async def of_user(request: Request) -> Response:
        user_id = request.path_params["user_id"]
        if not caller(request).may_see(user_id):
            return refusal(403, "only an admin may see the orders of somebody else")
        return answer([order for order in orders if str(order["userId"]) == user_id])

    return application([Route(PUBLIC, public), Route("/{user_id}", of_user)])
