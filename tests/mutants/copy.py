"""A copy of the tree with one bug in it. The tree itself is never touched."""

import os
import shutil
import subprocess
from pathlib import Path

from harness.settings import ROOT
from tests.mutants.bug import HARNESS, Bug

_PARTS = ("gateway", "services", "harness")
_WHOLE = (*_PARTS, "steps", "features", "tests", "load", "docs", "compose")
_FILES = ("conftest.py", "pyproject.toml", "README.md", "Makefile", "CHANGELOG.md")


class DoesNotApply(Exception):
    """The code has moved on: the patch has to be drawn anew."""


def of_the_tree(kind: str, where: Path) -> Path:
    """Copy what the bug's trial starts from: the subjects, or the whole tree for the harness.

    Compiled files come along, so that only what the patch changes is compiled again.
    """
    for name in _WHOLE if kind == HARNESS else _PARTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, where / name, symlinks=True, dirs_exist_ok=True)
    for name in _FILES if kind == HARNESS else ():
        shutil.copy2(ROOT / name, where / name)
    return where


def planted_in(bug: Bug, where: Path) -> None:
    """Apply the bug's patch.

    Errors: DoesNotApply with the first line that says why.
    """
    _git_apply(bug, where)


def checked(bug: Bug, where: Path) -> None:
    """Look whether the bug's patch would apply, and change nothing.

    Errors: DoesNotApply with the first line that says why.
    """
    _git_apply(bug, where, "--check")


def _git_apply(bug: Bug, where: Path, *options: str) -> None:
    done = subprocess.run(
        ["git", "apply", *options, "-p1", str(bug.patch.resolve())],
        cwd=where, capture_output=True, text=True, check=False,
        env={"PATH": os.defpath, "GIT_CEILING_DIRECTORIES": str(where.parent)},
    )  # fmt: skip
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["git apply said nothing"]
        raise DoesNotApply(f"{bug.id}: {said[0]}; draw the patch anew against the code of today")
