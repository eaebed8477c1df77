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


def of_the_tree(bug: Bug, where: Path) -> Path:
    """Copy what the bug's trial starts from: the subjects, or the whole tree for the harness.

    What the patch does not touch is a link where nobody looks for its neighbours, and compiled files
    come along, so that only what is changed is compiled again.
    """
    where.mkdir(parents=True, exist_ok=True)
    touched = {file.partition("/")[0] for file in bug.files}
    for name in _WHOLE if bug.kind == HARNESS else _PARTS:
        if bug.kind == HARNESS or name in touched:
            shutil.copytree(ROOT / name, where / name, symlinks=True, dirs_exist_ok=True)
        else:
            (where / name).symlink_to(ROOT / name, target_is_directory=True)
    for name in _FILES if bug.kind == HARNESS else ():
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
