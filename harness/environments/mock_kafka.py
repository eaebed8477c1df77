"""Kafka, emulated: librdkafka's built-in cluster in a process of its own.

It keeps about 5 MB per partition and names its own port in its metadata, so it is no place for
proofs about loss or broken links; those ask for a real broker.
"""

import json
import signal
import sys
import threading


def main() -> int:
    """Serve until SIGTERM; the one line of output names the bootstrap address."""
    from confluent_kafka import Producer

    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    signal.signal(signal.SIGINT, lambda *_: over.set())
    cluster = Producer({"bootstrap.servers": "", "test.mock.num.brokers": 1, "log_level": 3})
    broker = next(iter(cluster.list_topics(timeout=10).brokers.values()))
    line = json.dumps({"bootstrap": f"{broker.host}:{broker.port}"})
    print(line, flush=True)  # noqa: T201 - the announcement that every child makes
    over.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
