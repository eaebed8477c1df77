"""Kafka, the producing side: a batch counts as taken when the broker acknowledged all of it."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from services.troubles import Troubles

ACKNOWLEDGED_WITHIN_S = 5.0
POLL_S = 0.5


@dataclass(frozen=True, slots=True)
class Message:
    """One event on its way: the key is the account, the headers name index and region."""

    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


class Broker(Protocol):
    """Where reports go."""

    async def deliver(self, messages: Sequence[Message]) -> bool:
        """True once every message is acknowledged; False if one is not, within five seconds."""


class NoBroker:
    """`--kafka none`: nothing is ever taken."""

    async def deliver(self, messages: Sequence[Message]) -> bool:
        """Refuse."""
        return False


class KafkaBroker:
    """A producer whose delivery reports wake the requests that wait for them."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self._bootstrap = bootstrap
        self._topic = topic
        self._ending = threading.Event()
        self._producer: asyncio.Future[Any] | None = None
        self._troubles = Troubles("cloud_gate", f"Kafka at {bootstrap}", "reports answer 503")

    @contextmanager
    def running(self) -> Iterator[None]:
        """Poll for delivery reports in a thread while this lasts."""
        loop = asyncio.get_running_loop()
        self._producer = loop.create_future()
        thread = threading.Thread(target=self._poll, args=(loop, self._producer), daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._ending.set()

    async def deliver(self, messages: Sequence[Message]) -> bool:
        """Produce all, then wait for the last acknowledgement or the first failure."""
        assert self._producer is not None
        batch = _Batch(len(messages))
        if not messages:
            return True
        try:
            async with asyncio.timeout(ACKNOWLEDGED_WITHIN_S + 1):
                producer = await asyncio.shield(self._producer)
                for message in messages:
                    producer.produce(
                        self._topic,
                        message.value,
                        message.key,
                        headers=list(message.headers),
                        on_delivery=batch.delivered,
                    )
                taken = await batch.done
        except (TimeoutError, BufferError):
            return False
        if taken:
            self._troubles.over()
        return taken

    def _poll(self, loop: asyncio.AbstractEventLoop, ready: "asyncio.Future[Any]") -> None:
        from confluent_kafka import Producer

        producer = Producer(self._settings())
        try:
            loop.call_soon_threadsafe(ready.set_result, producer)
        except RuntimeError:
            return  # the service has ended meanwhile
        self._meet(producer)
        while not self._ending.is_set():
            producer.poll(POLL_S)

    def _meet(self, producer: Any) -> None:
        """Ask for the topic once, so that the first report does not wait for it to be made."""
        from confluent_kafka import KafkaException

        try:
            producer.list_topics(self._topic, timeout=POLL_S)
        except KafkaException:
            pass  # the error callback has said it; deliveries go on trying

    def _settings(self) -> dict[str, Any]:
        return {
            "bootstrap.servers": self._bootstrap,
            "acks": "all",
            "socket.nagle.disable": True,
            "linger.ms": 2,
            "message.timeout.ms": int(ACKNOWLEDGED_WITHIN_S * 1000),
            "request.timeout.ms": int(ACKNOWLEDGED_WITHIN_S * 1000),
            "reconnect.backoff.max.ms": 500,
            "log_level": 0,
            "error_cb": self._say,
        }

    def _say(self, error: Any) -> None:
        self._troubles.tell(error.name(), error.str())


class _Batch:
    """Counts acknowledgements, which arrive in the polling thread."""

    def __init__(self, size: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._left = size
        self.done: asyncio.Future[bool] = self._loop.create_future()

    def delivered(self, error: Any, _message: Any) -> None:
        self._left -= 1
        if error is not None or self._left == 0:
            self._loop.call_soon_threadsafe(self._finish, error is None)

    def _finish(self, taken: bool) -> None:
        if not self.done.done():
            self.done.set_result(taken)
