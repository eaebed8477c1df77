"""Everything that a trial imports, loaded once: what is forked later starts from here."""

import contextlib
import importlib
import io
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from harness import cli
from harness.commands import e2e
from harness.settings import ROOT

_OURS = ("harness", "steps", "tests", "gateway", "services", "load", "docs", "conftest")
_REGISTERS = ("pytest_bdd",)
"""Remembers every step that was ever defined: of two trees it would know each twice."""

_FORGOTTEN = {*_OURS, *_REGISTERS}
_ALSO = ("httpx", "h11", "psutil", "jwt", "cryptography.hazmat.primitives.asymmetric.rsa", "yaml")


class Unready(Exception):
    """The features cannot be collected here. One line: what pytest said last."""


def up() -> None:
    """Import what a trial of a bug in gateway or services needs, as pytest rewrites it, and lint.

    Errors: Unready.
    """
    for name in _ALSO:
        importlib.import_module(name)
    with contextlib.redirect_stdout(io.StringIO()) as said:
        code = _collected() or cli.main(["lint"])
    if code:
        lines = [line for line in said.getvalue().splitlines() if line.strip()]
        raise Unready(lines[-1] if lines else f"pytest ended with {code} without a word")


def _collected() -> int:
    words = arguments([str(ROOT / "features/routing/choosing.feature")], ROOT, ROOT / "report")
    return int(pytest.main([*words, "--collect-only"]))


def arguments(selected: Sequence[str], subjects: Path, report: Path) -> list[str]:
    """Draw pytest's command line as `gateproof e2e` does, for a run that leaves only its journal."""
    words = ["e2e", *selected, "--subjects", str(subjects), "--report", str(report), "--jobs", "1"]
    return [*e2e.pytest_arguments(cli.parser().parse_args(words)), "--gateproof-bare"]


@contextlib.contextmanager
def in_another_tree(where: Path) -> Iterator[None]:
    """Meanwhile every module of ours is imported anew, from another tree."""
    ours = {name: one for name, one in sys.modules.items() if name.partition(".")[0] in _FORGOTTEN}
    path, here = list(sys.path), Path.cwd()
    for name in ours:
        del sys.modules[name]
    sys.path[:] = [str(where), *(one for one in path if Path(one).resolve() != ROOT)]
    os.chdir(where)
    try:
        yield
    finally:
        os.chdir(here)
        sys.path[:] = path
        sys.modules.update(ours)
