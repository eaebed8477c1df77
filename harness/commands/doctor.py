"""`gateproof doctor`: what this machine can run, why not, and the remedy."""

import argparse

from harness import doctor


def run(options: argparse.Namespace) -> int:
    return doctor.main([])
