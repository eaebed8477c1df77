"""`gateproof clean`: remove reports, and what runs left that were killed."""

import argparse
import shutil
import sys

from harness.environments.sweeping import sweep
from harness.settings import ROOT, read


def run(options: argparse.Namespace) -> int:
    for run in sweep(read(), in_docker=True):
        sys.stdout.write(f"clean: swept what run {run} left\n")
    for path in [ROOT / "report", *ROOT.glob("report.*")]:
        if path.is_dir():
            shutil.rmtree(path)
            sys.stdout.write(f"clean: removed {path.name}/\n")
    return 0
