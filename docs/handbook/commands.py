"""The page of commands: make targets and variables, `gateproof`, and the programs behind it."""

import re

from docs.handbook import __main__ as ourselves
from docs.handbook.markdown import code, page, sentence, table
from docs.handbook.options import commands_of, options_of, summary_of
from harness import cli
from harness.settings import ROOT
from load import analytics, applying, journeys, soak
from load.bench import options as bench

_INTRO = """\
`make` alone lists its targets. Every target works as the first command after `git clone`.
[Verdicts and exit codes](verdicts.md) says what a run's exit code means.
"""


def draw() -> str:
    blocks = [_INTRO, "## make", table(["target", "does"], targets())]
    blocks += ["### Variables of make", table(["variable", "says"], variables())]
    top = cli.parser()
    blocks += ["## gateproof", sentence(top.description or "")]
    blocks.append("`make` calls it as `.venv/bin/gateproof`.")
    for name, parser in commands_of(top).items():
        blocks += [f"### gateproof {name}", parser.description or summary_of(top, name)]
        blocks.append(options_of(parser))
    blocks.append("## Programs for developers")
    for parser in (
        soak.parser(),
        journeys.parser(),
        applying.parser(),
        analytics.parser(),
        bench.parser(),
        ourselves.parser(),
    ):
        blocks += [f"### {parser.prog}", sentence(parser.description or ""), options_of(parser)]
    return page("Commands", *blocks)


def targets() -> list[list[str]]:
    """Every target of the Makefile with what it says of itself."""
    return [[code(f"make {name}"), sentence(says)] for name, says in _targets()]


def _targets() -> list[tuple[str, str]]:
    return re.findall(r"^([a-z0-9]+):.*?## (.*)$", _makefile(), re.MULTILINE)


def variables() -> list[list[str]]:
    """What the Makefile says about its variables: in its head, or beside the target that takes them."""
    text = _makefile()
    head = re.findall(r"^##   ([A-Z]+)=(\S+)\s+(.*)$", text, re.MULTILINE)
    rows = [[code(f"{name}={value}"), sentence(says)] for name, value, says in head]
    named = {name for name, _, _ in head}
    for target, says in _targets():
        for name, value in re.findall(r'\b([A-Z]+)=("[^"]*"|[\w.]+)', says):
            if name not in named:
                rows.append([code(f"{name}={value}"), f"Of `make {target}`, for example."])
    return [*rows, [code("PYTHON=python3.12"), "Which Python `.venv` is made with."]]


def _makefile() -> str:
    return (ROOT / "Makefile").read_text("utf-8")
