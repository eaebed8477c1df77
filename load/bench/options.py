"""The command line of a bench."""

import argparse
from pathlib import Path


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(
        prog="bench", description="CPU per request and added latency next to other gateways."
    )
    add = found.add_argument
    add("--quick", action="store_true", help="fewer rows and rounds, under a minute")
    add("--rounds", type=int, metavar="N", help="how often everybody has a turn (5; quick: 2)")
    add("--seconds", type=int, default=1, metavar="S", help="one turn (1)")
    add("--report", type=Path, default=Path("report/bench"), metavar="DIR",
        help="for bench.json and bench.svg (report/bench)")  # fmt: skip
    add("--record", action="store_true", help="remember the ratios: later runs are judged by them")
    return found
