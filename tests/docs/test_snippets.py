"""Every snippet on a page parses, and names what exists."""

import ast
import importlib
import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from docs.handbook import shell, written
from docs.handbook.written import Block
from gateway.document.reading import Surroundings, read_snapshot
from gateway.policies.order import KINDS
from harness.settings import ROOT

READERS: dict[str, Callable[[str], object]] = {
    "json": json.loads,
    "toml": tomllib.loads,
    "yaml": yaml.safe_load,
}
LANGUAGES = {"gherkin", "python", "sh", "text", *READERS}


def of(language: str) -> list[Block]:
    return [block for page in written.by_hand() for block in written.blocks(page, language)]


def snippets(*languages: str) -> pytest.MarkDecorator:
    found = [block for language in languages for block in of(language)]
    return pytest.mark.parametrize("block", found, ids=lambda block: block.place)


def test_there_are_snippets() -> None:
    assert len(of("sh")) > 10
    assert of("python")
    assert of("yaml")


@pytest.mark.parametrize("page", written.by_hand(), ids=written.shown)
def test_every_language_is_one_that_is_tested(page: Path) -> None:
    opening = [line for line in page.read_text().splitlines() if line.startswith("```")][::2]

    assert {line.strip("`").partition(" ")[0] for line in opening} <= LANGUAGES


@snippets("sh")
def test_a_shell_block_parses_and_its_commands_exist(block: Block) -> None:
    syntax = subprocess.run(["sh", "-n"], input=block.text, text=True, capture_output=True)

    assert syntax.returncode == 0, syntax.stderr
    assert shell.complaints(block.text) == []


@snippets("python")
def test_a_python_block_imports_what_exists_and_runs_unless_it_is_only_to_be_compiled(
    block: Block,
) -> None:
    tree = ast.parse(block.text)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            module = importlib.import_module(node.module or "")
            assert [name.name for name in node.names if not hasattr(module, name.name)] == []
    if "compile" not in block.words:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", block.text], cwd=ROOT, check=False,
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


@snippets(*READERS)
def test_data_can_be_read_and_a_gateway_document_is_a_good_one(block: Block) -> None:
    found = READERS[block.language](block.text)

    assert found
    if isinstance(found, dict) and "_format_version" in found:
        assert read_snapshot(found, Surroundings(KINDS, has_redis=True)).routes
