"""services.bell"""

import asyncio

from services.bell import Bell


def test_what_is_there_is_found_at_once() -> None:
    assert asyncio.run(Bell().until(lambda: "news", 0)) == "news"


def test_nothing_is_found_when_the_time_is_up() -> None:
    assert asyncio.run(Bell().until(lambda: None, 0.01)) is None


def test_everybody_who_waits_looks_again_when_it_rings() -> None:
    async def story() -> list[str | None]:
        bell, news = Bell(), list[str]()
        waits = [
            asyncio.create_task(bell.until(lambda: news[0] if news else None, 30)) for _ in range(3)
        ]
        await asyncio.sleep(0)
        bell.ring()  # nothing new yet: they go on waiting
        await asyncio.sleep(0)
        assert not any(wait.done() for wait in waits)
        news.append("first")
        bell.ring()
        async with asyncio.timeout(1):
            return await asyncio.gather(*waits)

    assert asyncio.run(story()) == ["first"] * 3


def test_closing_answers_every_wait_now_and_later() -> None:
    async def story() -> None:
        bell = Bell()
        wait = asyncio.create_task(bell.until(lambda: None, 30))
        await asyncio.sleep(0)
        bell.close()
        async with asyncio.timeout(1):
            assert await wait is None
            assert await bell.until(lambda: None, 30) is None

    asyncio.run(story())
