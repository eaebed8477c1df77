"""The page of planted bugs: what each breaks, and who must notice; and the modules that have none."""

from itertools import groupby

from docs.handbook.markdown import code, link, page, table
from harness.settings import ROOT
from harness.specification import catalogue
from harness.specification.catalogue import Example
from tests.mutants.bug import HARNESS, SUBJECTS, Bug, planted
from tests.mutants.unplanted import REASONS

_INTRO = """\
Every bug that `make mutants` plants, one at a time, in a copy. The first tables are of bugs in gateway and
services: the scenario has to break in the step that is named here. What came of them, and how fast, the run
says as it goes; it leaves a table in `report/mutants.json`, which the page of the next `make e2e` shows.
[How to plant one](../how-to/planted-bugs.md).
"""
_OF_THE_HARNESS = """\
A harness that cannot fail would prove everything. Each of these bugs, planted in a copy of the whole tree,
has to fail the test that is named.
"""
_WITHOUT = "A test holds that every other module of gateway, Cloud Gate and ingest has one."


def draw() -> str:
    examples = {
        example.id: example
        for file in catalogue.feature_files([ROOT / "features"])
        for example in catalogue.examples_of(catalogue.parse(file), ROOT)
    }
    found = sorted(planted(SUBJECTS), key=lambda bug: (bug.files[0], bug.id))
    blocks = [_INTRO]
    for area, bugs in groupby(found, key=lambda bug: bug.files[0].rpartition("/")[0]):
        rows = [_row(bug, examples[bug.noticed_by]) for bug in bugs]
        blocks += [f"## {area}", table(["bug", "promise", "noticed by", "in the step"], rows)]
    harness = [[bug.what, bug.promise, _test(bug)] for bug in planted(HARNESS)]
    blocks += ["## In the harness itself", _OF_THE_HARNESS]
    blocks.append(table(["bug", "promise", "test"], harness))
    without = [[code(module), why] for module, why in REASONS.items()]
    blocks += ["## Modules without", _WITHOUT, table(["module", "why"], without)]
    return page("Planted bugs", *blocks)


def _row(bug: Bug, example: Example) -> list[str]:
    what = f"{bug.what} ({link(bug.files[0].rpartition('/')[2], bug.files[0])})"
    return [what, example.rule or example.feature, link(example.title, example.file), bug.step]


def _test(bug: Bug) -> str:
    file, _, name = bug.noticed_by.partition("::")
    return link(name.replace("_", " "), file)
