"""Logs: whole lines, at the level that was asked for, and no trouble of their own."""

import asyncio
import json
import os

import pytest

from gateway.logs import Log


@pytest.fixture
def pipe():
    reading, writing = os.pipe()
    yield reading, writing
    os.close(reading)
    os.close(writing)


def lines(reading):
    return [json.loads(line) for line in os.read(reading, 65536).splitlines()]


def test_a_line_is_a_json_object(pipe):
    Log("debug", pipe[1]).debug("what\nhappened", error='"quoted"')
    (line,) = lines(pipe[0])
    assert (line["level"], line["message"], line["error"]) == (
        "debug",
        "what\nhappened",
        '"quoted"',
    )
    assert isinstance(line["at"], float)


def test_less_important_lines_are_left_out(pipe):
    log = Log("warning", pipe[1])
    log.info("no")
    log.warning("yes")
    log.error("yes, too")
    assert [line["message"] for line in lines(pipe[0])] == ["yes", "yes, too"]
    assert (log.wants("info"), log.wants("error")) == (False, True)


def test_lines_of_one_turn_are_one_write(pipe, monkeypatch):
    writes = []
    write = os.write
    monkeypatch.setattr("gateway.logs.os.write", lambda *a: writes.append(a) or write(*a))

    async def scenario():
        log = Log("info", pipe[1])
        log.attach(asyncio.get_running_loop())
        for number in range(3):
            log.info(str(number))
        assert writes == []
        await asyncio.sleep(0)

    asyncio.run(scenario())
    assert len(writes) == 1
    assert [line["message"] for line in lines(pipe[0])] == ["0", "1", "2"]


def test_nobody_listening_is_no_trouble():
    reading, writing = os.pipe()
    os.close(reading)
    Log("info", writing).info("lost")
    os.close(writing)
    Log("info", writing).info("\ud800")
