"""Patch files: what they have to say, and that every planted bug says something true."""

from pathlib import Path

import pytest

from harness.settings import ROOT
from harness.specification import catalogue
from tests.mutants.bug import HARNESS, SUBJECTS, Bug, Malformed, planted, read
from tests.mutants.trial import CONTROL

DIFF = "--- a/gateway/quota.py\n+++ b/gateway/quota.py\n@@ -1 +1 @@\n-one\n+two\n"
HEAD = "bug: off by one\nscenario: features/a.feature::A title\nstep: it is refused\n"
EXAMPLES = {
    example.id: example
    for file in catalogue.feature_files([ROOT / "features"])
    for example in catalogue.examples_of(catalogue.parse(file), ROOT)
}


def _file(tmp_path: Path, text: str, kind: str = SUBJECTS) -> Path:
    (tmp_path / kind).mkdir(exist_ok=True)
    path = tmp_path / kind / "some-bug.patch"
    path.write_text(text)
    return path


def test_a_patch_says_what_it_breaks_and_who_must_notice(tmp_path: Path) -> None:
    found = read(_file(tmp_path, HEAD + DIFF))

    assert (found.id, found.what, found.step) == ("some-bug", "off by one", "it is refused")
    assert found.noticed_by == "features/a.feature::A title"
    assert found.files == ("gateway/quota.py",)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (HEAD, "no unified diff"),
        (HEAD.replace("step: it is refused\n", "") + DIFF, "does not say step"),
        (HEAD + "who: me\n" + DIFF, "a line 'who: me'"),
        (HEAD + "bug: twice\n" + DIFF, "a line 'bug: twice'"),
        (HEAD + DIFF.replace("gateway/", "harness/"), "changes"),
        (HEAD.replace("off by one", ""), "no unified diff"),
    ],
)
def test_a_patch_that_says_too_little_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(Malformed, match=complaint):
        read(_file(tmp_path, text))


def test_bugs_are_chosen_by_the_beginning_of_their_name(tmp_path: Path) -> None:
    _file(tmp_path, HEAD + DIFF)

    assert [one.id for one in planted(SUBJECTS, (), tmp_path)] == ["some-bug"]
    assert [one.id for one in planted(SUBJECTS, ("some",), tmp_path)] == ["some-bug"]
    assert planted(SUBJECTS, ("other",), tmp_path) == []
    assert planted(HARNESS, (), tmp_path) == []


@pytest.mark.parametrize("one", planted(SUBJECTS), ids=lambda one: one.id)
def test_the_scenario_that_must_notice_has_the_step_in_which_it_does(one: Bug) -> None:
    example = EXAMPLES[one.noticed_by]

    assert one.step in [sentence.text for sentence in example.sentences]
    assert (one.control or CONTROL) in EXAMPLES
    assert one.noticed_by != (one.control or CONTROL)


@pytest.mark.parametrize("one", planted(HARNESS), ids=lambda one: one.id)
def test_the_test_that_must_fail_is_there(one: Bug) -> None:
    file, _, test = one.noticed_by.partition("::")

    assert f"def {test.partition('[')[0]}(" in (ROOT / file).read_text()


def test_no_two_patches_plant_the_same_bug() -> None:
    said = [one.what for kind in (SUBJECTS, HARNESS) for one in planted(kind)]

    assert len(said) == len(set(said))
