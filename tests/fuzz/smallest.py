"""The smallest raw request that is a finding: Hypothesis draws from the grammar and shrinks."""

import asyncio
import random
import sys

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from tests.fuzz import fuzz_requests, requests
from tests.fuzz.findings import Findings
from tests.fuzz.place import gateway_before
from tests.fuzz.witness import Witness

MOST = 3_000


def look(seed: int) -> int:
    """Look for it, tell it, and return 1; 0 when there is none among the cases drawn."""
    with asyncio.Runner() as runner:
        found: dict[bytes, str] = {}
        before = gateway_before(Witness(fuzz_requests.answered), fuzz_requests.document)
        place = runner.run(before.__aenter__())

        def wrong(case: requests.Case) -> bool:
            findings = Findings(seed, quiet=True)
            runner.run(fuzz_requests.judge(place, [case], findings))
            if findings.found:
                found[case.bytes] = findings.found[0].words
            return bool(findings.found)

        try:
            case = _smallest(wrong, seed)
        except NoSuchExample:
            sys.stdout.write(f"none among {MOST:,} cases\n")
            return 0
        finally:
            runner.run(before.__aexit__(None, None, None))
        sys.stdout.write(f"{found[case.bytes]}\n  sent: {case.bytes!r}\n")
        return 1


def _smallest(wrong: object, seed: int) -> requests.Case:
    cases = st.randoms(use_true_random=False).map(lambda draw: requests.drawn(draw, 1))
    checked = settings(
        max_examples=MOST, database=None, deadline=None, phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    return find(cases, wrong, settings=checked, random=random.Random(seed))  # type: ignore[arg-type]
