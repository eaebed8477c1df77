"""Which Redis: blocks and URLs."""

import pytest

from gateway.counters.address import RedisAddress, parse_redis_url, read_address
from gateway.document.fields import Fields


def read(needed=True, **config):
    problems = []
    fields = Fields(config, "", problems)
    found = read_address(fields, needed)
    fields.finish()
    return found, [str(problem) for problem in problems]


def test_a_block():
    assert read() == (None, [])
    block = {"host": "h", "port": 1, "database": 2, "username": "u", "password": "p", "timeout": 5}
    assert read(redis=block) == (RedisAddress("h", 1, "", 2, "u", "p", 5), [])
    assert read(redis={"host": "h"}) == (RedisAddress("h"), [])
    assert (
        read(redis={"host": "h", "ssl": False, "ssl_verify": False, "server_name": None})[1] == []
    )


def test_a_block_without_a_host_is_needed_only_where_it_counts():
    assert read(False, redis={"port": 6379, "host": None}) == (None, [])
    assert read(redis={"port": 6379})[1] == ["/redis/host is required"]


def test_kongs_old_flat_fields_only_repeat_the_block():
    assert read(redis={"host": "h"}, redis_host="h", redis_port=6379) == (RedisAddress("h"), [])
    assert read(redis_host=None, redis_timeout=2000, redis_ssl=False) == (None, [])
    assert read(redis_host="h")[1] == ["/redis_host is an old spelling: write it as redis/host"]
    assert read(redis={"host": "h"}, redis_port=7)[1] == [
        "/redis_port is an old spelling: write it as redis/port"
    ]


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ({"host": "h", "ssl": True}, "/redis/ssl is not in this version"),
        ({"host": "h", "sentinel_role": "x"}, "/redis/sentinel_role unknown field"),
        ({"host": "h", "port": 0}, "/redis/port must be a whole number"),
        ({"host": "h", "timeout": 0}, "/redis/timeout must be a whole number"),
        ({"host": "h", "password": 12345}, "/redis/password must be a text"),
        ("h", "/redis must be an object"),
    ],
)
def test_mistakes_in_a_block(block, expected):
    problems = read(False, redis=block)[1]
    assert len(problems) == 1
    assert expected in problems[0]
    assert "12345" not in problems[0]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://h", RedisAddress("h")),
        ("redis://h:7/2", RedisAddress("h", 7, "", 2)),
        ("redis://u%40:p%2F@[::1]:7", RedisAddress("::1", 7, "", 0, "u@", "p/")),
        ("redis://:p@h", RedisAddress("h", password="p")),
        ("unix:///run/redis.sock", RedisAddress(socket_path="/run/redis.sock")),
        ("unix:///r.sock?db=3", RedisAddress(socket_path="/r.sock", database=3)),
    ],
)
def test_urls(url, expected):
    assert parse_redis_url(url) == expected


@pytest.mark.parametrize("url", ["", "h:1", "http://h", "redis://", "unix://", "redis://h/x", "redis://h:x"])  # fmt: skip
def test_what_is_no_redis_url(url):
    with pytest.raises(ValueError, match=r".+"):
        parse_redis_url(url)


def test_an_address_is_shown_without_its_password():
    assert str(RedisAddress("h", 7, password="p")) == "h:7"
    assert str(RedisAddress(socket_path="/r.sock", password="p")) == "/r.sock"
