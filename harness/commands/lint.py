"""`gateproof lint`: what the run would refuse, said before it runs."""

import argparse
import importlib
import sys
import time
from pathlib import Path

from harness.settings import ROOT
from harness.specification import lint, sentences
from harness.specification.catalogue import feature_files
from steps import MODULES


def run(options: argparse.Namespace) -> int:
    """Print every finding. Returns 1 if there is one."""
    began = time.monotonic()
    for name in MODULES:
        importlib.import_module(name)
    folders = [ROOT / "features"]
    if options.features:
        folders.append(Path(options.features).resolve())
    findings = lint.lint(folders, sentences.definitions(), ROOT)
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    count = len(feature_files(folders))
    took = time.monotonic() - began
    sys.stdout.write(f"lint: {len(findings)} findings in {count} features, {took:.2f} s\n")
    return 1 if findings else 0
