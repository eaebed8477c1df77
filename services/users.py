"""Users: the whole list for admins, the own record for everybody else, one public line."""

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

FIELDS: Fields = {"id": (int, str), "name": str, "email": str, "isAdmin": bool}


def service(settings: RecordsSettings) -> Service:
    """Users behind `--listen`, its ledger behind `--control`."""
    return called_service(
        settings, users_app(read_records(settings.name, settings.data, "users", FIELDS))
    )


def users_app(users: tuple[Record, ...]) -> ASGIApp:
    """`GET /` for admins, `GET /{id}` for admins and oneself, `GET /public` for everybody."""
    by_id = {str(user["id"]): user for user in users}

    async def public(_request: Request) -> Response:
        return PlainTextResponse("Users Service: PUBLIC ENDPOINT")

    async def everybody(request: Request) -> Response:
        if not caller(request).is_admin:
            return refusal(403, "only an admin may list the users")
        return answer(users)

    async def one(request: Request) -> Response:
        user_id = request.path_params["user_id"]
        if not caller(request).may_see(user_id):
            return refusal(403, "only an admin may see the record of somebody else")
        if user_id not in by_id:
            return refusal(404, f'no user with id "{user_id}"')
        return answer(by_id[user_id])

    return application([Route(PUBLIC, public), Route("/", everybody), Route("/{user_id}", one)])
