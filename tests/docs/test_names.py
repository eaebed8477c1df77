"""What the pages name between backticks exists: options, variables, tags, outcomes, sentences."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.handbook import commands, options, sentences, settings_page, shell, written
from gateway import arguments
from harness import cli, outcomes
from harness.settings import ROOT
from harness.specification import sentences as decorators
from harness.specification.tags import TAGS
from load import analytics, applying, soak
from load.bench import options as bench
from services.settings import PARSERS, parser_of

PAGES = pytest.mark.parametrize("page", written.by_hand(), ids=written.shown)
COMMANDS = ("make ", "gateproof ", ".venv/bin/", "python -m ")


def named(page: Path, pattern: str) -> Iterator[re.Match[str]]:
    """What stands alone between backticks and fits the pattern."""
    yield from (found for text in written.in_code(page) if (found := re.fullmatch(pattern, text)))


def every_option() -> set[str]:
    top = cli.parser()
    parsers: list[argparse.ArgumentParser] = [arguments.parser()]
    parsers += [soak.parser(), applying.parser(), analytics.parser(), bench.parser()]
    parsers += options.commands_of(top).values()
    parsers += [parser_of(name) for name in PARSERS]
    return {word for one in parsers for action in one._actions for word in action.option_strings}


@PAGES
def test_every_command_exists_with_its_options(page: Path) -> None:
    said = [text for text in written.in_code(page) if text.startswith(COMMANDS)]

    assert [line for text in said for line in shell.complaints(text)] == []


@PAGES
def test_every_option_exists(page: Path) -> None:
    assert {found[1] for found in named(page, r"(--[a-z-]+)(?: .*)?")} <= every_option()


@PAGES
def test_every_variable_of_make_exists(page: Path) -> None:
    known = {row[0].strip("`").partition("=")[0] for row in commands.variables()}

    assert {found[1] for found in named(page, r"([A-Z]+)=\S*")} <= known


@PAGES
def test_every_environment_variable_is_read_by_somebody(page: Path) -> None:
    remedies = (ROOT / "harness/setup/remedies.py").read_text()
    known = {name for _, name in settings_page.variables()}
    found = {one[0] for one in named(page, r"(?:GATEWAY|PIP|HTTPS?|NO|CLOUD|JWT|AWS)_[A-Z_]+")}

    assert {name for name in found if name not in known and name not in remedies} == set()


@PAGES
def test_every_tag_and_decorator_exists(page: Path) -> None:
    found = {one[1] for one in named(page, r"@([a-z_-]+)")}

    assert {name for name in found if name not in TAGS and not hasattr(decorators, name)} == set()


@PAGES
def test_every_outcome_exists(page: Path) -> None:
    found = {one[0] for one in named(page, r"(?:refused|failed) .*")}

    assert found <= outcomes.OUTCOMES.keys()


@PAGES
def test_every_sentence_exists(page: Path) -> None:
    """Three words and more between backticks are something that a feature can say."""
    known = sentences.known()
    said = [one[0] for one in named(page, r"[A-Za-z]+(?: [A-Za-z0-9\"/]+){2,}")]
    unknown = [
        text
        for text in said
        if not text.startswith((*COMMANDS, *outcomes.OUTCOMES))
        and not any(one.matches(one.kind, text) for one in known)
    ]

    assert unknown == []
