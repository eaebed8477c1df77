"""The runner's records reach the journal, with the warden and without it."""

import json
from pathlib import Path
from typing import Any

import pytest

from harness.plugin.recorder import Recorder
from harness.warden.wire import EnvironmentDied, WardenLost


class Client:
    """A warden's client that may lose it."""

    def __init__(self, *, lost: bool = False, dead: bool = False) -> None:
        self.told: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.lost, self.dead = lost, dead

    def tell(self, record: dict[str, Any]) -> None:
        if self.lost:
            raise WardenLost("gone")
        self.told.append(record)

    def call(self, op: str) -> None:
        self.asked.append(op)
        if self.dead:
            raise EnvironmentDied("users died")


def _recorder(path: Path, client: Client) -> Recorder:
    return Recorder(path, client)  # type: ignore[arg-type]


def test_records_go_to_the_warden_while_it_lives(tmp_path: Path) -> None:
    client = Client()

    _recorder(tmp_path / "run.ndjson", client).tell({"kind": "run"})

    assert client.told == [{"kind": "run"}]
    assert not (tmp_path / "run.ndjson").exists()


@pytest.mark.parametrize("dead", [False, True])
def test_it_waits_until_the_warden_has_taken_everything(tmp_path: Path, dead: bool) -> None:
    client = Client(dead=dead)

    _recorder(tmp_path / "run.ndjson", client).settled()

    assert client.asked == ["alive"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b'{"kind":"finished"}\n'),
        (b'{"kind":"run"}\n', b'{"kind":"run"}\n{"kind":"finished"}\n'),
        (b'{"kind":"ru', b'{"kind":"ru\n{"kind":"finished"}\n'),
    ],
)
def test_without_a_warden_it_writes_the_end_itself(
    tmp_path: Path, before: bytes, after: bytes
) -> None:
    path = tmp_path / "run.ndjson"
    path.write_bytes(before)

    _recorder(path, Client(lost=True)).tell({"kind": "finished"})

    assert path.read_bytes() == after


def test_a_warden_that_was_told_to_end_is_not_told_more(tmp_path: Path) -> None:
    client, path = Client(), tmp_path / "run.ndjson"
    recorder = _recorder(path, client)

    recorder.left()
    recorder.tell({"kind": "finished", "odd": "\ud800"})

    assert client.told == []
    assert json.loads(path.read_bytes())["odd"] == "\ud800"
