"""The templates for CI servers: they are YAML, and every command in them exists with those options."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness import cli
from harness.environments import ENVIRONMENTS, PLANNED
from harness.settings import ROOT
from harness.specification import sharding

TEMPLATES = sorted((ROOT / "docs" / "ci").glob("*.yml"))
MAKEFILE = (ROOT / "Makefile").read_text()
VALUES = {
    "matrix.environment": "embedded",
    "matrix.shard": "1",
    "CI_NODE_INDEX": "1",
    "CI_NODE_TOTAL": "2",
    "CI_JOB_NAME_SLUG": "embedded-1-2",
}
"""What the servers fill in."""


def _read(template: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(template.read_text())
    return found


def _scripts(node: Any) -> Iterator[str]:
    """Every line of shell, wherever a server looks for one."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("run", "script", "after_script"):
                yield from (value if isinstance(value, list) else [value])
            else:
                yield from _scripts(value)
    elif isinstance(node, list):
        for one in node:
            yield from _scripts(one)


def _shell(template: Path) -> str:
    """Everything that runs, with what the servers fill in."""
    text = "\n".join(_scripts(_read(template))).replace("\\\n", " ")
    text = re.sub(r"\$\{\{ *([\w.]+) *\}\}", lambda found: VALUES[found[1]], text)
    return re.sub(r"\$(CI_\w+)", lambda found: VALUES[found[1]], text)


def _commands(template: Path, program: str) -> list[list[str]]:
    """The arguments of every call of a program."""
    calls = re.findall(rf"(?:^|\s){re.escape(program)} ([^;|&\n]*)", _shell(template), re.MULTILINE)
    return [shlex.split(call) for call in calls]


def test_there_is_one_for_each_server() -> None:
    assert [template.name for template in TEMPLATES] == ["github-actions.yml", "gitlab-ci.yml"]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_what_runs_is_shell(template: Path) -> None:
    read = subprocess.run(["sh", "-n"], input=_shell(template), text=True, capture_output=True)

    assert read.returncode == 0, read.stderr


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_every_command_exists_with_its_options(template: Path) -> None:
    commands = _commands(template, ".venv/bin/gateproof")

    assert {words[0] for words in commands} == {"e2e", "images", "parity", "report"}
    for words in commands:
        options = cli.parser().parse_args(words)  # says what it does not know, and exits
        if words[0] == "e2e":
            assert options.env in (*ENVIRONMENTS, *PLANNED)
            assert sharding.parse(options.shard) == sharding.Shard(1, 2)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_every_make_target_exists(template: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9]+):", MAKEFILE, re.MULTILINE))
    named = {words[0] for words in _commands(template, "make")}

    assert named
    assert named <= targets


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_all_shards_of_a_run_have_the_same_times(template: Path) -> None:
    """With times of its own a shard could leave out what no other has."""
    runs = [words for words in _commands(template, ".venv/bin/gateproof") if words[0] == "e2e"]

    assert all(words[words.index("--times") + 1] == "times/verdict.json" for words in runs)
    jobs = _read(template).get("jobs") or _read(template)
    proving = [job for job in jobs.values() if isinstance(job, dict) and "e2e " in str(job)]
    needed = [job.get("needs") or _read(template)[job["extends"]]["needs"] for job in proving]
    assert all("times" in needs for needs in needed)


def test_what_github_keeps_is_what_a_run_writes() -> None:
    text = (ROOT / "docs" / "ci" / "github-actions.yml").read_text()

    for piece in ("report/summary.md", "GITHUB_STEP_SUMMARY", "path: report", "path: .venv"):
        assert piece in text
    assert "report-*/junit.xml" in (ROOT / "docs" / "ci" / "gitlab-ci.yml").read_text()


def test_actions_are_pinned_to_a_major_version() -> None:
    used = re.findall(r"uses: (\S+)", (ROOT / "docs" / "ci" / "github-actions.yml").read_text())

    assert used
    assert all(re.fullmatch(r"actions/[\w/-]+@v\d+", one) for one in used)
