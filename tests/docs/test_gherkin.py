"""The scenarios on the pages are proved: what a newcomer copies works."""

import json
import subprocess
import sys
from pathlib import Path

from pytest_bdd.parser import FeatureParser

from docs.handbook import written
from harness.settings import ROOT
from harness.specification.catalogue import examples_of


def test_every_gherkin_block_is_proved(tmp_path: Path) -> None:
    features = tmp_path / "features"
    features.mkdir()
    count = 0
    for page in written.by_hand():
        for block in written.blocks(page, "gherkin"):
            name = f"{page.stem}-{block.number}.feature"
            (features / name).write_text(f"Feature: {block.place}\n\n{block.text}")
            count += len(examples_of(FeatureParser(str(features), name).parse(), tmp_path))

    done = subprocess.run(
        [sys.executable, "-m", "harness", "e2e", str(features), "--jobs", "1",
         "--report", str(tmp_path / "report")],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    verdict = json.loads((tmp_path / "report" / "verdict.json").read_text())
    assert verdict["counts"]["proved"] == count > 3
