"""Makes the topic on a broker that is coming up, says so, and ends: a process of its own.

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
    from confluent_kafka.admin import AdminClient

    make(AdminClient(_settings(asked.broker)), asked.topic, asked.partitions)
    print(json.dumps({"bootstrap": asked.announce}), flush=True)  # noqa: T201 - the announcement
    return 0


def make(admin: Any, topic: str, partitions: int) -> None:
    """Ask until the broker answers and the topic is there; whoever started us bounds the time."""
    from confluent_kafka import KafkaError, KafkaException
    from confluent_kafka.cimpl import NewTopic  # where it is at home; admin only passes it on

    passing = {
        KafkaError.TOPIC_ALREADY_EXISTS,
        KafkaError.INVALID_REPLICATION_FACTOR,  # the controller does not count its broker in yet
        KafkaError._TRANSPORT,
        KafkaError._TIMED_OUT,
    }
    while not _is_led(admin, topic, partitions):
        wanted = NewTopic(topic, num_partitions=partitions, replication_factor=1)
        try:
            admin.create_topics([wanted], request_timeout=_ASK_S)[topic].result()
        except KafkaException as found:
            error = found.args[0]
            if error.code() not in passing and not error.retriable():
                raise SystemExit(f"the topic {topic} cannot be made: {error.str()}") from None


def _is_led(admin: Any, topic: str, partitions: int) -> bool:
    from confluent_kafka import KafkaException

    try:
        known = admin.list_topics(timeout=_ASK_S).topics.get(topic)
    except KafkaException:
        return False
    led = [one for one in known.partitions.values() if one.leader >= 0] if known else []
    return len(led) == partitions


_ASK_S = 2.0


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
