"""Trouble begins, is felt, ends, and is forgotten, in that order."""

from typing import Any

import pytest

from harness import patience
from harness.eventually import GaveUp, Waits
from harness.scenario.trouble import Trouble
from harness.scenario.troubles import Kind


class Gateway:
    """Stands for faults and control plane: a gateway that reports as well as its parts allow."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.away = ""
        self.delivered = 5
        self.feels = True
        self.waits = Waits()
        self.stage = self

    def fault(self, action: str, target: str) -> dict[str, Any]:
        if action != "look":
            self.done.append(f"{action} {target}")
        self.away = target if action in ("kill", "pause", "cut") else self.away
        if action in ("start", "resume", "heal"):
            self.away = ""
        return {"bites": True}

    def status(self) -> dict[str, Any]:
        stuck = self.feels and self.away.startswith("kafka")
        if not stuck and self.feels:
            self.delivered += 1
        self.done.append("stuck" if stuck else "delivering")
        return {
            "reports": {
                "error": "not acknowledged" if stuck else None,
                "produced": 9,
                "delivered": self.delivered,
            }
        }


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


@pytest.fixture
def trouble(gateway: Gateway) -> Trouble:
    from harness.scenario.faulting import Faults

    return Trouble(Faults(gateway), gateway)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "begin", "end"),
    [
        (Kind.KILLED, "kill kafka", "start kafka"),
        (Kind.FROZEN, "pause kafka", "resume kafka"),
        (Kind.CUT_OFF, "cut kafka.bootstrap", "heal kafka.bootstrap"),
    ],
)
def test_kafka_is_back_only_after_the_gateway_has_felt_it(
    trouble: Trouble, gateway: Gateway, kind: Kind, begin: str, end: str
) -> None:
    trouble.through("Kafka", kind)

    course = gateway.done
    assert course.index(begin) < course.index("stuck") < course.index(end)
    assert course[-1] == "delivering"
    assert gateway.delivered >= 9


def test_ingest_is_back_only_after_something_was_delivered_without_it(
    trouble: Trouble, gateway: Gateway
) -> None:
    trouble.through("ingest", Kind.KILLED)

    begin, end = gateway.done.index("kill ingest"), gateway.done.index("start ingest")
    assert "delivering" in gateway.done[begin:end]


def test_trouble_that_nobody_feels_is_vacuous(
    trouble: Trouble, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "REPORTS_DELAYED_S", 0)
    gateway.feels = False

    with pytest.raises(GaveUp, match="a gateway to notice that its reports are delayed"):
        trouble.through("Kafka", Kind.FROZEN)


def test_around_it_is_told_from_when_to_when_it_was(trouble: Trouble, gateway: Gateway) -> None:
    began, over = trouble.around("Kafka", Kind.FROZEN, lambda: gateway.done.append("act"))

    assert gateway.done == ["pause kafka", "act", "resume kafka"]
    assert began <= over
