"""The command line of `gateproof images`, and the options of every command that starts some."""

import argparse
from pathlib import Path

PULL_S = 600.0


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command with its actions."""
    top = commands.add_parser(
        "images", help="container images: list, pull, build, save, load, verify, prune"
    )
    actions = top.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, text in _HELP.items():
        one = actions.add_parser(name, help=text, description=text)
        if name in ("save", "load"):
            one.add_argument("file", type=Path, metavar="FILE", help="a tar with a manifest")
        if name == "load":
            one.set_defaults(names=[])
        else:
            one.add_argument("names", nargs="*", metavar="NAME", help="which; all when left out")
        if name in ("pull", "build"):
            one.add_argument("--timeout", type=_seconds, default=PULL_S, metavar="SECONDS",
                             help="how long one pull may take (600)")  # fmt: skip
        add_choices(one)
        one.set_defaults(run="harness.commands.images:run")
    pull = actions.choices["pull"]
    pull.add_argument("--record", action="store_true",
                      help="write the digests that the registry tells into compose/images.toml")  # fmt: skip
    build = actions.choices["build"]
    build.add_argument("--local", action="store_true", help="ask no registry, make everything here")
    build.add_argument("--anew", action="store_true", help="make it even if it is there")
    prune = actions.choices["prune"]
    prune.add_argument("--yes", action="store_true", help="remove them; else they are listed only")


_HELP = {
    "list": "what is used, who said so, whether it is here",
    "pull": "pull the official images and check their digests",
    "build": "make everything that is missing, without a registry where there is none",
    "save": "write the images into a file, for a machine that has nothing",
    "load": "load such a file; its sums are checked",
    "verify": "is everything here, and is it what the list says?",
    "prune": "list our own builds of other states of the code, and remove them with --yes",
}


def add_choices(one: argparse.ArgumentParser) -> None:
    """Add the two options that choose images, the same for every command that uses some."""
    one.add_argument("--image", action="append", default=[], metavar="NAME=REFERENCE",
                     help="use another image; as often as needed")  # fmt: skip
    one.add_argument("--images", type=Path, metavar="FILE",
                     help="a list of other images, in the format of compose/images.toml")  # fmt: skip


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 86400:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return seconds
