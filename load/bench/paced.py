"""wrk at a steady rate: each call waits for its turn, and the rate that was reached is looked at.

wrk is a closed model: a call whose turn has come waits for a free connection. What it costs less
than a generator of ours is left to the gateway where both share a machine; it says nothing about
latency from the intended time.
"""

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from load.bench.wrk import children_s, counted

CONNECTIONS = 64
BEHIND_MS = 100
"""So far behind its plan wrk catches up; what is later is left out, and shows in the rate."""
ENOUGH = 0.99
"""Of the rate that was asked for."""

_SCRIPT = """
local ffi = require("ffi")
ffi.cdef[[
  typedef struct {{ long s; long ns; }} moment;
  int clock_gettime(int clock, moment *now);
]]
local MONOTONIC, now, due = {monotonic}, ffi.new("moment"), nil

function delay()
  ffi.C.clock_gettime(MONOTONIC, now)
  local at = tonumber(now.s) * 1000 + tonumber(now.ns) / 1e6
  due = math.max((due or at) + {every_ms}, at - {behind_ms})
  return math.max(0, math.floor(due - at + 0.5))
end
"""


@dataclass(frozen=True, slots=True)
class Paced:
    """Shape: `under_way` calls were sent when time was up, and may be answered after that.
    Units: rate and asked are calls a second; load is wrk's own CPU time by the clock's.
    """

    answered: int
    errors: int
    under_way: int
    rate: float
    asked: float
    load: float

    @property
    def void(self) -> str | None:
        """Why it was not the load that was asked for; None when it was."""
        if self.errors:
            return f"{self.errors} calls were not answered as expected"
        if self.rate < self.asked * ENOUGH:
            return f"{self.rate:.0f} calls a second were reached, {self.asked:.0f} were asked for"
        return None


def measure(
    binary: str, url: str, rate: float, seconds: float, folder: Path, connections: int = CONNECTIONS
) -> Paced:
    """Call a URL at a rate for a while. Errors: subprocess.SubprocessError when wrk itself fails."""
    script = folder / "paced.lua"
    script.write_text(
        _SCRIPT.format(monotonic=time.CLOCK_MONOTONIC, every_ms=1000 / rate, behind_ms=BEHIND_MS)
    )
    whole_s = max(1, round(seconds))
    argv = [binary, "-t1", f"-c{connections}", f"-d{whole_s}s", "-s", str(script), url]
    began, spent = time.perf_counter(), children_s()
    done = subprocess.run(argv, capture_output=True, text=True, timeout=whole_s + 30, check=True)
    took_s, used_s = time.perf_counter() - began, children_s() - spent
    answered, refused, broken = counted(done.stdout)
    return Paced(answered, refused + broken, connections, answered / whole_s, rate, used_s / took_s)
