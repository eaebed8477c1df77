"""Asking the index over HTTP: indices, events, counts, and waiting for enough of them."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from services.answers import answer, application, whole_number
from services.bell import Bell
from services.ingest.store import Filters, Store

MAX_WAIT_S = 30.0
MAX_LIMIT = 10_000
CONTROLS = ("limit", "at_least", "wait_s")


@dataclass(frozen=True, slots=True)
class Query:
    """Which events, how many of them to show, how many to wait for and how long."""

    index: str
    filters: Filters
    limit: int
    at_least: int
    wait_s: float


def queries(store: Store, news: Bell, connected: Callable[[], bool]) -> ASGIApp:
    """`GET /indices`, `/indices/{index}/events`, `/indices/{index}/count` and `/health`."""

    async def total(query: Query) -> int:
        """The matches, once there are enough of them or the time is up."""
        seen = cursor = 0

        def enough() -> int | None:
            nonlocal seen, cursor
            found = store.count(query.index, query.filters, cursor)
            seen, cursor = seen + found.count, found.cursor
            return seen if seen >= query.at_least else None

        await news.until(enough, query.wait_s)
        return seen

    async def events(request: Request) -> Response:
        query = read_query(request)
        count = await total(query)
        found = store.search(query.index, query.filters, query.limit)
        return answer({"total": max(count, len(found)), "events": found})

    async def count(request: Request) -> Response:
        return answer({"count": await total(read_query(request))})

    async def indices(_request: Request) -> Response:
        found = [{"name": name, "count": count} for name, count in store.indices()]
        return answer({"indices": found})

    async def health(_request: Request) -> Response:
        offsets = {str(partition): offset for partition, offset in store.offsets().items()}
        return answer(
            {
                "status": "up",
                "service": "ingest",
                "kafka": "connected" if connected() else "connecting",
                "offsets": offsets,
                "rejected": store.rejected(),
            }
        )

    return application(
        [
            Route("/health", health),
            Route("/indices", indices),
            Route("/indices/{index}/events", events),
            Route("/indices/{index}/count", count),
        ]
    )


def read_query(request: Request) -> Query:
    """The query in a URL; every parameter that is not a control is a field to match."""
    given = request.query_params
    filters = [(name, value) for name, value in given.multi_items() if name not in CONTROLS]
    for name, _value in filters:
        if '"' in name or not name:
            raise HTTPException(400, f"no event has a field called {name!r}")
    return Query(
        request.path_params["index"],
        filters,
        min(_number("limit", given.get("limit"), 100), MAX_LIMIT),
        _number("at_least", given.get("at_least"), 0),
        _wait(given.get("wait_s", "0")),
    )


def _number(name: str, text: str | None, default: int) -> int:
    number = whole_number(text, default)
    if number is None:
        raise HTTPException(400, f'{name} must be a whole number, found "{text}"')
    return number


def _wait(text: str) -> float:
    try:
        wait_s = float(text)
    except ValueError:
        wait_s = -1.0
    if not wait_s >= 0:
        raise HTTPException(400, f'wait_s must be a number of seconds, found "{text}"')
    return min(wait_s, MAX_WAIT_S)
