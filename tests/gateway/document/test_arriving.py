"""Documents from the network: the same whatever their size, and the loop is free meanwhile."""

import asyncio
import json
import pickle
from datetime import date
from pathlib import Path

import pytest
import yaml

from gateway.document import arriving
from gateway.document.arriving import answer, arrived_json, arrived_yaml
from gateway.document.loading import Unreadable, load_yaml

SOURCE = Path("the request")
VALUE = {"a": [1, 2.5, None, True, "ü"], "day": date(2020, 2, 29), 7: {"bytes": b"x"}}


@pytest.fixture(params=["short", "long"])
def either(request, monkeypatch):
    """Every text counts as short, or as long."""
    if request.param == "long":
        monkeypatch.setattr(arriving, "SHORT_JSON", 0)
        monkeypatch.setattr(arriving, "SHORT_YAML", 0)
    return request.param


@pytest.mark.usefixtures("either")
def test_yaml_is_the_same_whatever_its_length():
    text = yaml.safe_dump(VALUE)
    assert asyncio.run(arrived_yaml(text, SOURCE)) == VALUE == load_yaml(text, SOURCE)


@pytest.mark.usefixtures("either")
def test_json_is_the_same_whatever_its_length():
    assert asyncio.run(arrived_json('{"a": [1, "ü"]}', SOURCE)) == {"a": [1, "ü"]}


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("read", [arrived_yaml, arrived_json])
def test_what_is_unreadable_says_the_same_whatever_its_length(read):
    with pytest.raises(Unreadable, match=r"^the request:2:\d+: "):
        asyncio.run(read("[1,\n}", SOURCE))


def test_a_long_one_holds_nothing(monkeypatch):
    """While the parser is at work, which is until the test lets it go, others run."""
    monkeypatch.setattr(arriving, "SHORT_JSON", 0)

    async def scenario():
        others_ran = asyncio.Event()
        loop = asyncio.get_running_loop()

        def slow(text, source):
            asyncio.run_coroutine_threadsafe(others_ran.wait(), loop).result(5)
            return json.loads(text)

        monkeypatch.setattr(arriving, "load_json", slow)
        reading = asyncio.create_task(arrived_json("[1]", SOURCE))
        await asyncio.sleep(0)
        others_ran.set()
        return await reading

    assert asyncio.run(scenario()) == [1]


@pytest.mark.parametrize(
    ("program", "found"),
    [("import sys; sys.exit(3)", "ended with 3"), ("input()", "not read within 0.05 seconds")],
)
def test_a_parser_that_breaks_or_does_not_end_is_unreadable(monkeypatch, program, found):
    monkeypatch.setattr(arriving, "SHORT_YAML", 0)
    monkeypatch.setattr(arriving, "LONGEST_S", 0.05 if "0.05" in found else 20)
    begin, began = asyncio.create_subprocess_exec, []

    async def other(executable, *_, **pipes):
        began.append(await begin(executable, "-c", program, **pipes))
        if "0.05" in found:
            began[0].communicate = lambda _: asyncio.Event().wait()
        return began[0]

    monkeypatch.setattr(arriving.asyncio, "create_subprocess_exec", other)

    async def scenario():
        with pytest.raises(Unreadable, match=found):
            await arrived_yaml("a: 1", SOURCE)
        return await began[0].wait()

    assert asyncio.run(scenario()) != 0  # it does not outlive the question


def test_the_childs_part():
    assert pickle.loads(answer(b"{a: 1}", SOURCE)) == {"a": 1}
    assert str(pickle.loads(answer(b"{", SOURCE))).startswith("the request:2:1: ")
