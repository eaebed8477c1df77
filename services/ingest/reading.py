"""Reading Kafka: from the stored offsets, promptly, and never over a hole."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from services.failures import BROKEN, LOST_MESSAGES, Failure, notice
from services.ingest.events import NotAnEvent, read_document
from services.ingest.store import Batch, Document, Rejection, Store
from services.troubles import Troubles

BATCH = 1000
POLL_S = 0.1
ASK_S = 2.0
LOOK_FOR_PARTITIONS_EVERY = 300  # polls without a message, so about 30 s


class Reading:
    """Fills `store` from a topic until told to end; runs in a thread of its own.

    Partitions are assigned by hand and offsets live in the store, in the transaction of the
    documents they stand for: Kafka's groups know nothing of that transaction and take seconds
    to join. `news` is called after each batch, `give_up` at most once, both in this thread.
    """

    def __init__(
        self,
        settings: dict[str, Any],
        topic: str,
        store: Store,
        news: Callable[[], None],
        give_up: Callable[[Failure], None],
    ) -> None:
        self._settings = settings
        self._topic = topic
        self._store = store
        self._news = news
        self._give_up = give_up
        self._next = store.offsets()
        self._ending = threading.Event()
        self._troubles = Troubles("ingest", "Kafka", "trying again")
        self.connected = False

    def end(self) -> None:
        """Let `run` return soon."""
        self._ending.set()

    def run(self) -> None:
        """Read until `end`, or until messages turn out to be gone."""
        from confluent_kafka import Consumer

        consumer = Consumer({**self._settings, "error_cb": self._trouble})
        try:
            self._read(consumer)
        except Failure as failure:
            self._give_up(failure)
        except Exception as found:  # a thread that dies in silence would look like a quiet topic
            line = f"ingest: reading {self._topic} ended: {type(found).__name__}: {found}"
            self._give_up(Failure(f"{line}; see what is wrong and start again", BROKEN))
        finally:
            consumer.close()

    def _read(self, consumer: Any) -> None:
        quiet = LOOK_FOR_PARTITIONS_EVERY
        while not self._ending.is_set():
            if quiet >= LOOK_FOR_PARTITIONS_EVERY or not self.connected:
                self.connected = self._assign(consumer)
                quiet = 0
            # poll wakes at the first message; consume then takes what has come with it.
            first = consumer.poll(POLL_S)
            if first is None:
                quiet += 1
                continue
            self._take([first, *consumer.consume(BATCH, 0)])

    def _assign(self, consumer: Any) -> bool:
        """Read every partition the topic has by now from where the store left off."""
        from confluent_kafka import KafkaException, TopicPartition

        try:
            topic = consumer.list_topics(self._topic, timeout=ASK_S).topics[self._topic]
            if not topic.partitions:
                return False
            known = {one.partition for one in consumer.assignment()}
            new = sorted(set(topic.partitions) - known)
            starts = [self._start(consumer, TopicPartition(self._topic, one)) for one in new]
        except KafkaException as found:
            self._trouble(found.args[0])
            return False
        if starts:
            consumer.incremental_assign(starts)
        return True

    def _start(self, consumer: Any, partition: Any) -> Any:
        low, _high = consumer.get_watermark_offsets(partition, timeout=ASK_S)
        number = partition.partition
        if number not in self._next and low > 0:
            notice("ingest", f"partition {number} starts at offset {low}; what was before is gone")
        partition.offset = self._next.setdefault(number, low)
        if low > partition.offset:
            raise self._lost(number, f"its first message is now {low}")
        return partition

    def _take(self, messages: Sequence[Any]) -> None:
        documents: list[Document] = []
        rejections: list[Rejection] = []
        offsets: dict[int, int] = {}
        for message in messages:
            if message.error():
                self._judge(message)
                continue
            try:
                documents.append(read_document(message.value(), message.headers() or ()))
            except NotAnEvent as found:
                rejections.append(Rejection(message.partition(), message.offset(), str(found)))
            offsets[message.partition()] = message.offset() + 1
        if offsets:
            self._store.write(Batch(documents, rejections, offsets))
            self._next.update(offsets)
            self._troubles.over()
            self._news()
        for one in rejections:
            notice("ingest", f"rejected message {one.partition}/{one.offset}: {one.reason}")

    def _judge(self, message: Any) -> None:
        from confluent_kafka import KafkaError

        if message.error().code() == KafkaError._AUTO_OFFSET_RESET:
            raise self._lost(message.partition(), message.error().str())
        self._trouble(message.error())

    def _lost(self, partition: int, found: str) -> Failure:
        line = (
            f"ingest: messages of {self._topic}/{partition} are gone before they were read: "
            f"the next to read is {self._next.get(partition)}, {found}; "
            "start over with an empty --index, or give the topic more room"
        )
        return Failure(line, LOST_MESSAGES)

    def _trouble(self, error: Any) -> None:
        self._troubles.tell(error.name(), error.str())


def consumer_settings(bootstrap: str, fetch_wait_ms: int) -> dict[str, Any]:
    """The consumer's configuration.

    A real broker answers a waiting fetch as soon as there is a message. librdkafka's built-in
    cluster looks again only when the wait is over, so the wait bounds how late an event is seen.
    """
    return {
        "bootstrap.servers": bootstrap,
        "group.id": "ingest",  # librdkafka wants one; nothing is ever committed to it
        "enable.auto.commit": False,
        "socket.nagle.disable": True,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "error",
        "allow.auto.create.topics": True,
        "fetch.wait.max.ms": fetch_wait_ms,
        "fetch.error.backoff.ms": 50,
        "reconnect.backoff.max.ms": 500,
        "topic.metadata.refresh.interval.ms": 30_000,
        "log_level": 0,
    }
