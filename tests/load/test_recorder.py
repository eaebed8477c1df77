"""What recording costs can be measured."""

import json
from pathlib import Path

import pytest

from load import recorder


def test_it_says_what_ten_thousand_calls_weigh_and_what_a_run_spent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(recorder, "CALLS", 20)
    records = [{"kind": "run", "at": 1.0}, {"kind": "call", "at": 3.0}]
    (tmp_path / "run.ndjson").write_text(
        "".join(json.dumps(one, separators=(",", ":")) + "\n" for one in records)
    )

    assert recorder.main([str(tmp_path)]) == 0

    usual, largest, share = capsys.readouterr().out.splitlines()
    assert usual.startswith("20 calls, usual bodies: ")
    assert largest.startswith("20 calls, bodies of 20 kB: ")
    assert share.startswith("2 records of 1 calls: ")
    assert share.endswith("of the 2.0 s that the run took")


@pytest.mark.parametrize("body", [500, 20_000])
def test_no_secret_is_in_what_it_writes(body: int, tmp_path: Path) -> None:
    """The sample carries a token wherever a call does: the measure is of masked records."""
    path = tmp_path / "run.ndjson"

    monkey = pytest.MonkeyPatch()
    monkey.setattr(recorder, "CALLS", 2)
    recorder._written(path, body)
    monkey.undo()

    assert recorder._TOKEN not in path.read_text("utf-8")
