"""Ends of containers, heard on Docker's event stream."""

import asyncio
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from harness.environments.containers.deaths import ENGINE_GONE, Deaths, code_of


def _died(container: str, exit_code: int, at_ns: int) -> dict[str, Any]:
    return {
        "time": at_ns // 10**9,
        "timeNano": at_ns,
        "Actor": {"ID": container, "Attributes": {"exitCode": str(exit_code)}},
    }


class _Open:
    """What the SDK hands out. Shape: comes are the events."""

    def __init__(self, comes: Iterable[dict[str, Any]]) -> None:
        self._comes = comes
        self._response = io.BytesIO()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self._comes)

    def close(self) -> None:
        pass


class _Stream:
    """An event stream of these events, which then breaks or stays."""

    def __init__(self, *lives: list[dict[str, Any]]) -> None:
        self._lives = iter(lives)
        self.opened: list[dict[str, Any]] = []

    def __call__(self, **how: Any) -> _Open:
        self.opened.append(how)
        return _Open(next(self._lives, []))


def _heard(stream: Callable[..., Any], *containers: str) -> list[int]:
    async def hear() -> list[int]:
        deaths = Deaths(stream, "k3f9")
        async with asyncio.timeout(10):
            return [await deaths.of(one) for one in containers]

    return asyncio.run(hear())


@pytest.mark.parametrize(("exit_code", "code"), [(0, 0), (2, 2), (137, -9), (143, -15), (255, 255)])
def test_an_exit_code_beyond_128_is_a_signal(exit_code: int, code: int) -> None:
    assert code_of(exit_code) == code


def test_when_docker_is_gone_every_part_is() -> None:
    assert _heard(_Stream(), "one", "two") == [ENGINE_GONE, ENGINE_GONE]


def test_the_stream_is_of_one_run_and_of_ends_alone() -> None:
    stream = _Stream()

    _heard(stream, "one")

    assert stream.opened[0]["filters"] == {
        "label": "gateproof.run=k3f9", "event": "die", "type": "container",
    }  # fmt: skip


def test_an_end_reaches_whoever_waits_for_it_once() -> None:
    async def hear() -> tuple[int, bool]:
        ready = asyncio.Event()
        loop = asyncio.get_running_loop()
        both = [_died("one", 137, 5 * 10**9), _died("other", 0, 6 * 10**9)]

        def stream(**how: Any) -> Iterator[dict[str, Any]]:
            asyncio.run_coroutine_threadsafe(ready.wait(), loop).result(10)
            yield from both
            both.clear()
            again.append(how["since"])
            if len(again) == 1:  # broken off, and told again from the same second on
                both.append(_died("one", 137, 5 * 10**9))
                raise OSError("the stream broke")
            asyncio.run_coroutine_threadsafe(over.wait(), loop).result(10)

        again: list[int] = []
        over = asyncio.Event()
        deaths = Deaths(lambda **how: _Open(stream(**how)), "k3f9")
        first = deaths.of("one")
        ready.set()
        code = await asyncio.wait_for(first, 10)
        second = deaths.of("one")  # started again
        deaths.close()
        over.set()
        await asyncio.to_thread(deaths._thread.join, 10)
        await asyncio.sleep(0)
        return code, second.done()

    assert asyncio.run(hear()) == (-9, False)
