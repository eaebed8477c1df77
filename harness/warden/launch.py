"""Starts a warden and waits for its end: the runner's side."""

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from harness import patience
from harness.environments.contract import Options
from harness.settings import ROOT
from harness.warden.wire import WardenLost

CANNOT_START = 3
"""With this a warden ends when the environment cannot be opened; its last line says why."""


@dataclass(slots=True)
class Launched:
    """A warden that was started from here."""

    socket: str
    process: subprocess.Popen[bytes]

    def wait_for_end(self) -> None:
        """Wait until it has ended everything; make it end when it does not."""
        try:
            self.process.wait(patience.WARDEN_GONE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def launch(
    *,
    run: str,
    environment: str,
    journal: Path,
    options: Options = Options(),  # noqa: B008 - it is frozen
    subjects: Path = ROOT,
    stay: bool = False,
) -> Launched:
    """Start a warden in a session of its own, so that a Ctrl-C does not reach it.

    Errors: WardenLost with what it said when it does not come up.
    """
    log = journal.parent / "warden.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "harness.warden",
                "--run", run, "--environment", environment,
                "--options", json.dumps(asdict(options)),
                "--journal", str(journal.resolve()), "--subjects", str(subjects),
                *(["--stay"] if stay else []),
            ],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )  # fmt: skip
    assert process.stdout is not None
    with process.stdout as announcement:
        line = announcement.readline()
    if not line:
        code = process.wait()
        said = log.read_text(errors="replace").strip().splitlines()
        if code == CANNOT_START and said:
            raise WardenLost(said[-1])
        raise WardenLost(f"the warden ended with {code}: {said[-1] if said else 'it said nothing'}")
    return Launched(json.loads(line)["socket"], process)


def fresh_run_id() -> str:
    """Four characters that no other run of today is likely to have."""
    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: nothing to mix up
    return "".join(alphabet[byte % 32] for byte in os.urandom(4))
