"""A topic on a broker that is coming up: one attempt at a time, or a process that ends when it is there.

librdkafka has threads, and the warden must not have any where it forks.
"""

import argparse
import json
import sys
from typing import Any


def main(argv: list[str]) -> int:
    """Return when every partition has a leader; the one line of output names the clients' address."""
    parser = argparse.ArgumentParser(prog="python -m harness.environments.kafka_topic")
    parser.add_argument("--broker", required=True, help="host:port that leads straight to it")
    parser.add_argument("--announce", required=True, help="host:port that clients are given")
    parser.add_argument("--topic", required=True)
    parser.add_argument("--partitions", required=True, type=int)
    asked = parser.parse_args(argv)
    topic = Topic(asked.broker, asked.topic, asked.partitions)
    try:
        while not topic.is_made():  # whoever started us bounds the time
            pass
    except CannotBeMade as error:
        raise SystemExit(str(error)) from None
    print(json.dumps({"bootstrap": asked.announce}), flush=True)  # noqa: T201 - the announcement
    return 0


class CannotBeMade(Exception):
    """A broker that serves refuses the topic: waiting does not help. The text is one line."""


class Topic:
    """Shape: broker is a "host:port" that leads straight to it; admin is a client of one's own."""

    def __init__(self, broker: str, name: str, partitions: int, admin: Any = None) -> None:
        from confluent_kafka.admin import AdminClient

        self._name, self._partitions = name, partitions
        self._admin = admin or AdminClient(_settings(broker))

    def is_made(self) -> bool:
        """Tell whether every partition has a leader; where it is not so, ask for the topic.

        Errors: CannotBeMade.
        """
        from confluent_kafka import KafkaError, KafkaException
        from confluent_kafka.cimpl import NewTopic  # where it is at home; admin only passes it on

        led = self._is_led()
        if led is None:
            return False
        if led:
            return True
        passing = {
            KafkaError.TOPIC_ALREADY_EXISTS,
            KafkaError.INVALID_REPLICATION_FACTOR,  # the controller does not count its broker in yet
            KafkaError._TRANSPORT,
            KafkaError._TIMED_OUT,
        }
        wanted = NewTopic(self._name, num_partitions=self._partitions, replication_factor=1)
        try:
            self._admin.create_topics([wanted], request_timeout=_ASK_S)[self._name].result()
        except KafkaException as found:
            error = found.args[0]
            if error.code() not in passing and not error.retriable():
                told = f"the topic {self._name} cannot be made: {error.str()}"
                raise CannotBeMade(told) from None
        return bool(self._is_led())

    def is_dropped(self) -> bool:
        from confluent_kafka import KafkaException

        try:
            self._admin.delete_topics([self._name], request_timeout=_ASK_S)[self._name].result()
        except KafkaException:
            return False
        return True

    def _is_led(self) -> bool | None:
        """Return None where no broker answers."""
        from confluent_kafka import KafkaException

        try:
            known = self._admin.list_topics(timeout=_ASK_S).topics.get(self._name)
        except KafkaException:
            return None
        led = [one for one in known.partitions.values() if one.leader >= 0] if known else []
        return len(led) == self._partitions


_ASK_S = 1.0


def _settings(broker: str) -> dict[str, Any]:
    return {
        "bootstrap.servers": broker,
        "reconnect.backoff.ms": 10,
        "reconnect.backoff.max.ms": 50,
        "log_level": 0,
        "error_cb": lambda _error: None,  # a broker that is not there yet is no error
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
