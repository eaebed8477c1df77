"""Faults as scenarios use them: one that nobody felt fails its scenario as vacuous."""

from typing import Any

import pytest

from harness import patience
from harness.eventually import Waits
from harness.scenario.faulting import LINKS, Faults
from harness.verdicts import Broken


class Stage:
    """A stage whose relay starts to bite after so many looks; what is done to a live resource bites."""

    def __init__(self, bites_after: int) -> None:
        self.left = bites_after
        self.alive = True
        self.done: list[tuple[str, str]] = []
        self.waits = Waits()

    def fault(self, action: str, target: str) -> dict[str, Any]:
        self.done.append((action, target))
        if action == "look":
            self.left -= 1
        if action in ("kill", "start", "pause", "resume"):
            return {"bites": self.alive}
        return {"bites": self.left < 0}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FAULT_BITES_S", 0.03)


@pytest.fixture
def bitten() -> Stage:
    return Stage(bites_after=2)


def test_a_cut_that_is_felt_is_healed(bitten: Stage) -> None:
    faults = Faults(bitten)  # type: ignore[arg-type]

    assert faults.while_cut("Redis", lambda: "done") == "done"
    assert [action for action, _ in bitten.done] == ["cut", "look", "look", "look", "heal"]
    assert {target for _, target in bitten.done} == {LINKS["Redis"]}
    faults.finish()
    assert bitten.done[-1][0] == "heal", "what is healed is not looked at again"


def test_a_cut_that_nobody_felt_is_vacuous(impatient: None) -> None:
    faults = Faults(Stage(bites_after=100))  # type: ignore[arg-type]

    with pytest.raises(Broken, match="the cut of the control plane link had no effect"):
        faults.while_cut("control plane", lambda: None)


def test_a_cut_that_is_left_to_the_end_must_have_been_felt_too(impatient: None) -> None:
    faults = Faults(Stage(bites_after=100))  # type: ignore[arg-type]
    faults.cut("reports")

    with pytest.raises(Broken, match="the cut of the reports link had no effect"):
        faults.finish()
    assert faults.stage.done[-1] == ("heal", LINKS["reports"])  # type: ignore[attr-defined]


def test_a_link_that_nobody_knows_is_named(bitten: Stage) -> None:
    with pytest.raises(KeyError, match="moon"):
        Faults(bitten).cut("moon")  # type: ignore[arg-type]


@pytest.mark.parametrize("action", ["kill", "start", "freeze"])
def test_a_fault_on_a_resource_that_has_no_effect_is_vacuous(action: str) -> None:
    stage = Stage(bites_after=100)
    stage.alive = False
    faults = Faults(stage)  # type: ignore[arg-type]

    with pytest.raises(Broken, match="the Cloud Gate was told to"):
        getattr(faults, action)("Cloud Gate")


def test_resources_are_killed_and_started_by_the_names_of_features() -> None:
    bitten = Stage(bites_after=-1)
    faults = Faults(bitten)  # type: ignore[arg-type]
    faults.kill("Cloud Gate")
    faults.start("Cloud Gate")

    assert bitten.done == [("kill", "gate-eu"), ("start", "gate-eu")]


def test_a_frozen_resource_wakes_up_when_the_act_says_so(bitten: Stage) -> None:
    def act(wake: Any) -> str:
        assert [action for action, _ in bitten.done] == ["pause"]
        wake()
        return "done"

    assert Faults(bitten).while_frozen("gateway", act) == "done"  # type: ignore[arg-type]
    assert bitten.done == [("pause", "eu-1"), ("resume", "eu-1")]


def test_a_kill_of_what_was_dead_already_is_vacuous(bitten: Stage) -> None:
    bitten.alive = False

    with pytest.raises(Broken, match="the Kafka was told to kill, and that had no effect"):
        Faults(bitten).kill("Kafka")  # type: ignore[arg-type]


def test_what_is_frozen_goes_on_at_the_end_at_the_latest(bitten: Stage) -> None:
    faults = Faults(bitten)  # type: ignore[arg-type]
    faults.freeze("Kafka")
    faults.freeze("ingest")
    faults.thaw("ingest")
    faults.finish()
    faults.finish()

    assert bitten.done == [
        ("pause", "kafka"),
        ("pause", "ingest"),
        ("resume", "ingest"),
        ("resume", "kafka"),
    ]
