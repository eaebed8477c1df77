"""wrk: a closed model, as many calls as a number of connections can carry."""

import re
import resource
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from load.bench.rows import Row

SATURATED = 0.95
"""Of one CPU: then it is wrk that is measured."""
LUA = """wrk.method = "{method}"
wrk.body = {body}
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """What wrk did; `load` is its own CPU time by the clock's."""

    requests: int
    refused: int
    errors: int
    load: float

    def void(self, row: Row) -> str | None:
        """Why the figure says nothing; None when it does."""
        expected = 0 if row.status < 400 else self.requests
        if self.errors or not self.requests:
            return f"{self.errors} connections broke, {self.requests} answers came"
        if abs(self.refused - expected) > self.requests * 0.01:
            return f"{self.refused} of {self.requests} answers were refusals, expected {expected}"
        if self.load > SATURATED:
            return f"the generator was saturated ({self.load:.0%} of a CPU)"
        return None


def run(binary: str, port: int, row: Row, token: str, seconds: int, folder: Path) -> Ran:
    """One run. Errors: subprocess.SubprocessError when wrk itself fails."""
    script = folder / "wrk.lua"
    body = f'string.rep("x", {row.body_bytes})' if row.body_bytes else "nil"
    script.write_text(LUA.format(method="POST" if row.body_bytes else "GET", body=body))
    argv = [binary, "-t1", f"-c{row.connections}", f"-d{seconds}s", "-s", str(script)]
    argv += ["-H", f"Authorization: Bearer {token}"] if row.bears_token else []
    began, spent = time.perf_counter(), children_s()
    done = subprocess.run(
        [*argv, f"http://127.0.0.1:{port}{row.path}"],
        capture_output=True, text=True, timeout=seconds + 30, check=True,
    )  # fmt: skip
    load = (children_s() - spent) / (time.perf_counter() - began)
    return Ran(*counted(done.stdout), load)


def children_s() -> float:
    """CPU seconds of every child that has ended: between two looks, of wrk alone."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def counted(printed: str) -> tuple[int, int, int]:
    """Answers, refusals among them, broken connections."""
    requests = re.search(r"(\d+) requests in", printed)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", printed)
    broken = re.search(r"connect (\d+), read (\d+), write (\d+), timeout (\d+)", printed)
    return (
        int(requests[1]) if requests else 0,
        int(refused[1]) if refused else 0,
        sum(map(int, broken.groups())) if broken else 0,
    )
