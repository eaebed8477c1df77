"""Trials of real bugs: one that is noticed, one that is not, one that no longer applies."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutants import copy, running
from tests.mutants.bug import HARNESS, SUBJECTS, Bug, planted
from tests.mutants.outcome import Outcome
from tests.mutants.trial import tried


@pytest.fixture
def noticed() -> Bug:
    (bug,) = planted(SUBJECTS, ("tokens-exp-never-checked",))
    return bug


def _with_patch(bug: Bug, tmp_path: Path, sound: str, other: str) -> Bug:
    text = bug.patch.read_text()
    assert sound in text
    (tmp_path / "other.patch").write_text(text.replace(sound, other))
    return replace(bug, patch=tmp_path / "other.patch")


def test_a_planted_bug_breaks_its_scenario_in_the_step_that_says_so(noticed: Bug) -> None:
    found = tried(noticed)

    assert (found.outcome, found.step) == (Outcome.CAUGHT, noticed.step), found.found
    assert found.promise == "Only a whole, signed, current token of a known consumer is accepted"


def test_a_change_that_breaks_nothing_survives(noticed: Bug, tmp_path: Path) -> None:
    harmless = _with_patch(
        noticed, tmp_path, 'claims.get("nbf"), None', 'claims.get("nbf"), claims.get("exp", None)'
    )

    assert tried(harmless).outcome is Outcome.SURVIVED


def test_a_bug_that_stops_the_boot_is_not_caught(noticed: Bug, tmp_path: Path) -> None:
    found = tried(_with_patch(noticed, tmp_path, "None)", "None"))

    assert found.outcome is Outcome.INCONCLUSIVE
    assert found.found


def test_a_patch_that_no_longer_applies_is_named(noticed: Bug, tmp_path: Path) -> None:
    found = tried(_with_patch(noticed, tmp_path, "-    return", "-    yield"))

    assert found.outcome is Outcome.STALE
    assert found.found.startswith("tokens-exp-never-checked: error: patch failed")


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A copy of the tree for each kind of bug, to look whether patches apply."""
    return {
        kind: copy.of_the_tree(kind, tmp_path_factory.mktemp(kind)) for kind in (SUBJECTS, HARNESS)
    }


@pytest.mark.parametrize("bug", [*planted(SUBJECTS), *planted(HARNESS)], ids=lambda bug: bug.id)
def test_every_patch_applies_to_the_code_of_today(bug: Bug, trees: dict[str, Path]) -> None:
    copy.checked(bug, trees[bug.kind])


def test_a_name_that_fits_no_bug_is_said_and_nothing_is_tried(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert running.main(["no-such-bug"]) == 2
    assert "no planted bug has a name like no-such-bug" in capsys.readouterr().err
