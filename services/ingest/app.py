"""Ingest as a service: a thread that reads, a store, an HTTP port that answers questions."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from services.bell import Bell
from services.doors import AsgiDoor
from services.failures import Failure
from services.ingest.queries import queries
from services.ingest.reading import Reading, consumer_settings
from services.ingest.sqlite_store import SqliteStore
from services.serving import Service, Stop
from services.settings import IngestSettings

JOIN_S = 0.3  # a thread that waits for a silent broker is left behind; the store is whole


def service(settings: IngestSettings) -> Service:
    """The index at `--listen`, filled from `--kafka` while it serves."""
    store = SqliteStore(settings.index)
    news = Bell()
    readings: list[Reading] = []

    @contextmanager
    def life(stop: Stop) -> Iterator[None]:
        loop = asyncio.get_running_loop()

        def give_up(failure: Failure) -> None:
            loop.call_soon_threadsafe(stop.ask, failure)

        reading = Reading(
            consumer_settings(settings.kafka, settings.fetch_wait_ms),
            settings.topic,
            store,
            lambda: _tell(loop, news),
            give_up,
        )
        readings.append(reading)
        thread = threading.Thread(target=reading.run, daemon=True)
        thread.start()
        try:
            yield
        finally:
            reading.end()
            thread.join(JOIN_S)
            if not thread.is_alive():
                store.close()

    app = queries(store, news, lambda: bool(readings) and readings[0].connected)
    return Service(settings.name, (AsgiDoor("url", "--listen", settings.listen, app),), news, life)


def _tell(loop: asyncio.AbstractEventLoop, news: Bell) -> None:
    try:
        loop.call_soon_threadsafe(news.ring)
    except RuntimeError:
        pass  # the service has ended; nobody waits any more
