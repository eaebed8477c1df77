"""What an argparse command line can be told, as a table."""

import argparse
from collections.abc import Iterator

from docs.handbook.gaps import NoWords
from docs.handbook.markdown import code, codes, sentence, table


def options_of(parser: argparse.ArgumentParser) -> str:
    """Draw the options of one command; an option without a help text is an error."""
    rows = [_row(parser, action) for action in _shown(parser)]
    return table(["option", "says"], rows) if rows else "No options."


def commands_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the subcommands by name; those of a subcommand as `images pull`."""
    found: dict[str, argparse.ArgumentParser] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, one in action.choices.items():
                below = commands_of(one)
                found |= {f"{name} {each}": inner for each, inner in below.items()} or {name: one}
    return found


def summary_of(parser: argparse.ArgumentParser, command: str) -> str:
    """Return the line of help that a subcommand has in the list."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for choice in action._choices_actions:
                if choice.dest == command and choice.help:
                    return sentence(choice.help)
    raise NoWords(f"the command {command} has no help text")


def _shown(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        if not isinstance(action, argparse._HelpAction | argparse._SubParsersAction):
            yield action


def _row(parser: argparse.ArgumentParser, action: argparse.Action) -> list[str]:
    if not action.help:
        raise NoWords(f"{parser.prog} {_name(action)} has no help text")
    says = action.help % {**vars(action), "prog": parser.prog}
    required = " **Required.**" if action.required and action.option_strings else ""
    choices = f" One of {codes(action.choices)}." if action.choices else ""
    return [code(_name(action)), sentence(says) + choices + required]


def _name(action: argparse.Action) -> str:
    metavar = action.metavar if isinstance(action.metavar, str) else None
    if not action.option_strings:
        return metavar or action.dest
    takes_value = action.nargs != 0
    value = f" {metavar or action.dest.upper()}" if takes_value and not action.choices else ""
    return action.option_strings[-1] + value
