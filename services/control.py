"""The control port of every service that is called: its health and its ledger."""

from dataclasses import asdict

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.answers import answer, application, refusal, whole_number
from services.ledger import Ledger


def control(service: str, ledger: Ledger, more: tuple[Route, ...] = ()) -> Starlette:
    """`GET /health` and `GET /ledger?after=N[&marker=M][&function=F]`, and what a service adds."""

    async def health(_request: Request) -> Response:
        return answer({"status": "up", "service": service})

    async def read_ledger(request: Request) -> Response:
        query = request.query_params
        after = whole_number(query.get("after"), 0)
        if after is None:
            return refusal(400, f'after must be a whole number, found "{query["after"]}"')
        page = ledger.after(after, query.get("marker"), query.get("function"))
        arrivals = [asdict(arrival) for arrival in page.arrivals]
        return answer({"next": page.next, "dropped": page.dropped, "arrivals": arrivals})

    return application([Route("/health", health), Route("/ledger", read_ledger), *more])
