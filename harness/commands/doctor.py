"""`gateproof doctor`: what this machine can run, why not, and the remedy; or a gateway elsewhere."""

import argparse
import asyncio
import sys

from harness import doctor
from harness.commands.complaints import complain
from harness.findings import State


def run(options: argparse.Namespace) -> int:
    """Return 0 if it can run, 1 if not, 2 for a file that cannot be read."""
    if not options.external:
        return doctor.main([])
    from harness.environments import external, way_back  # the rest of the doctor does without httpx
    from harness.environments.contract import CannotStart
    from harness.settings import read

    settings = read()
    try:
        attachment = external.found(options.external, {}, settings.surroundings)
    except CannotStart as error:
        complain(error)
        return 2
    findings = asyncio.run(way_back.examine(attachment, settings))
    sys.stdout.write(doctor.written(findings))
    return 1 if any(each.state is State.MISSING for each in findings) else 0
