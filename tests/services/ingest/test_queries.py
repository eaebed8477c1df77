"""services.ingest.queries"""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp

from services.bell import Bell
from services.ingest.queries import queries
from services.ingest.sqlite_store import SqliteStore
from services.ingest.store import Batch, Document

Ask = Callable[..., httpx.Response]
ClientOf = Callable[[ASGIApp], AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "index.sqlite")
    add(store, 1, status=200)
    add(store, 2, status=429)
    yield store
    store.close()


def add(store: SqliteStore, number: int, **fields: object) -> None:
    event = json.dumps({"_id": str(number), **fields})
    store.write(Batch([Document("acme", str(number), "", event)], [], {0: number}))


@pytest.fixture
def get(store: SqliteStore, ask: Ask) -> Ask:
    return lambda path: ask(queries(store, Bell(), lambda: True), "GET", path)


def test_indices_health_counts_and_events(get: Ask) -> None:
    assert get("/indices").json() == {"indices": [{"name": "acme", "count": 2}]}
    assert get("/indices/acme/count?status=429").json() == {"count": 1}
    assert get("/indices/acme/events?status=429").json() == {
        "total": 1,
        "events": [{"_id": "2", "status": 429}],
    }
    assert get("/health").json() == {
        "status": "up",
        "service": "ingest",
        "kafka": "connected",
        "offsets": {"0": 2},
        "rejected": 0,
    }


def test_the_limit_is_for_what_is_shown_not_for_what_is_counted(get: Ask) -> None:
    found = get("/indices/acme/events?limit=1").json()
    assert (found["total"], len(found["events"])) == (2, 1)


def test_an_unknown_index_is_no_error(get: Ask) -> None:
    assert get("/indices/nowhere/events").json() == {"total": 0, "events": []}


def test_a_wait_that_is_in_vain_ends(get: Ask) -> None:
    assert get("/indices/acme/count?at_least=3&wait_s=0.01").json() == {"count": 2}


def test_a_wait_ends_with_the_event_it_waits_for(store: SqliteStore, client_of: ClientOf) -> None:
    async def story() -> tuple[object, object]:
        news = Bell()
        async with client_of(queries(store, news, lambda: True)) as client, asyncio.timeout(5):
            query = "?status=200&at_least=3&wait_s=30"
            events = asyncio.create_task(client.get(f"/indices/acme/events{query}"))
            count = asyncio.create_task(client.get(f"/indices/acme/count{query}"))
            for number, status in ((3, 200), (4, 500), (5, 200)):
                for _turn_of_the_loop in range(10):
                    await asyncio.sleep(0)
                assert not events.done()
                add(store, number, status=status)
                news.ring()
            return (await events).json(), (await count).json()

    events, count = asyncio.run(story())
    shown = [{"_id": number, "status": 200} for number in ("1", "3", "5")]
    assert events == {"total": 3, "events": shown}
    assert count == {"count": 3}


@pytest.mark.parametrize(
    "query",
    ["limit=x", "limit=-1", "at_least=x", "wait_s=x", "wait_s=-1", "wait_s=nan", 'a"b=1', "=1"],
)
def test_a_query_that_means_nothing_is_400(get: Ask, query: str) -> None:
    assert get(f"/indices/acme/events?{query}").status_code == 400
