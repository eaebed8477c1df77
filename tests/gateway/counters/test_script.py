"""The counting script, in a real Redis: all windows or none, and digests that Redis agrees with."""

from gateway.counters.script import SPEND, script


def run(redis, *arguments):
    return redis.command("EVAL", SPEND.text, "1", "key", *map(str, arguments))


def test_redis_knows_the_script_by_its_digest(redis_server):
    assert redis_server.command("SCRIPT", "LOAD", SPEND.text) == SPEND.digest
    assert script("return 1").digest != SPEND.digest


def test_all_windows_or_none(redis_server):
    limits = ("hour", 3600, 1, "day", 86400, 5)
    at, admitted, *used = run(redis_server, *limits)
    assert (admitted, used) == (1, [0, 0])
    assert run(redis_server, *limits)[1:] == [0, 1, 1]
    assert run(redis_server, *limits)[1:] == [0, 1, 1]
    names = sorted(redis_server.command("KEYS", "key:*"))
    assert names == sorted([f"key:{at - at % 3600}:hour", f"key:{at - at % 86400}:day"])
    assert [redis_server.command("GET", name) for name in names] == ["1", "1"]


def test_a_key_lives_until_its_window_ends(redis_server):
    at, *_ = run(redis_server, "hour", 3600, 1)
    left = redis_server.command("TTL", f"key:{at - at % 3600}:hour")
    assert 3600 - at % 3600 - 1 <= left <= 3600 - at % 3600 + 1
