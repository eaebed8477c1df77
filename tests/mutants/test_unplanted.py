"""Every module that decides something has a planted bug; the others say why they have none."""

from harness.settings import ROOT
from tests.mutants.bug import SUBJECTS, planted
from tests.mutants.unplanted import REASONS, SCOPE

PLANTED = {file for bug in planted(SUBJECTS) for file in bug.files}
MODULES = {
    path.relative_to(ROOT).as_posix()
    for folder in SCOPE
    for path in (ROOT / folder).rglob("*.py")
    if path.name != "__init__.py"
}


def test_every_module_has_a_bug_or_a_reason() -> None:
    assert sorted(MODULES - PLANTED - REASONS.keys()) == []


def test_no_reason_is_for_a_module_that_has_a_bug_or_is_gone() -> None:
    assert sorted(REASONS.keys() & PLANTED) == []
    assert sorted(REASONS.keys() - MODULES) == []
