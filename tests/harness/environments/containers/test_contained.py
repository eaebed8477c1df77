"""A part in a container, before a Docker that is not there."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from harness import patience
from harness.environments.containers.contained import Contained, epoch_s
from harness.environments.contract import CannotStart


class _Engine:
    async def do(self, attempt: str, function: Callable[..., Any], *args: Any, **named: Any) -> Any:
        return function(*args, **named)


class _Container:
    """Remembers what it was told. Shape: attrs as Docker's inspect has them."""

    def __init__(self, said: bytes = b"") -> None:
        self.said = said
        self.told: list[str] = []
        self.attrs = {"State": {"Pid": 17, "StartedAt": "2026-11-21T16:48:25.5Z"}}

    def reload(self) -> None:
        pass

    def logs(self, **how: Any) -> bytes:
        return self.said

    def kill(self, signal: str) -> None:
        self.told.append(signal)

    def pause(self) -> None:
        self.told.append("pause")

    def unpause(self) -> None:
        self.told.append("unpause")


def _with(
    container: _Container, act: Callable[[Contained, "asyncio.Future[int]"], Any]
) -> tuple[Any, list[str]]:
    async def run() -> Any:
        exit_code: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        contained = Contained(
            "users", _Engine(), container, exit_code,  # type: ignore[arg-type]
            lambda: container.told.append("remove"),
        )  # fmt: skip
        return await act(contained, exit_code)

    return asyncio.run(run()), container.told


def test_it_is_ready_when_its_line_is_in_the_log() -> None:
    async def ready(one: Contained, _: "asyncio.Future[int]") -> int:
        await one.look()
        await one.ready("line", 0)
        return one.pid

    assert _with(_Container(b'{"url": "http://0.0.0.0:8080"}\n'), ready)[0] == 17


class _Slippery(_Container):
    """Cannot be frozen the first times."""

    def __init__(self, times: int, why: str) -> None:
        super().__init__()
        self.left, self.why = times, why

    def pause(self) -> None:
        super().pause()
        self.left -= 1
        if self.left >= 0:
            raise CannotStart(f"cannot pause users: {self.why}")


_MISSED = "OCI runtime pause failed: unable to freeze: unknown"


def test_what_the_runtime_could_not_freeze_is_tried_again() -> None:
    async def pause(one: Contained, _: "asyncio.Future[int]") -> None:
        await one.pause()
        await one.resume()

    assert _with(_Slippery(2, _MISSED), pause)[1] == ["pause", "pause", "pause", "unpause"]


@pytest.mark.parametrize(("why", "within_s"), [(_MISSED, 0.0), ("no such container", 5.0)])
def test_what_cannot_be_frozen_in_time_or_at_all_is_told(
    why: str, within_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "FAULT_BITES_S", within_s)
    container = _Slippery(100, why)

    with pytest.raises(CannotStart, match=why):
        _with(container, lambda one, _: one.pause())
    assert container.told == ["pause"]


def test_one_that_ends_first_is_quoted() -> None:
    async def ready(one: Contained, exit_code: "asyncio.Future[int]") -> None:
        await one.look()
        exit_code.set_result(2)
        await one.ready("line", 0)

    with pytest.raises(CannotStart, match="users ended with 2 before it served: no such option"):
        _with(_Container(b"no such option"), ready)


def test_a_frozen_one_that_is_killed_is_not_thawed_again() -> None:
    async def kill(one: Contained, exit_code: "asyncio.Future[int]") -> None:
        await one.pause()
        await one.kill()
        exit_code.set_result(-9)
        await one.resume()
        assert one.end_expected

    assert _with(_Container(), kill)[1] == ["pause", "SIGKILL"]


def test_one_that_has_ended_gets_no_signal() -> None:
    async def end(one: Contained, exit_code: "asyncio.Future[int]") -> None:
        exit_code.set_result(0)
        await one.terminate()
        await one.end()

    assert _with(_Container(), end)[1] == ["remove"]


def test_times_of_the_engine_are_read_to_the_microsecond() -> None:
    assert epoch_s("1970-01-01T00:00:02.123456789Z") == pytest.approx(2.123456, abs=1e-9)
    assert epoch_s("1970-01-01T00:00:02Z") == 2.0
