"""`make setup`: plan, carry out, say how it went. The rim of the setup."""

import os
import platform
import signal
import subprocess
import sys
from typing import NoReturn

from harness import network, redis_binary
from harness.setup import stamp, turn
from harness.setup.here import ROOT, VENV, feature, planned, python_of
from harness.setup.installation import CannotSetUp, Site, carry_out
from harness.setup.pip import Pip, PipFailed
from harness.setup.progress import Progress
from harness.setup.redis_wheel import reason_to_go_without

_STATE = ROOT / ".gateproof"


def main(argv: list[str]) -> int:
    """Make `.venv` or bring it up to date. Never a traceback for what the machine does to us."""
    signal.signal(signal.SIGTERM, _terminated)
    progress = Progress(sys.stdout)
    try:
        with turn.taken(_STATE / "setup.lock", progress) as lock:
            # pip gets what the caller has, and the way out of the caller's network
            environ = network.outward(os.environ, _STATE)  # noqa: TID251 - before settings are read
            return _bring_up_to_date(argv, Pip(VENV, environ, _STATE / "setup.log", lock, progress))
    except (CannotSetUp, PipFailed, network.BadNetwork) as failure:
        progress.say(str(failure))
        return 1
    except (OSError, subprocess.SubprocessError) as error:
        progress.say(f"cannot set up in {ROOT}: {error}; make clean ALL=1 starts from nothing")
        return 1
    except KeyboardInterrupt:
        progress.say("interrupted; run it again and it is completed")
        return 130


def _bring_up_to_date(argv: list[str], pip: Pip) -> int:
    wanted = stamp.digests(ROOT)
    plan = planned(argv, wanted)
    if not plan.is_empty:
        pip.log.write_text("")
        record = carry_out(plan, wanted, _site(pip), pip)
        pip.progress.say(f"ready after {pip.progress.elapsed_s:.1f} s ({_holds(record)})")
    elif "--quiet" not in argv:
        pip.progress.say(f"nothing to do, {VENV.name} is up to date (Python {python_of(VENV)})")
    return 0


def _site(pip: Pip) -> Site:
    reason = reason_to_go_without(
        platform.system(), platform.machine(), platform.libc_ver()[0] or "another libc"
    )
    return Site(
        root=ROOT,
        venv=VENV,
        # not the Python of a virtual environment that happens to be active: it may be this very one
        python=getattr(sys, "_base_executable", "") or sys.executable,
        python_version=feature(sys.version_info),
        without={"redis": reason} if reason else {},
        path=pip.environ.get("PATH", os.defpath),
    )


def _holds(record: stamp.Stamp) -> str:
    binary = redis_binary.fetched(VENV)
    redis = f", redis-server {redis_binary.version(binary)}" if binary.exists() else ""
    return f"{VENV.name}, Python {record.python}{redis}"


def _terminated(number: int, frame: object) -> NoReturn:
    """Ends like an interruption: pip is ended too, and the record stays true."""
    raise KeyboardInterrupt
