"""Trials of real bugs: one that is noticed, one that is not, one that no longer applies."""

import json
import subprocess
import sys
from typing import Any

import pytest

from harness.settings import ROOT
from tests.mutants import copy, running
from tests.mutants.bug import FOLDER, HARNESS, SUBJECTS, Bug, planted

NOTICED = FOLDER / SUBJECTS / "tokens-exp-never-checked.patch"
IN_THE_HARNESS = FOLDER / HARNESS / "verdicts-unknown-is-success.patch"
SPOILT = {
    "as-it-is": ("", ""),
    "harmless": ('claims.get("nbf"), None', 'claims.get("nbf"), claims.get("exp", None)'),
    "no-boot": ("None)", "None"),
    "stale": ("-    return", "-    yield"),
}


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What one run says of a bug and of its spoilt copies: trials fork, so it has a process."""
    folder = tmp_path_factory.mktemp("patches")
    for kind in (SUBJECTS, HARNESS):
        (folder / kind).mkdir()
    text = NOTICED.read_text()
    for name, (sound, other) in SPOILT.items():
        assert sound in text
        (folder / SUBJECTS / f"{name}.patch").write_text(text.replace(sound, other))
    (folder / HARNESS / IN_THE_HARNESS.name).write_text(IN_THE_HARNESS.read_text())
    (folder / HARNESS / "unseen.patch").write_text(
        IN_THE_HARNESS.read_text().replace(
            "test_success_takes_something_proved_and_nothing_broken_or_unknown",
            "test_the_codes_are_those_that_scripts_rely_on",
        )
    )
    done = subprocess.run(
        [sys.executable, "-m", "tests.mutants", "--patches", folder, "--report", folder],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    found = {row["id"]: row for row in json.loads((folder / "mutants.json").read_text())}
    return {**found, "said": {"last": done.stdout.splitlines()[-1]}}


def test_a_planted_bug_breaks_its_scenario_in_the_step_that_says_so(tried: dict[str, Any]) -> None:
    found = tried["as-it-is"]

    assert found["outcome"] == "caught", found["found"]
    assert found["step"] == "the call is refused as expired"
    assert found["promise"] == (
        "Only a whole, signed, current token of a known consumer is accepted"
    )


def test_a_change_that_breaks_nothing_survives(tried: dict[str, Any]) -> None:
    assert tried["harmless"]["outcome"] == "survived"


def test_a_bug_that_stops_the_boot_is_not_caught(tried: dict[str, Any]) -> None:
    assert tried["no-boot"]["outcome"] == "inconclusive"
    assert tried["no-boot"]["found"]


def test_a_patch_that_no_longer_applies_is_named(tried: dict[str, Any]) -> None:
    assert tried["stale"]["outcome"] == "does not apply any more"
    assert tried["stale"]["found"].startswith("stale: error: patch failed")


def test_a_bug_in_the_harness_fails_its_test_in_a_copy_of_the_tree(tried: dict[str, Any]) -> None:
    found = tried["verdicts-unknown-is-success"]

    assert found["outcome"] == "caught", found["found"]
    assert tried["unseen"]["outcome"] == "survived", "another test of it holds"


def test_the_last_line_counts_and_says_how_long_it_took(tried: dict[str, Any]) -> None:
    assert tried["said"]["last"].startswith("6 bugs planted in 2 files: 2 caught, ")
    assert tried["said"]["last"].endswith(" s")


@pytest.mark.parametrize("bug", [*planted(SUBJECTS), *planted(HARNESS)], ids=lambda bug: bug.id)
def test_every_patch_applies_to_the_code_of_today(bug: Bug) -> None:
    copy.checked(bug, ROOT)


def test_a_name_that_fits_no_bug_is_said_and_nothing_is_tried(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert running.main(["no-such-bug"]) == 2
    assert "no planted bug has a name like no-such-bug" in capsys.readouterr().err
