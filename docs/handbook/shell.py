"""What a shell line of a page asks for: is there such a target, a command, an option?"""

import argparse
import contextlib
import io
import re
import shlex
from collections.abc import Callable, Iterator

from docs.handbook import __main__ as ourselves
from docs.handbook import commands, options
from gateway import arguments
from gateway.arguments import SettingsRefused
from harness import cli
from harness.environments import ENVIRONMENTS
from harness.gateways import GATEWAYS
from harness.settings import ROOT
from load import analytics, applying, journeys, page, recorder, soak
from load.bench import options as bench
from services.failures import Failure
from services.settings import PARSERS, parser_of

ELSEWHERE = frozenset(
    [
        "cd",
        "cp",
        "curl",
        "docker",
        "export",
        "git",
        "grep",
        "jq",
        "mkdir",
        "pip",
        "printf",
        "pytest",
    ]
)
"""Programs of others, which nobody here can check."""

_ASSIGNED = re.compile(r"([A-Z_]+)=(.*)", re.DOTALL)
_INSIDE = re.compile(r"\$\(([^()]+)\)")


def complaints(text: str) -> list[str]:
    """Say what is wrong with the commands of a block."""
    lines = text.replace("\\\n", " ").splitlines()
    return [one for line in lines for command in _commands(line) for one in _complain(command)]


def _commands(line: str) -> Iterator[list[str]]:
    """Every command of a line as its words, those inside `$(…)` too."""
    for inner in _INSIDE.findall(line):
        yield from _commands(inner)
    lexer = shlex.shlex(_INSIDE.sub("inner", line), posix=True, punctuation_chars="&|;")
    lexer.whitespace_split = True
    command: list[str] = []
    for word in lexer:
        if set(word) <= set("&|;"):
            yield command
            command = []
        else:
            command.append(word)
    yield command


def _complain(command: list[str]) -> Iterator[str]:
    while command and _ASSIGNED.fullmatch(command[0]):
        command = command[1:]
    if not command:
        return
    program, *words = command
    name = program.removeprefix(".venv/bin/")
    if name == "make":
        yield from _of_make(words)
    elif name == "gateproof":
        yield from _parsed(cli.parser(), words) if words else ()
    elif name.startswith("python") and words[:1] == ["-m"]:
        yield from _of_module(words[1], words[2:])
    elif program.startswith((".ci/", "./")):
        if not (ROOT / program).exists():
            yield f"there is no {program}"
    elif name not in ELSEWHERE:
        yield f"nobody knows the program {program!r} (handbook/shell.py)"


def _of_make(words: list[str]) -> Iterator[str]:
    named = {row[0].strip("`").partition("=")[0] for row in commands.variables()}
    targets = {row[0].strip("`").removeprefix("make ") for row in commands.targets()}
    for word in words:
        if found := _ASSIGNED.fullmatch(word):
            yield from _of_variable(found[1], found[2], named)
        elif word not in targets:
            yield f"there is no target {word!r} in the Makefile"


def _of_variable(name: str, value: str, named: set[str]) -> Iterator[str]:
    if name not in named:
        yield f"the Makefile knows no {name}"
    choices = {"ENV": [*ENVIRONMENTS], "GATEWAY": [*GATEWAYS]}
    if value not in choices.get(name, [value]):
        yield f"there is no {name}={value}"


def _of_module(module: str, words: list[str]) -> Iterator[str]:
    parsers: dict[str, Callable[[], argparse.ArgumentParser]] = {
        "gateway": arguments.parser,
        "load.journeys": journeys.parser,
        "load.page": page.parser,
        "load.recorder": recorder.parser,
        "load.soak": soak.parser,
        "load.analytics": analytics.parser,
        "load.applying": applying.parser,
        "load.bench": bench.parser,
        "docs.handbook": ourselves.parser,
        "harness": cli.parser,
    }
    if module in parsers:
        yield from _parsed(parsers[module](), words)
    elif module == "services":
        if words[:1] != ["NAME"]:
            yield from _of_service(words)
    elif module not in ELSEWHERE:
        yield f"nobody knows the module {module!r} (handbook/shell.py)"


def _of_service(words: list[str]) -> Iterator[str]:
    if not words or words[0] not in PARSERS:
        yield f"there is no service {words[:1]}"
    else:
        yield from _parsed(parser_of(words[0]), words[1:])


def _parsed(parser: argparse.ArgumentParser, words: list[str]) -> Iterator[str]:
    for one in (parser, *options.commands_of(parser).values()):
        one.allow_abbrev = False  # a page writes options in full
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        try:
            parser.parse_args(words)
        except (SettingsRefused, Failure) as error:
            yield str(error)
        except SystemExit as end:
            if end.code:  # --help ends with 0
                yield said.getvalue().strip().splitlines()[-1]
