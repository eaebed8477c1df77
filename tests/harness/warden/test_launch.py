"""Starting a warden that does not come up, and the ids of runs. (Real wardens: the e2e tests.)"""

import subprocess
import sys
from pathlib import Path

import pytest

from harness import patience
from harness.warden.launch import Launched, fresh_run_id, launch
from harness.warden.wire import WardenLost


def test_run_ids_are_four_characters_that_nobody_confuses() -> None:
    ids = {fresh_run_id() for _ in range(500)}

    assert len(ids) > 490
    assert all(len(one) == 4 and not set(one) & set("iloU") and one == one.lower() for one in ids)


def test_a_warden_that_does_not_come_up_is_told_with_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(WardenLost) as lost:
        launch(run="k3f9", environment="no-such", journal=tmp_path / "run.ndjson")

    assert str(lost.value).startswith("the warden ended with 2: ")
    assert "no-such" in str(lost.value)


def test_a_warden_that_does_not_end_is_made_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "WARDEN_GONE_S", 0.01)
    deaf = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE
    )

    Launched("/nowhere", deaf).wait_for_end()

    assert deaf.poll() == -9
    assert deaf.stdin is not None
    deaf.stdin.close()
