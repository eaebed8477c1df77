"""services.cloud_gate.broker, against librdkafka's built-in cluster"""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

from services.cloud_gate.broker import KafkaBroker, Message, NoBroker

HEADERS = (("index", b"acme-events"), ("region", b"eu"))


def messages(count: int) -> list[Message]:
    return [Message(b"acme", b'{"n": %d}' % number, HEADERS) for number in range(count)]


def test_true_means_the_broker_has_all_of_it(
    kafka: str, read_topic: Callable[[str], list[Any]]
) -> None:
    broker = KafkaBroker(kafka, "broker-all")

    async def story() -> list[bool]:
        with broker.running():
            return await asyncio.gather(broker.deliver(messages(20)), broker.deliver(messages(5)))

    assert asyncio.run(story()) == [True, True]
    found = read_topic("broker-all")
    assert len(found) == 25
    assert {message.partition() for message in found} == {found[0].partition()}
    assert found[0].key() == b"acme"
    assert tuple(found[0].headers()) == HEADERS


def test_an_empty_batch_is_taken_at_once(kafka: str) -> None:
    async def story() -> bool:
        broker = KafkaBroker(kafka, "broker-empty")
        with broker.running():
            return await broker.deliver([])

    assert asyncio.run(story())


def test_a_broker_that_is_away_takes_nothing_and_says_so_once(
    monkeypatch: Any, capsys: Any
) -> None:
    monkeypatch.setattr("services.cloud_gate.broker.ACKNOWLEDGED_WITHIN_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    async def story() -> list[bool]:
        broker = KafkaBroker(f"127.0.0.1:{port}", "broker-away")
        with broker.running():
            return [await broker.deliver(messages(1)) for _ in range(2)]

    assert asyncio.run(story()) == [False, False]
    said = capsys.readouterr().err.splitlines()
    assert len(said) == len(set(said))
    assert all(f"cloud_gate: Kafka at 127.0.0.1:{port}: " in line for line in said)


def test_one_failure_in_a_batch_is_a_failure(monkeypatch: Any) -> None:
    """The first half is acknowledged, the second is not: the batch has to come again."""

    class HalfAProducer:
        def __init__(self) -> None:
            self.produced = 0

        def produce(self, *_message: Any, on_delivery: Any, **_more: Any) -> None:
            self.produced += 1
            on_delivery(None if self.produced < 3 else "lost", None)

    async def story() -> bool:
        broker = KafkaBroker("127.0.0.1:1", "half")
        broker._producer = asyncio.get_running_loop().create_future()
        broker._producer.set_result(HalfAProducer())
        return await broker.deliver(messages(4))

    assert asyncio.run(story()) is False


def test_a_full_queue_is_a_failure() -> None:
    class FullProducer:
        def produce(self, *_message: Any, **_more: Any) -> None:
            raise BufferError("queue full")

    async def story() -> bool:
        broker = KafkaBroker("127.0.0.1:1", "full")
        broker._producer = asyncio.get_running_loop().create_future()
        broker._producer.set_result(FullProducer())
        return await broker.deliver(messages(1))

    assert asyncio.run(story()) is False


def test_an_answer_waits_for_the_acknowledgement() -> None:
    class SlowProducer:
        def __init__(self) -> None:
            self.reports: list[Any] = []
            self.has_both = asyncio.Event()

        def produce(self, *_message: Any, on_delivery: Any, **_more: Any) -> None:
            self.reports.append(on_delivery)
            if len(self.reports) == 2:
                self.has_both.set()

    async def story() -> None:
        broker, producer = KafkaBroker("127.0.0.1:1", "slow"), SlowProducer()
        broker._producer = asyncio.get_running_loop().create_future()
        broker._producer.set_result(producer)
        delivery = asyncio.create_task(broker.deliver(messages(2)))
        await producer.has_both.wait()
        producer.reports[0](None, None)
        for _turn_of_the_loop in range(10):
            await asyncio.sleep(0)
        assert not delivery.done()
        producer.reports[1](None, None)
        assert await delivery

    asyncio.run(story())


def test_no_broker_takes_nothing() -> None:
    assert not asyncio.run(NoBroker().deliver(messages(1)))
