"""The committed reference is what the code says, and leaves nothing out."""

import ast
from pathlib import Path

import pytest

from docs.handbook import options, pages, plain, sentences
from gateway import arguments, refusals
from gateway.policies.order import KINDS
from harness import cli, faults, outcomes
from harness.gateways import GATEWAYS
from harness.gateways.from_kong import FROM_KONG
from harness.settings import ROOT
from harness.specification.tags import TAGS
from harness.verdicts import Exit, Verdict
from services.settings import PARSERS, parser_of

REMEDY = "docs/reference/ is not what the code says any more; run `make reference` and commit it"
ASKING = {"text", "secret", "number", "flag", "choice", "texts", "object", "objects", "only"}


def page(name: str) -> str:
    return (pages.FOLDER / name).read_text("utf-8")


def test_the_reference_is_current() -> None:
    assert pages.stale() == [], REMEDY


def test_every_page_is_drawn_the_same_twice() -> None:
    assert pages.drawn() == pages.drawn()


def test_every_sentence_is_there_with_an_example() -> None:
    known = sentences.known()

    assert len(known) > 100
    assert [
        one.text for one in known if f"`{sentences.plain(one)}`" not in page("sentences.md")
    ] == []
    assert "nowhere yet" not in page("sentences.md")


def test_every_outcome_is_there_with_an_example() -> None:
    assert [one for one in outcomes.OUTCOMES if f"| {one} |" not in page("outcomes.md")] == []
    assert "nowhere yet" not in page("outcomes.md")


def test_every_refusal_is_there_and_something_shows_it() -> None:
    assert [one for one in refusals.BY_CODE if f"| `{one}` |" not in page("refusals.md")] == []
    assert "nothing yet" not in page("refusals.md")


def test_every_tag_capability_and_deviation_is_there() -> None:
    capabilities = {word for one in GATEWAYS.values() for word in one.capabilities}

    assert [tag for tag in TAGS if f"`@{tag}`" not in page("tags.md")] == []
    assert [word for word in capabilities if f"`{word}`" not in page("tags.md")] == []
    assert [one for one in FROM_KONG if one.promise not in page("deviations.md")] == []


def test_every_fault_verdict_and_exit_code_is_there() -> None:
    assert [one for one in faults.FAULTS if f"| `{one}` |" not in page("faults.md")] == []
    assert [one for one in Verdict if f"| {one} |" not in page("verdicts.md")] == []
    assert [one for one in Exit if f"| {int(one)} |" not in page("verdicts.md")] == []


def test_no_verdict_or_exit_code_is_described_that_there_is_not() -> None:
    assert plain.VERDICTS.keys() == {str(one) for one in Verdict}
    assert plain.EXITS.keys() == {int(one) for one in Exit}


def test_every_option_of_every_command_is_there() -> None:
    subcommands = options.commands_of(cli.parser())
    settings = [arguments.parser(), *(parser_of(name) for name in PARSERS)]
    for name, parsers in (("commands.md", [*subcommands.values()]), ("settings.md", settings)):
        wanted = {
            word for one in parsers for action in one._actions for word in action.option_strings
        }
        text = page(name)
        assert {word for word in wanted - {"-h", "--help"} if f"`{word}" not in text} == set()


def readers() -> list[Path]:
    folders = [ROOT / "gateway/document", ROOT / "gateway/policies"]
    found = [path for folder in folders for path in sorted(folder.glob("*.py"))]
    return [
        *found,
        ROOT / "gateway/backends/lambda_config.py",
        ROOT / "gateway/counters/address.py",
    ]


@pytest.mark.parametrize("path", readers(), ids=lambda path: path.name)
def test_every_field_that_a_reader_spells_out_is_there(path: Path) -> None:
    """Looked for in the text of the readers: not the way in which the page is drawn."""
    text = page("document.md")
    asked = {
        node.args[0].value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ASKING
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }

    assert {one for one in asked if f"`{one}`" not in text and f".{one}`" not in text} == set()


def test_every_plugin_is_there_in_its_order() -> None:
    text = page("document.md")
    places = [text.index(f"\n### {name}\n") for name in KINDS]

    assert places == sorted(places)


def test_a_page_that_nobody_draws_is_out_of_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "FOLDER", tmp_path)
    assert "sentences.md" in pages.write()
    assert pages.stale() == []
    (tmp_path / "old.md").write_text("# Old")
    (tmp_path / "faults.md").write_text("# Faults")

    assert pages.stale() == ["faults.md", "old.md"]
    assert pages.write() == ["faults.md", "old.md"]
    assert not (tmp_path / "old.md").exists()
