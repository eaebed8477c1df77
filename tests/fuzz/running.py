"""Runs the families of fuzzing one after the other, each bounded in count and time."""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence

from tests.fuzz import fuzz_answers, fuzz_documents, fuzz_gate, fuzz_requests, fuzz_tokens, smallest
from tests.fuzz.findings import Finding, Findings

Family = Callable[[int, int, int | None, Findings], Awaitable[None]]

FAMILIES: dict[str, tuple[Family, int]] = {
    fuzz_requests.FAMILY: (fuzz_requests.fuzz, 200_000),
    fuzz_answers.FAMILY: (fuzz_answers.fuzz, 50_000),
    fuzz_tokens.FAMILY: (fuzz_tokens.fuzz, 20_000),
    fuzz_documents.FAMILY: (fuzz_documents.fuzz, 5_000),
    fuzz_gate.FAMILY: (fuzz_gate.fuzz, 4_000),
}
"""Each family, and how much of it a run does."""

LIMIT_S = 900.0


def main(argv: Sequence[str]) -> int:
    """Fuzz. Returns 0 when nothing was found, 1 when something was, 2 for bad input."""
    options = _options(argv)
    if options.case is not None and len(options.families) != 1:
        sys.stderr.write("fuzz: a case belongs to one family: give FAMILY= as well\n")
        return 2
    if options.smallest:
        return smallest.look(options.seed)
    findings = Findings(options.seed)
    for name in options.families or FAMILIES:
        fuzz, count = FAMILIES[name]
        wanted = max(1, round(count * options.share))
        began = time.monotonic()
        try:
            asyncio.run(_bounded(fuzz(wanted, options.seed, options.case, findings)))
        except TimeoutError:
            findings.add(Finding(name, -1, f"no end within {LIMIT_S:g} s"))
        took_s = time.monotonic() - began
        done = 1 if options.case is not None else findings.counted[name]
        rest = f"; {findings.rest[name]}" if name in findings.rest else ""
        sys.stdout.write(f"\r{name:<10} {done:>8,} in {took_s:.0f} s{rest}\n")
        sys.stdout.flush()
    sys.stdout.write(f"fuzz: seed {options.seed}, {len(findings.found)} findings\n")
    return 1 if findings.found else 0


async def _bounded(work: Awaitable[None]) -> None:
    async with asyncio.timeout(LIMIT_S):
        await work


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument(
        "--family", dest="families", action="append", choices=FAMILIES, default=[],
        help="what is spoilt (all, one after the other)",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=1, help="other numbers, other cases (1)")
    parser.add_argument("--case", type=int, help="replay this case alone")
    parser.add_argument(
        "--smallest", action="store_true",
        help="let Hypothesis look for the smallest raw request with a finding, and stop",
    )  # fmt: skip
    parser.add_argument("--share", type=float, default=1.0, help="of the usual count, such as 0.1")
    return parser.parse_args(argv)
