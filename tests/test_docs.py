"""The pages people read are true: sentences, commands, files and words in them exist."""

import importlib
import re
from pathlib import Path

import pytest
from pytest_bdd.parser import FeatureParser

import steps
from docs.handbook import written
from harness import cli
from harness.settings import ROOT
from harness.specification import sentences
from harness.specification.catalogue import examples_of
from harness.specification.lint import lint_example

PAGES = written.by_hand()


def targets() -> set[str]:
    return set(re.findall(r"^([a-z0-9]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def commands() -> set[str]:
    return set(re.findall(r"^    ([a-z0-9]+) ", cli.parser().format_help(), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_gherkin_block_is_made_of_sentences_that_exist(page: Path, tmp_path: Path) -> None:
    for module in steps.MODULES:
        importlib.import_module(module)
    known = sentences.definitions()
    for block in written.blocks(page, "gherkin"):
        path = tmp_path / f"block{block.number}.feature"
        path.write_text(f"Feature: A page\n\n{block.text}")
        for example in examples_of(FeatureParser(str(tmp_path), path.name).parse(), tmp_path):
            assert lint_example(example, known) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_target_and_command_that_is_named_exists(page: Path) -> None:
    text = page.read_text()
    for target in re.findall(r"(?:^|`)make ([a-z0-9]+)", text, re.MULTILINE):
        assert target in targets(), f"{page.name} names `make {target}`"
    for command in re.findall(r"gateproof ([a-z0-9]+)", text):
        if command not in ("run",):
            assert command in commands(), f"{page.name} names `gateproof {command}`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_is_named_exists(page: Path) -> None:
    named = re.findall(
        r"`((?:features|steps|harness|gateway|services|load|tests|docs)/[\w./]*)`",
        page.read_text(),
    )
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize(
    "page", [*sorted(ROOT.glob("docs/**/*.md")), ROOT / "README.md"],
    ids=lambda page: str(page.relative_to(ROOT)),
)  # fmt: skip
def test_every_link_leads_somewhere(page: Path) -> None:
    prose = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", prose) if "://" not in link]
    assert [link for link in links if not leads_somewhere(page, link)] == []


def leads_somewhere(page: Path, link: str) -> bool:
    """Whether the file is there, and where a heading is named, that heading."""
    path, _, anchor = link.partition("#")
    file = page.parent / path if path else page
    if not anchor or file.suffix != ".md":
        return file.exists()
    headings = re.findall(r"^#+ (.*)$", file.read_text(), re.MULTILINE)
    return anchor in {re.sub(r"[^\w\- ]", "", it).lower().replace(" ", "-") for it in headings}


def test_the_readme_says_how_many_scenarios_there_are_and_how_many_run_without_a_real_kafka() -> (
    None
):
    features = sorted((ROOT / "features").rglob("*.feature"))
    examples = [
        example
        for path in features
        for example in examples_of(FeatureParser(str(path.parent), path.name).parse(), ROOT)
    ]
    with_real_kafka = sum("needs-real-kafka" in example.tags for example in examples)
    said = re.search(
        r"^(\d+) proved, (\d+) not runnable here in", (ROOT / "README.md").read_text(), re.MULTILINE
    )
    assert said is not None
    assert (int(said[1]), int(said[2])) == (len(examples) - with_real_kafka, with_real_kafka)
