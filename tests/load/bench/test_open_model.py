"""The open model: a stall is felt by every call that was due meanwhile, and a late generator says so."""

import asyncio
import threading
from contextlib import contextmanager

import pytest

from load.bench.open_model import LATE_S, Latencies, measure

ASK = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@contextmanager
def answering(stall_at=None, stall_s=0.0, answer=OK, close=False):
    """A server in a thread; at one of the calls it does nothing at all for a while."""
    started, port, seen = threading.Event(), [], [0]

    async def serve(reader, writer):
        while await reader.readuntil(b"\r\n\r\n"):
            seen[0] += 1
            if seen[0] == stall_at:
                threading.Event().wait(stall_s)  # holds every connection
            writer.write(answer)
            if close:
                writer.close()
                return

    async def run():
        server = await asyncio.start_server(quietly, "127.0.0.1", 0)
        port.append(server.sockets[0].getsockname()[1])
        started.set()
        await over.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def quietly(reader, writer):
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            writer.transport.abort()

    loop, over = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    started.wait(5)
    yield port[0]
    loop.call_soon_threadsafe(over.set)
    thread.join(5)
    loop.close()


def test_every_call_is_made_and_timed():
    with answering() as port:
        found = measure(port, ASK, rate=200, seconds=0.5, connections=4)
    assert (len(found.calls), len(found.late), found.failed) == (100, 100, 0)
    assert 0 < found.at(0.5) <= found.at(0.99) <= found.at(1.0)


def test_a_stall_is_felt_by_every_call_that_was_due_meanwhile():
    with answering(stall_at=20, stall_s=0.25) as port:
        found = measure(port, ASK, rate=200, seconds=0.5, connections=4)
    # 50 calls were due in that quarter of a second; a closed generator would have felt 4.
    assert sum(call > 0.02 for call in found.calls) >= 40


def test_answers_of_another_status_are_failures():
    with answering(answer=OK.replace(b"200", b"503")) as port:
        found = measure(port, ASK, rate=100, seconds=0.1, connections=1)
    assert found.failed == 10
    assert "10 calls" in found.void


def test_connections_that_are_closed_are_failures_and_the_rest_goes_on():
    closing = OK.replace(b"Content-Length: 0", b"Content-Length: 0\r\nConnection: close")
    with answering(answer=closing, close=True) as port:
        found = measure(port, ASK, rate=100, seconds=0.1, connections=4)
    assert len(found.calls) == 4
    assert found.void is not None


@pytest.mark.parametrize(("late_s", "void"), [(LATE_S, False), (2 * LATE_S, True)])
def test_a_late_generator_has_measured_itself(late_s, void):
    assert (Latencies((0.1,), (0.0, late_s), 0).void is not None) == void
