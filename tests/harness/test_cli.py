"""`gateproof`: one command line, one function for each command, no traceback for an interruption."""

import argparse
import importlib
from collections.abc import Callable
from typing import NoReturn

import pytest

from harness import cli
from harness.commands import lint

COMMANDS = {
    "e2e": [], "token": ["Ada"], "lint": [], "doctor": [], "clean": [], "up": [], "down": [],
}  # fmt: skip


@pytest.mark.parametrize(("name", "arguments"), COMMANDS.items(), ids=COMMANDS)
def test_every_command_leads_to_a_function_that_exists(name: str, arguments: list[str]) -> None:
    options = cli.parser().parse_args([name, *arguments])
    module, _, function = options.run.partition(":")

    assert callable(getattr(importlib.import_module(module), function))


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])

    text = capsys.readouterr().out
    assert ended.value.code == 0
    assert all(f"\n    {name} " in text for name in COMMANDS)
    assert "exit codes of e2e: 0 proved" in text


def test_no_command_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([])

    assert ended.value.code == 2


def _raises(error: type[BaseException]) -> Callable[[argparse.Namespace], int]:
    def run(options: argparse.Namespace) -> NoReturn:
        raise error

    return run


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt, 130), (BrokenPipeError, 1)])
def test_an_interruption_is_a_code_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, error: type[BaseException], code: int
) -> None:
    monkeypatch.setattr(lint, "run", _raises(error))

    assert cli.main(["lint"]) == code


def test_the_code_of_a_command_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lint, "run", lambda options: 7)

    assert cli.main(["lint"]) == 7
