"""A part in a container, before a Docker that is not there."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from harness import patience
from harness.environments.containers import keeper, recipes
from harness.environments.containers.berths import Berth
from harness.environments.containers.contained import Contained
from harness.environments.containers.recipes import Recipe
from harness.environments.contract import CannotStart

_USERS = Recipe("subjects", ("python", "-m", "services", "users"), ("gcp",), "users", {"url": 8080})


class _Engine:
    """Shape: heard is the line that follows the mark."""

    def __init__(self, heard: bytes | None) -> None:
        self.heard = heard
        self.after = ""

    async def do(self, attempt: str, function: Callable[..., Any], *args: Any, **named: Any) -> Any:
        return function(*args, **named)

    async def hear(self, container: Any, mark: str, since_s: float, within_s: float) -> Any:
        self.after = mark
        return self.heard


class _Container:
    """Remembers what it was told. Shape: attrs as Docker's inspect has them."""

    def __init__(self, said: bytes = b"", heard: bytes | None = None) -> None:
        self.said = said
        self.engine = _Engine(heard)
        self.told: list[str] = []
        self.attrs = {"State": {"Pid": 17}}

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
    container: _Container,
    act: Callable[[Contained, "asyncio.Future[int]"], Any],
    made: Recipe = _USERS,
) -> tuple[Any, list[str]]:
    async def run() -> Any:
        exit_code: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        berth = Berth("users", "users-berth1", container, {8080: 20000}, exit_code)
        berth.taken_by("rig3")
        berth.starts = 1
        contained = Contained(
            made, container.engine, berth,  # type: ignore[arg-type]
            lambda _, well: container.told.append("used again" if well else "removed"),
        )  # fmt: skip
        return await act(contained, exit_code)

    return asyncio.run(run()), container.told


async def _ready(one: Contained, _: "asyncio.Future[int]") -> int:
    await one.look()
    await one.ready()
    return one.pid


def test_it_is_ready_when_it_has_said_its_line_in_this_life() -> None:
    container = _Container(heard=b'{"url": "http://0.0.0.0:8080"}')

    assert _with(container, _ready)[0] == 17
    assert "users of rig3, start 1" in container.engine.after


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
        asyncio.get_running_loop().call_later(0.01, exit_code.set_result, 2)  # a little later
        await one.ready()

    with pytest.raises(CannotStart, match="users ended with 2 before it served: no such option"):
        _with(_Container(b"no such option"), ready)


def test_one_that_says_nothing_is_told_from_one_that_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "CONTAINER_END_HEARD_S", 0.01)

    with pytest.raises(CannotStart, match=r"users did not serve within 45 s \(last: it said noth"):
        _with(_Container(), _ready)


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

    assert _with(_Container(), end)[1] == ["removed"]


async def _serves(one: Contained, _: "asyncio.Future[int]") -> None:
    await one.ready()
    await one.end()


async def _has_not_served(one: Contained, _: "asyncio.Future[int]") -> None:
    await one.end()


async def _is_frozen(one: Contained, _: "asyncio.Future[int]") -> None:
    await one.ready()
    await one.pause()
    await one.end()


async def _was_frozen(one: Contained, _: "asyncio.Future[int]") -> None:
    await one.ready()
    await one.pause()
    await one.resume()
    await one.end()


async def _was_killed(one: Contained, exit_code: "asyncio.Future[int]") -> None:
    await one.ready()
    await one.kill()
    exit_code.set_result(-9)
    await one.end()


@pytest.mark.parametrize(
    ("act", "what"),
    [
        (_serves, "used again"),
        (_was_frozen, "used again"),
        (_has_not_served, "removed"),
        (_is_frozen, "removed"),
        (_was_killed, "removed"),
    ],
)
def test_the_container_of_a_part_that_is_well_is_used_again(act: Any, what: str) -> None:
    assert _with(_Container(heard=b"{}"), act)[1][-1] == what


_REDIS = replace(_USERS, image="redis", shows="ping")
_KAFKA = replace(_USERS, image="kafka", shows="topic", topic="reports-rig3")


class _Topic:
    """Stands where a broker is."""

    dropped: ClassVar[list[str]] = []
    obeys: ClassVar[bool] = True

    def __init__(self, broker: str, topic: str, partitions: int) -> None:
        assert broker == "127.0.0.1:20000"
        self._topic = topic

    def is_made(self) -> bool:
        return True

    def is_dropped(self) -> bool:
        self.dropped.append(self._topic)
        return self.obeys


@pytest.fixture
def emptied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Redis and Kafka are told to forget."""

    async def pongs(port: int) -> bool:
        return port == 20000

    async def is_emptied(port: int) -> bool:
        _Topic.dropped.append("everything")
        return _Topic.obeys and await pongs(port)

    where = "harness.environments.containers.contained"
    monkeypatch.setattr(f"{where}.pongs", pongs)
    monkeypatch.setattr(f"{where}.is_emptied", is_emptied)
    monkeypatch.setattr(f"{where}.Topic", _Topic)
    _Topic.dropped.clear()
    return _Topic.dropped


async def _vacates(one: Contained, _: "asyncio.Future[int]") -> bool:
    await one.ready()
    return await one.vacate()


@pytest.mark.parametrize(("made", "what"), [(_REDIS, "everything"), (_KAFKA, "reports-rig3")])
def test_redis_and_kafka_forget_what_they_held(made: Recipe, what: str, emptied: list[str]) -> None:
    assert _with(_Container(), _vacates, made)[0]
    assert emptied == [what]


@pytest.mark.parametrize("made", [_REDIS, _KAFKA])
def test_one_that_does_not_forget_has_not_vacated(
    made: Recipe, emptied: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Topic, "obeys", False)

    assert not _with(_Container(), _vacates, made)[0]


def test_who_leaves_is_expected_to_end() -> None:
    async def end(one: Contained, _: "asyncio.Future[int]") -> bool:
        await one.end()
        return one.end_expected

    assert _with(_Container(), end)[0]


def test_the_last_lines_of_this_rig_are_read_whatever_bytes_they_hold() -> None:
    marks = [keeper.mark(f"users of rig{number}, start 1") for number in (2, 3)]
    said = f"{marks[0]}\nold\n{marks[1]}\none\ntwo\n".encode() + b"\xff\n"

    assert _with(_Container(said), lambda one, _: one.logs(2))[0] == ["two", "\ufffd"]
    assert _with(_Container(said), lambda one, _: one.logs(9))[0] == ["one", "two", "\ufffd"]


def test_what_was_removed_meanwhile_has_no_log() -> None:
    container = _Container()

    def gone(**_: Any) -> bytes:
        raise CannotStart("no such container")

    container.logs = gone  # type: ignore[method-assign]

    assert _with(container, lambda one, _: one.logs(5))[0] == []


@pytest.mark.parametrize("keeps", [True, False])
def test_a_part_that_is_started_again_is_told_to_keep_what_it_had(
    keeps: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(Berth, "order", lambda _, what: told.append(what))

    _with(_Container(), lambda one, _: one.begin(keeps=keeps))

    assert [(one["life"], one["keeps"]) for one in told] == [("users of rig3, start 1", keeps)]


def test_a_keeper_is_told_that_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(Berth, "order", lambda _, what: told.append(what))

    assert _with(_Container(heard=b"{}"), _vacates)[0]
    assert told == [recipes.NOTHING]


@pytest.mark.parametrize(("made", "slack_s"), [(_USERS, patience.CLOCKS_DIFFER_S), (_REDIS, 0.0)])
def test_of_a_container_that_was_taken_over_older_lines_are_not_read(
    made: Recipe, slack_s: float
) -> None:
    """Lines without a keeper's mark are told apart by their time alone."""
    container = _Container()
    asked: list[Any] = []
    container.logs = lambda since: asked.append(since) or b""  # type: ignore[method-assign,assignment]

    async def read(one: Contained, _: "asyncio.Future[int]") -> None:
        one._berth.since_s = 100.0
        await one.logs(5)

    _with(container, read, made)
    assert asked == [100.0 - slack_s]
