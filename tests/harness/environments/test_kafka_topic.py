"""The topic is asked for until it is there with a leader for every partition, and no longer."""

from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException

from harness.environments.kafka_topic import CannotBeMade, Topic


class Admin:
    """A broker that comes up slowly: each look and each order takes the next answer."""

    def __init__(self, looks: list[Any], orders: list[Any]) -> None:
        self.looks, self.orders = looks, orders

    def list_topics(self, timeout: float) -> Any:
        answer = self.looks.pop(0)
        if isinstance(answer, Exception):
            raise answer
        partitions = {n: SimpleNamespace(leader=leader) for n, leader in enumerate(answer)}
        topics = {"reports": SimpleNamespace(partitions=partitions)} if answer else {}
        return SimpleNamespace(topics=topics)

    def create_topics(self, wanted: list[Any], request_timeout: float) -> Any:
        answer = self.orders.pop(0)

        def result() -> None:
            if isinstance(answer, Exception):
                raise answer

        return {wanted[0].topic: SimpleNamespace(result=result)}


def _error(code: int) -> KafkaException:
    return KafkaException(KafkaError(code))


def _make(admin: Any, partitions: int) -> None:
    """Ask until it is there, as the process does."""
    topic = Topic("", "reports", partitions, admin)
    while not topic.is_made():
        pass


def test_it_waits_for_the_broker_then_for_a_leader_of_every_partition() -> None:
    admin = Admin(
        [_error(KafkaError._TRANSPORT), [], [], [-1, 1], [1, 1]],
        [_error(KafkaError._TIMED_OUT), _error(KafkaError.TOPIC_ALREADY_EXISTS)],
    )

    _make(admin, 2)

    assert (admin.looks, admin.orders) == ([], [])


def test_a_topic_that_is_there_is_not_asked_for() -> None:
    _make(Admin([[1, 1, 1, 1]], []), 4)


def test_a_topic_with_other_partitions_is_not_ours() -> None:
    admin = Admin([[1], [1, 1]], [None])

    _make(admin, 2)

    assert admin.orders == []


def test_a_broker_that_its_controller_does_not_count_in_yet_is_asked_again() -> None:
    fenced = _error(KafkaError.INVALID_REPLICATION_FACTOR)

    _make(Admin([[], [], [1, 1]], [fenced, None]), 2)


def test_an_order_that_will_never_be_taken_ends_it_in_one_line() -> None:
    admin = Admin([[]], [_error(KafkaError.INVALID_PARTITIONS)])

    with pytest.raises(CannotBeMade, match="the topic reports cannot be made: "):
        _make(admin, 4)
