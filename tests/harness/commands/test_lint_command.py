"""`gateproof lint`: findings on standard output, and a code that says whether there are any."""

import argparse
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.commands import lint


def test_features_of_ones_own_are_linted_too(
    tmp_path: Path, write_feature: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    write_feature("Feature: Own\n  Example: Odd\n    Then the moon is made of cheese\n")

    assert lint.run(argparse.Namespace(features=str(tmp_path))) == 1

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("some.feature:3: no step says then 'the moon is made of cheese'")
    assert lines[-1].startswith("lint: 1 findings in ")
