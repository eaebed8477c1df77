"""How it becomes known that a part serves."""

import asyncio

import pytest

from harness.environments.containers.readiness import is_announced, is_emptied, pongs, until
from harness.environments.contract import CannotStart


def test_a_line_of_json_says_that_a_part_serves() -> None:
    assert is_announced(b'{"url": "http://0.0.0.0:8080"}', "users")


def test_another_line_than_json_is_shown() -> None:
    with pytest.raises(CannotStart, match="users announced itself with b'hello'"):
        is_announced(b"hello", "users")


@pytest.mark.parametrize(("answer", "serves"), [(b"+PONG\r\n", True), (b"-LOADING\r\n", False)])
def test_a_redis_serves_when_it_says_pong(answer: bytes, serves: bool) -> None:
    async def redis(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readline() == b"PING\r\n"
        writer.write(answer)
        writer.close()

    async def look() -> bool:
        server = await asyncio.start_server(redis, "127.0.0.1", 0)
        async with server:
            return await pongs(server.sockets[0].getsockname()[1])

    assert asyncio.run(look()) is serves


@pytest.mark.parametrize(
    ("answers", "emptied"),
    [
        ({b"FLUSHALL\r\n": b"+OK\r\n", b"SCRIPT FLUSH\r\n": b"+OK\r\n"}, True),
        ({b"FLUSHALL\r\n": b"+OK\r\n", b"SCRIPT FLUSH\r\n": b"-NOPERM\r\n"}, False),
        ({b"FLUSHALL\r\n": b"-NOPERM\r\n", b"SCRIPT FLUSH\r\n": b"+OK\r\n"}, False),
        ({}, False),
    ],
)
def test_a_redis_is_emptied_of_keys_and_scripts(answers: dict[bytes, bytes], emptied: bool) -> None:
    async def redis(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answers.get(await reader.readline(), b""))
        writer.close()

    async def empty() -> bool:
        server = await asyncio.start_server(redis, "127.0.0.1", 0)
        async with server:
            return await is_emptied(server.sockets[0].getsockname()[1])

    assert asyncio.run(empty()) is emptied


def test_nobody_there_is_no_pong() -> None:
    async def look() -> bool:
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        return await pongs(port)

    assert asyncio.run(look()) is False


def test_a_wait_ends_with_the_condition_with_the_part_or_with_its_time() -> None:
    async def waits() -> tuple[bool, bool, bool]:
        loop = asyncio.get_running_loop()
        alive, dead = loop.create_future(), loop.create_future()
        dead.set_result(1)
        looks = iter([False, False, True])

        async def third_time() -> bool:
            return next(looks)

        async def never() -> bool:
            return False

        return (
            await until(third_time, alive, 10, 0.001),
            await until(never, dead, 10, 0.001),
            await until(never, alive, 0.01, 0.001),
        )

    assert asyncio.run(waits()) == (True, False, False)
