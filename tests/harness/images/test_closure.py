"""From what is asked for to every wheel behind it, judged for the image and not for this machine."""

import zipfile
from pathlib import Path

import pytest

from harness.images import closure
from harness.images.closure import LacksWheel

LOCK = """\
# a comment
a==1 \\
    --hash=sha256:aa \\
    --hash=sha256:ab
async-timeout==5 ; python_full_version < '3.11.3' \\
    --hash=sha256:ac
Pywin32==312 ; sys_platform == 'win32' \\
    --hash=sha256:ad
"""
TARGET = closure.target("x86_64")


def _wheel(folder: Path, name: str, *requires: str) -> None:
    lines = [f"Name: {name}", "Version: 1", *(f"Requires-Dist: {one}" for one in requires)]
    with zipfile.ZipFile(folder / f"{name}-1-py3-none-any.whl", "w") as held:
        held.writestr(f"{name}-1.dist-info/METADATA", "\n".join(lines))


def test_what_stands_behind_comes_along_and_what_is_for_others_does_not(tmp_path: Path) -> None:
    _wheel(tmp_path, "top", "middle[more]>=1", 'other; sys_platform == "win32"')
    _wheel(tmp_path, "middle", "bottom", 'extra_one; extra == "more"', 'dropped; extra == "less"')
    _wheel(tmp_path, "bottom", 'old; python_full_version < "3.11.3"', "top")
    for name in ("other", "extra_one", "dropped", "old", "alone"):
        _wheel(tmp_path, name)

    found = closure.closure(["Top>=1"], closure.read(tmp_path), TARGET)

    assert [one.name for one in found] == ["bottom", "extra-one", "middle", "old", "top"]


def test_a_wheel_that_is_lacking_is_named_with_who_needs_it(tmp_path: Path) -> None:
    _wheel(tmp_path, "top", "gone")

    with pytest.raises(LacksWheel, match=r"top needs gone, which requirements\.lock does not have"):
        closure.closure(["top"], closure.read(tmp_path), TARGET)


def test_a_lock_is_cut_to_the_image_whatever_python_runs_this() -> None:
    entries = closure.applicable(LOCK, TARGET)

    assert entries == {
        "a": "a==1 \\\n    --hash=sha256:aa \\\n    --hash=sha256:ab\n",
        "async-timeout": "async-timeout==5 \\\n    --hash=sha256:ac\n",
    }


def test_the_lock_of_the_repository_can_be_cut() -> None:
    from harness.settings import ROOT

    text = (ROOT / "requirements.lock").read_text()
    entries = closure.applicable(text, TARGET)

    assert {"docker", "async-timeout", "httptools"} <= entries.keys()
    assert "pywin32" not in entries
    assert all(text.count("--hash=") for text in entries.values())
    assert not any(";" in one for one in entries.values())
