"""services.serving"""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from services.doors import AsgiDoor
from services.failures import Failure
from services.serving import Service, Stop, run
from services.settings import Address


async def nothing(_scope: object, _receive: object, _send: object) -> None:
    raise AssertionError("nobody calls")


DOOR = AsgiDoor("url", "--listen", Address("127.0.0.1", 0), nothing)


def test_the_first_reason_to_end_counts() -> None:
    async def story() -> Stop:
        stop = Stop()
        stop.ask(Failure("first"))
        stop.ask(Failure("second"))
        await stop.asked()
        return stop

    failure = asyncio.run(story()).failure
    assert failure is not None
    assert failure.line == "first"


def test_a_signal_ends_a_service_with_0_after_one_json_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    @contextmanager
    def life(_stop: Stop) -> Iterator[None]:
        asyncio.get_running_loop().call_later(0, os.kill, os.getpid(), signal.SIGTERM)
        yield

    assert run(Service("users", (DOOR,), life=life)) == 0
    out = capsys.readouterr().out
    assert out.startswith('{"url": "http://127.0.0.1:')
    assert out.count("\n") == 1


def test_a_service_that_gives_up_says_why_and_ends_its_life(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ended = []

    @contextmanager
    def life(stop: Stop) -> Iterator[None]:
        stop.ask(Failure("ingest: messages are gone", 4))
        yield
        ended.append(True)

    with pytest.raises(Failure) as failure:
        run(Service("ingest", (DOOR,), life=life))
    assert failure.value.code == 4
    assert ended == [True]
