"""The content of a message while it arrives."""

import asyncio

import pytest

from gateway.http.body import HIGH_WATER_BYTES, Body, BodyBroken, whole


class Source:
    def __init__(self):
        self.told = []

    def body_filled(self):
        self.told.append("filled")

    def body_emptied(self):
        self.told.append("emptied")


def test_a_body_tells_its_source_when_it_holds_too_much():
    source = Source()
    body = Body(source)
    body.feed(b"a")
    assert source.told == []
    body.feed(bytes(HIGH_WATER_BYTES))
    assert (source.told, body.full) == (["filled"], True)
    assert len(body.take()) == HIGH_WATER_BYTES + 1
    assert (source.told, body.full, body.held_bytes) == (["filled", "emptied"], False, 0)


def test_a_whole_body_is_read_without_waiting():
    async def scenario():
        body = whole(b"abc")
        assert (body.complete, body.size_bytes) == (True, 3)
        assert await body.gather(10)
        assert await body.next() == b"abc"
        assert await body.next() == body.take() == b""
        assert await whole(b"").read_all(1) == b""
        assert await whole(b"abc").read_all(3) == b"abc"
        assert await whole(b"abc").read_all(2) is None

    asyncio.run(scenario())


def test_a_reader_is_woken_and_may_be_cancelled():
    async def scenario():
        body = Body(None)
        reading = asyncio.create_task(body.next())
        await asyncio.sleep(0)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        reading = asyncio.create_task(body.next())
        await asyncio.sleep(0)
        body.feed(b"a")
        body.feed(b"b")
        assert await reading == b"ab"
        gathering = asyncio.create_task(body.gather(5))
        await asyncio.sleep(0)
        body.feed(bytes(5))
        assert await gathering is False
        body.finish()
        assert await body.gather(99) is True

    asyncio.run(scenario())


def test_who_is_to_be_asked_for_the_body_is_asked_once():
    async def scenario():
        asked = []
        body = Body(None)
        body.wanted = lambda: asked.append(1)
        for part in (b"a", b"b"):
            reading = asyncio.create_task(body.next())
            await asyncio.sleep(0)
            body.feed(part)
            await reading
        assert asked == [1]

    asyncio.run(scenario())


def test_what_failed_is_raised_by_every_read_after_what_was_held():
    async def scenario():
        body = Body(Source())
        body.feed(b"a")
        body.fail(BodyBroken("client-gone"))
        body.fail(BodyBroken("later"))
        assert await body.next() == b"a"
        for _ in range(2):
            with pytest.raises(BodyBroken, match="client-gone"):
                await body.next()
        waiting = Body(None)
        reading = asyncio.create_task(waiting.next())
        await asyncio.sleep(0)
        waiting.fail(BodyBroken("gone"))
        with pytest.raises(BodyBroken, match="gone"):
            await reading
        done = whole(b"a")
        done.fail(BodyBroken("late"))
        assert await done.next() == b"a"

    asyncio.run(scenario())


def test_of_several_bounds_the_tightest_counts_and_nothing_is_held_beyond():
    async def scenario():
        for first, second in ((10, 3), (3, 10)):
            source = Source()
            body = Body(source)
            body.bound(first, BodyBroken("too-large"))
            body.bound(second, BodyBroken("too-large"))
            body.feed(b"abc")
            body.feed(b"d")
            body.finish()
            assert (body.held_bytes, source.told) == (0, ["emptied"])
            with pytest.raises(BodyBroken, match="too-large"):
                await body.next()
        late = Body(None)
        late.feed(b"abcd")
        late.bound(3, BodyBroken("too-large"))
        with pytest.raises(BodyBroken, match="too-large"):
            await late.gather(10)

    asyncio.run(scenario())
