"""What the parts of a rig wrote down by themselves comes into the journal, once and masked."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.masking import Mask
from harness.warden.harvest import Harvest
from harness.warden.journal import Journal, read
from harness.warden.rig import Rig

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VySWQiOjF9.c2lnbmF0dXJl"
SECRET = "Too many secrets"
MASK = Mask(bytes(16), (SECRET,))
MARKER = "k3f9.s1-k3f9.w0-1"


class Indices:
    """An ingest that holds events, and answers what the warden asks of it."""

    def __init__(self) -> None:
        self.events: dict[str, list[dict[str, Any]]] = {}
        self.asked: list[str] = []
        self.total: int | None = None

    async def ask(self, method: str, url: str, **_: Any) -> tuple[int, Any]:
        self.asked.append(url)
        if url.endswith("/indices"):
            return 200, {"indices": [{"name": name} for name in self.events]}
        found = self.events[url.partition("/indices/")[2].partition("/")[0]]
        return 200, {"total": self.total or len(found), "events": found}


class Wrote:
    """A rig, its ingest, and the journal that everything goes to."""

    def __init__(self, rig: Rig, path: Path) -> None:
        self.rig = rig
        self.indices = Indices()
        self.journal = Journal(path)
        self.harvest = Harvest(self.journal, self.indices, "k3f9")  # type: ignore[arg-type]

    async def take(self, *, last: bool = False) -> None:
        await self.harvest.of(self.rig, MASK, last=last)

    def found(self, kind: str) -> list[Any]:
        return [one for one in read(Path(self.journal._file.name)) if one["kind"] == kind]

    def said(self, part: str, *lines: Any) -> None:
        texts = [one if isinstance(one, str) else json.dumps(one) for one in lines]
        self.rig.resources[part].said += texts  # type: ignore[attr-defined]


@pytest.fixture
def within(rig: Callable[..., Rig], tmp_path: Path) -> Callable[..., Wrote]:
    def run(act: Callable[[Wrote], Any]) -> Wrote:
        async def scenario() -> Wrote:
            one = rig()
            await one.open(frozenset({"eu-1", "gate-eu", "ingest", "kafka"}))
            wrote = Wrote(one, tmp_path / "run.ndjson")
            await act(wrote)
            wrote.journal.close()
            await one.close()
            return wrote

        return asyncio.run(scenario())

    return run


def _access(marker: str = MARKER, **more: Any) -> dict[str, Any]:
    return {
        "level": "info",
        "message": "request",
        "request_id": "r1",
        "transaction": marker,
        **more,
    }


def test_access_lines_of_this_run_are_recorded_with_their_marker(
    within: Callable[..., Wrote],
) -> None:
    async def act(wrote: Wrote) -> None:
        wrote.said("eu-1", _access(), _access("other.s1-other.w0-1"), _access("nothing of ours"))
        await wrote.take()

    (line,) = within(act).found("log")
    assert (line["marker"], line["part"], line["line"]["message"]) == (MARKER, "eu-1", "request")


def test_a_warning_about_a_request_is_joined_to_its_call(within: Callable[..., Wrote]) -> None:
    async def act(wrote: Wrote) -> None:
        wrote.said("eu-1", _access(), {"level": "error", "message": "bad", "request_id": "r1"})
        await wrote.take()

    assert [one["marker"] for one in within(act).found("log")] == [MARKER, MARKER]


def test_other_warnings_are_recorded_once_and_chatter_is_not(within: Callable[..., Wrote]) -> None:
    async def act(wrote: Wrote) -> None:
        loud = {"level": "warning", "message": "no link"}
        wrote.said("eu-1", loud, loud, {"level": "info", "message": "serving"}, "plain chatter")
        wrote.said("kafka", "ValueError: an error in plain text")
        await wrote.take()
        await wrote.take()

    lines = within(act).found("log")
    assert [(one["part"], one["line"]["message"], one["marker"]) for one in lines] == [
        ("eu-1", "no link", None),
        ("kafka", "ValueError: an error in plain text", None),
    ]


def test_events_are_recorded_once_with_the_rig_whose_they_are(within: Callable[..., Wrote]) -> None:
    async def act(wrote: Wrote) -> None:
        name = wrote.rig.name
        wrote.indices.events = {
            f"index-eu-{name}-k3f9": [{"_id": "a", "transaction-id": MARKER}],
            "index-us-rig9-k3f9": [{"_id": "b"}],
        }
        await wrote.take()
        await wrote.take(last=True)

    wrote = within(act)
    assert [(one["rig"], one["event"]["_id"]) for one in wrote.found("event")] == [
        (wrote.rig.name, "a"), ("rig9", "b"),
    ]  # fmt: skip


def test_at_the_end_it_waits_for_as_many_events_as_there_are_access_lines(
    within: Callable[..., Wrote],
) -> None:
    async def act(wrote: Wrote) -> None:
        wrote.indices.events = {f"index-eu-{wrote.rig.name}-k3f9": []}
        wrote.said("eu-1", _access(), _access())
        await wrote.take(last=True)

    assert "at_least=2&wait_s=0.3" in within(act).indices.asked[-1]


def test_more_events_than_can_be_read_are_named(within: Callable[..., Wrote]) -> None:
    async def act(wrote: Wrote) -> None:
        wrote.indices.events = {"index-eu-shared-k3f9": [{"_id": "a"}]}
        wrote.indices.total = 10_001
        await wrote.take()

    (left,) = within(act).found("left-out")
    assert (left["total"], left["recorded"]) == (10_001, 1)


def test_nothing_secret_is_written_down(within: Callable[..., Wrote]) -> None:
    async def act(wrote: Wrote) -> None:
        wrote.indices.events = {
            "index-eu-a-k3f9": [{"_id": "a", "uri": f"/x?jwt={TOKEN}", SECRET: 1}]
        }
        wrote.said("eu-1", _access(path=f"/{TOKEN}", headers={"deep": [SECRET]}))
        wrote.said("kafka", f"error: {SECRET}")
        await wrote.take()

    wrote = within(act)
    text = Path(wrote.journal._file.name).read_text("utf-8")
    assert len(wrote.found("log")) == 2
    assert len(wrote.found("event")) == 1
    assert TOKEN not in text
    assert SECRET not in text


def test_a_huge_line_is_cut(within: Callable[..., Wrote]) -> None:
    async def act(wrote: Wrote) -> None:
        wrote.said("kafka", "error " + "x" * 100_000)
        await wrote.take()

    assert len(within(act).found("log")[0]["line"]["message"]) == 2_000


def test_a_log_that_cannot_be_read_costs_itself_only(within: Callable[..., Wrote]) -> None:
    async def act(wrote: Wrote) -> None:
        async def fail(lines: int) -> list[str]:
            raise OSError("no such container")

        wrote.rig.resources["eu-1"].logs = fail  # type: ignore[method-assign]
        wrote.said("kafka", "an error")
        await wrote.take()

    wrote = within(act)
    assert wrote.found("unread-log")[0]["why"] == "no such container"
    assert len(wrote.found("log")) == 1


def test_an_ingest_that_does_not_answer_costs_its_events_only(within: Callable[..., Wrote]) -> None:
    async def act(wrote: Wrote) -> None:
        wrote.indices.events = None  # type: ignore[assignment]
        wrote.said("eu-1", _access())
        await wrote.take()

    wrote = within(act)
    assert len(wrote.found("log")) == 1
    assert "TypeError" in wrote.found("unread-events")[0]["why"]
