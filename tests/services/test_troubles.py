"""services.troubles"""

import pytest

from services.troubles import Troubles


def test_each_kind_is_told_once_until_it_is_over(capsys: pytest.CaptureFixture[str]) -> None:
    troubles = Troubles("ingest", "Kafka", "trying again")
    for kind in ("down", "slow", "down", "slow"):
        troubles.tell(kind, f"it is {kind}")
    troubles.over()
    troubles.tell("down", "it is down")
    assert capsys.readouterr().err.splitlines() == [
        "ingest: Kafka: it is down; trying again",
        "ingest: Kafka: it is slow; trying again",
        "ingest: Kafka: it is down; trying again",
    ]
