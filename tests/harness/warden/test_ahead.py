"""A rig that is opened before anybody asks for it: taken once, by who wants just that, or closed."""

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest

from harness.environments.contract import CannotStart
from harness.warden.ahead import Ahead, Wish

ONE = Wish(frozenset({"eu-1"}), frozenset(), frozenset())
OTHER = Wish(frozenset({"kafka"}), frozenset(), frozenset({"users"}))


class Opener:
    """Opens rigs when it is told to."""

    def __init__(self) -> None:
        self.asked: list[frozenset[str]] = []
        self.wished: list[Wish] = []
        self.closed: list[str] = []
        self.cancelled = 0
        self.may = asyncio.Event()
        self.fails = False

    async def open_rig(self, parts: Any, links: Any, borrowed: Any) -> Any:
        self.asked.append(parts)
        self.wished.append(Wish(parts, links, borrowed))
        name = f"rig{len(self.asked)}"
        try:
            await self.may.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.fails:
            raise CannotStart("no")
        return SimpleNamespace(name=name)

    async def close_rig(self, name: str) -> None:
        self.closed.append(name)


Play = Callable[[Opener, Ahead], Awaitable[None]]


@pytest.fixture
def play() -> Callable[[Play], None]:
    def played(act: Play) -> None:
        async def all_of_it() -> None:
            opener = Opener()
            async with asyncio.timeout(10):
                await act(opener, Ahead(opener.open_rig, opener.close_rig))

        asyncio.run(all_of_it())

    return played


async def _settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_who_wants_just_that_gets_it_and_nobody_gets_it_twice(play: Callable[[Play], None]) -> None:
    async def take(opener: Opener, ahead: Ahead) -> None:
        ahead.begin(ONE)
        opener.may.set()

        rig = await ahead.take(ONE)

        assert rig.name == "rig1"
        assert (await ahead.take(ONE)).name == "rig2"
        await ahead.drop()
        assert opener.closed == []

    play(take)


def test_who_comes_early_waits_for_it(play: Callable[[Play], None]) -> None:
    async def take(opener: Opener, ahead: Ahead) -> None:
        ahead.begin(ONE)
        taking = asyncio.ensure_future(ahead.take(ONE))
        await _settled()
        assert not taking.done()
        opener.may.set()
        assert (await taking).name == "rig1"
        assert len(opener.asked) == 1

    play(take)


def test_another_wish_is_not_served_and_takes_its_place(play: Callable[[Play], None]) -> None:
    async def take(opener: Opener, ahead: Ahead) -> None:
        opener.may.set()
        ahead.begin(ONE)
        await _settled()
        assert (await ahead.take(OTHER)).name == "rig2"

        ahead.begin(OTHER)
        await _settled()

        assert opener.closed == ["rig1"]
        assert (await ahead.take(OTHER)).name == "rig3"

    play(take)


def test_what_nobody_takes_is_closed_also_when_it_is_not_open_yet(
    play: Callable[[Play], None],
) -> None:
    async def leave(opener: Opener, ahead: Ahead) -> None:
        ahead.begin(ONE)
        await _settled()
        await ahead.drop()
        assert opener.cancelled == 1

        opener.may.set()
        ahead.begin(ONE)
        await _settled()
        await ahead.drop()
        assert opener.closed == ["rig2"]

    play(leave)


def test_the_one_after_it_is_begun_at_once_and_does_not_take_its_place(
    play: Callable[[Play], None],
) -> None:
    async def take(opener: Opener, ahead: Ahead) -> None:
        ahead.begin(ONE)
        taking = asyncio.ensure_future(ahead.take(ONE, then=OTHER))
        await _settled()
        assert opener.asked == [ONE.parts, OTHER.parts]
        opener.may.set()
        assert (await taking).name == "rig1"
        assert (await ahead.take(OTHER)).name == "rig2"
        assert opener.closed == []

    play(take)


def test_what_nobody_opened_ahead_comes_first(play: Callable[[Play], None]) -> None:
    async def take(opener: Opener, ahead: Ahead) -> None:
        taking = asyncio.ensure_future(ahead.take(ONE, then=OTHER))
        await _settled()
        assert opener.asked == [ONE.parts]
        opener.may.set()
        assert (await taking).name == "rig1"
        assert (await ahead.take(OTHER)).name == "rig2"
        assert opener.asked == [ONE.parts, OTHER.parts]

    play(take)


def test_where_one_did_not_come_up_another_is_tried_and_tells_why(
    play: Callable[[Play], None],
) -> None:
    async def fail(opener: Opener, ahead: Ahead) -> None:
        opener.fails = True
        opener.may.set()
        ahead.begin(ONE)
        with pytest.raises(CannotStart, match="no"):
            await ahead.take(ONE)
        assert len(opener.asked) == 2

    play(fail)


def test_the_same_wish_is_opened_once_and_again_where_it_failed(
    play: Callable[[Play], None],
) -> None:
    async def begin(opener: Opener, ahead: Ahead) -> None:
        opener.fails = True
        ahead.begin(ONE)
        ahead.begin(ONE)
        await _settled()
        assert opener.wished == [ONE]
        opener.may.set()
        await _settled()

        opener.fails = False
        ahead.begin(ONE)
        await _settled()
        assert opener.wished == [ONE, ONE]
        assert (await ahead.take(ONE)).name == "rig2"

    play(begin)


@pytest.mark.parametrize("ahead_of_time", [True, False])
def test_a_rig_is_opened_from_all_that_was_told(
    ahead_of_time: bool, play: Callable[[Play], None]
) -> None:
    told = Wish.told(["eu-1"], ["gate-eu.sync"], ["users"])

    async def take(opener: Opener, ahead: Ahead) -> None:
        opener.may.set()
        if ahead_of_time:
            ahead.begin(told)
        await ahead.take(told)
        assert opener.wished == [
            Wish(frozenset({"eu-1"}), frozenset({"gate-eu.sync"}), frozenset({"users"}))
        ]

    play(take)


def test_what_was_not_opened_ahead_is_followed_by_the_one_after_it(
    play: Callable[[Play], None],
) -> None:
    async def take(opener: Opener, ahead: Ahead) -> None:
        opener.may.set()
        await ahead.take(ONE, then=OTHER)
        await _settled()
        assert opener.wished == [ONE, OTHER]
        await ahead.drop()
        await ahead.drop()
        assert opener.closed == ["rig2"]

    play(take)


def test_who_gives_up_waiting_gives_up_the_rig(play: Callable[[Play], None]) -> None:
    async def give_up(opener: Opener, ahead: Ahead) -> None:
        ahead.begin(ONE)
        taking = asyncio.ensure_future(ahead.take(ONE))
        await _settled()
        taking.cancel()
        await _settled()
        assert taking.cancelled()
        assert opener.cancelled == 1

    play(give_up)
