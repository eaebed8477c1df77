"""A bug planted in a copy of the gateway is noticed, and the message names the promise it breaks."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.settings import ROOT


@dataclass(frozen=True, slots=True)
class Bug:
    """One replacement in one file, the scenario that must notice, and the step that does."""

    name: str
    file: str
    sound: str
    broken: str
    scenario: str
    promise: str
    step: str


BUGS = [
    Bug(
        "exp is never checked",
        "gateway/tokens.py",
        'return Validity(claims.get("nbf"), claims.get("exp"))',
        'return Validity(claims.get("nbf"), None)',
        "features/authentication/tokens.feature::<token> is <outcome>"
        "[an expired token-refused as expired]",
        "Only a whole, signed, current token of a known consumer is accepted",
        "the call is refused as expired",
    ),
    Bug(
        "Redis admits one call more than the limit",
        "gateway/counters/script.py",
        "if used >= tonumber(ARGV[i + 2]) then answer[2] = 0 end",
        "if used > tonumber(ARGV[i + 2]) then answer[2] = 0 end",
        "features/quotas/quotas.feature::Ten calls over two replicas, three admitted",
        "Replicas that share a Redis share the count",
        "exactly 7 calls are refused as over quota",
    ),
    Bug(
        "a client's identity header is forgotten",
        "gateway/http/headers.py",
        "DROPPED_FROM_REQUESTS = HOP_BY_HOP | IDENTITY | REWRITTEN",
        "DROPPED_FROM_REQUESTS = HOP_BY_HOP | REWRITTEN",
        "features/authentication/identity.feature::On an open route nobody can call himself "
        "<header>[X-Consumer-Username: root]",
        "The identity is the gateway's to tell, never the caller's",
        "Echo saw no identity",
    ),
    Bug(
        "an identity header with underscores is another header",
        "gateway/http/headers.py",
        'return name.lower().replace(b"_", b"-")',
        "return name.lower()",
        "features/authentication/identity.feature::A consumer cannot call itself <header>"
        "[X_Consumer_Username: root]",
        "The identity is the gateway's to tell, never the caller's",
        'Echo saw "Shop" as the consumer, and nobody else',
    ),
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The subjects, to be changed at will."""
    leave_out = shutil.ignore_patterns("__pycache__")
    for name in ("gateway", "services", "harness"):
        shutil.copytree(ROOT / name, tmp_path / "copy" / name, ignore=leave_out)
    return tmp_path / "copy"


def plant(bug: Bug, copy: Path) -> None:
    file = copy / bug.file
    text = file.read_text()
    assert text.count(bug.sound) == 1, f"{bug.file} has changed: mend the bug {bug.name!r}"
    file.write_text(text.replace(bug.sound, bug.broken))


def run(copy: Path, scenario: str, report: Path) -> subprocess.CompletedProcess[str]:
    words = ["e2e", scenario, "--subjects", str(copy), "--report", str(report), "--jobs", "1"]
    return subprocess.run(
        [sys.executable, "-m", "harness", *words],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_breaks_its_scenario_and_names_the_promise(
    bug: Bug, copy: Path, tmp_path: Path
) -> None:
    plant(bug, copy)

    done = run(copy, bug.scenario, tmp_path / "report")

    assert done.returncode == 1, done.stdout
    assert f"promise  {bug.promise}" in done.stdout
    assert f"-> {_keyword(done.stdout, bug.step)} {bug.step}" in done.stdout
    verdict = json.loads((tmp_path / "report" / "verdict.json").read_text())
    assert [one["verdict"] for one in verdict["scenarios"]] == ["broken"]


def _keyword(output: str, step: str) -> str:
    """Then or And, as the feature has it."""
    return "Then" if f"Then {step}" in output else "And"


def test_the_copy_itself_is_sound(copy: Path, tmp_path: Path) -> None:
    done = run(copy, BUGS[0].scenario, tmp_path / "report")

    assert done.returncode == 0, done.stdout + done.stderr
