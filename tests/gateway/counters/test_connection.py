"""The connection to Redis: pipelined, and quick to say that nobody is there."""

import asyncio

import hiredis
import pytest

from gateway.counters.address import RedisAddress
from gateway.counters.connection import RedisAway, RedisConnection, RedisError, RedisLink
from gateway.counters.script import script

ONE = script("return {KEYS[1], ARGV[1]}")


async def let_go():
    for _ in range(5):
        await asyncio.sleep(0)


def connected(address, use, scripts=(ONE,)):
    async def scenario():
        news = []
        connection = RedisConnection(address, scripts, news.append)
        try:
            return await use(connection), news
        finally:
            connection.close()
            await let_go()

    return asyncio.run(scenario())


def test_a_script_runs(redis_server):
    answer, news = connected(
        RedisAddress(socket_path=redis_server.path),
        lambda connection: connection.run(ONE, ("k", "v")),
    )
    assert answer == [b"k", b"v"]
    assert news == [f"connected to Redis at {redis_server.path}"]


def test_another_database(redis_server):
    put = script("return redis.call('SET', KEYS[1], ARGV[1])")
    connected(
        RedisAddress(socket_path=redis_server.path, database=3),
        lambda connection: connection.run(put, ("k", "v")),
        (put,),
    )
    assert redis_server.command("GET", "k") is None
    assert redis_server.command("INFO", "keyspace")["db3"]["keys"] == 1


@pytest.mark.parametrize("username", [None, "default", "nobody"])
def test_a_password(redis_server, username):
    redis_server.command("CONFIG", "SET", "requirepass", "p")
    try:
        address = RedisAddress(socket_path=redis_server.path, username=username, password="p")

        async def use(connection):
            try:
                return await connection.run(ONE, ("k", "v"))
            except RedisAway as away:
                return away

        answer, news = connected(address, use)
    finally:
        unlock(redis_server)
    if username == "nobody":
        assert isinstance(answer, RedisAway)
        assert "WRONGPASS" in news[0]
        assert "p'" not in news[0]
    else:
        assert answer == [b"k", b"v"]


def unlock(server):
    import redis

    with redis.Redis(unix_socket_path=server.path, password="p") as client:
        client.config_set("requirepass", "")


def test_an_error_of_the_script_is_said(redis_server):
    broken = script("return redis.error_reply('ODD')")

    async def use(connection):
        with pytest.raises(RedisError, match="ODD"):
            await connection.run(broken, ("k",))

    connected(RedisAddress(socket_path=redis_server.path), use, (broken,))


def test_nobody_there_is_said_once_and_at_once():
    async def use(connection):
        for _ in range(3):
            with pytest.raises(RedisAway):
                await connection.run(ONE, ("k", "v"))
        await asyncio.sleep(0.12)

    _, news = connected(RedisAddress(host="127.0.0.1", port=1), use)
    assert len(news) == 1
    assert news[0].startswith("no Redis at 127.0.0.1:1: ")


class Wire:
    """A transport that keeps what is written."""

    def __init__(self):
        self.written, self.aborted = [], False

    def write(self, data):
        self.written.append(data)

    def is_closing(self):
        return self.aborted

    def abort(self):
        self.aborted = True


def linked(use, timeout_s=5.0):
    async def scenario():
        link, wire = RedisLink(timeout_s), Wire()
        link.connection_made(wire)
        return await use(link, wire)

    return asyncio.run(scenario())


def test_replies_come_in_order_and_errors_are_values():
    async def use(link, wire):
        first, second = link.ask("PING"), link.ask("NOPE")
        await asyncio.sleep(0)
        assert len(wire.written) == 1
        link.data_received(b"+PO")
        link.data_received(b"NG\r\n-ERR no\r\n")
        assert await first == b"PONG"
        assert isinstance(await second, hiredis.ReplyError)
        link.close()

    linked(use)


@pytest.mark.parametrize("data", [b"HTTP/1.1 400\r\n", b"+A\r\n+B\r\n"])
def test_what_no_redis_would_say_ends_the_link(data):
    async def use(link, wire):
        reply = link.ask("PING")
        link.data_received(data)
        assert wire.aborted
        if data[:1] == b"+":
            assert await reply == b"A"
        else:
            with pytest.raises(RedisAway, match="not a Redis"):
                await reply

    linked(use)


def test_a_lost_link_fails_everything_asked_and_to_be_asked():
    async def use(link, wire):
        reply, given_up = link.ask("PING"), link.ask("PING")
        given_up.cancel()
        link.connection_lost(None)
        link.connection_lost(None)
        with pytest.raises(RedisAway, match="lost"):
            await reply
        with pytest.raises(RedisAway, match="closed"):
            await link.ask("PING")
        await asyncio.sleep(0)
        assert wire.written == []

    linked(use)


def test_an_answer_to_who_has_gone_is_dropped():
    async def use(link, wire):
        gone, here = link.ask("PING"), link.ask("PING")
        gone.cancel()
        link.data_received(b"+A\r\n+B\r\n")
        assert await here == b"B"
        link.close()

    linked(use)


def test_silence_ends_the_link_and_an_answer_starts_the_time_anew():
    async def use(link, wire):
        assert await answered(link, b"+A\r\n") == b"A"
        late = link.ask("PING")
        with pytest.raises(RedisAway, match="no answer in time"):
            await late

    async def answered(link, data):
        reply = link.ask("PING")
        await asyncio.sleep(0.03)
        link.ask("PING")
        link.data_received(data)
        await asyncio.sleep(0.03)
        link.data_received(data)
        await asyncio.sleep(0.06)
        return await reply

    linked(use, 0.05)


def test_a_connection_that_was_never_opened_can_be_closed():
    RedisConnection(RedisAddress(host="h"), (), print).close()
