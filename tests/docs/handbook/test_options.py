"""Options become rows; one without words is an error that names it."""

import argparse

import pytest

from docs.handbook import options
from docs.handbook.gaps import NoWords


def parser(**option: object) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="it")
    made.add_argument("--size", "--how-large", **option)  # type: ignore[arg-type]
    return made


def test_a_row_has_the_option_its_value_and_its_words() -> None:
    drawn = options.options_of(parser(metavar="N", default=3, help="how large (%(default)s)"))

    assert drawn.splitlines()[-1] == "| `--how-large N` | How large (3). |"


def test_choices_and_need_are_said() -> None:
    drawn = options.options_of(parser(choices=("s", "m"), required=True, help="how large"))

    assert drawn.splitlines()[-1] == "| `--how-large` | How large. One of `s`, `m`. **Required.** |"


def test_an_option_without_words_is_named() -> None:
    with pytest.raises(NoWords, match="it --how-large N has no help text"):
        options.options_of(parser(metavar="N"))


def test_a_command_without_options_says_so() -> None:
    assert options.options_of(argparse.ArgumentParser()) == "No options."


def test_subcommands_are_found_with_their_summaries() -> None:
    top = argparse.ArgumentParser()
    inner = top.add_subparsers().add_parser("go", help="go on")

    assert options.commands_of(top) == {"go": inner}
    assert options.summary_of(top, "go") == "Go on."
