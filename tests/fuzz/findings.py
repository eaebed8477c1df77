"""What fuzzing found: told once each, with the line that replays it."""

import sys
from collections import Counter
from dataclasses import dataclass, field

from tests.fuzz.place import Place

MOST = 20
GROWTH_MIB = 12.0
"""What a gateway may have grown by between the first batch and the end."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Shape: case -1 is nobody's; `mistakes` are those of the grammar; `data` is what was sent."""

    family: str
    case: int
    words: str
    mistakes: tuple[str, ...] = ()
    data: bytes = b""


@dataclass(slots=True)
class Findings:
    """Collects and tells. `full` when more would not teach more."""

    seed: int
    quiet: bool = False
    found: list[Finding] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    rest: dict[str, str] = field(default_factory=dict)

    @property
    def full(self) -> bool:
        return len(self.found) >= MOST

    def add(self, finding: Finding) -> None:
        self.found.append(finding)
        if len(self.found) <= MOST and not self.quiet:
            sys.stdout.write(f"{self.in_words(finding)}\n")

    def in_words(self, one: Finding) -> str:
        lines = [f"FOUND in {one.family}: {one.words}"]
        if one.mistakes:
            lines.append(f"  made of: {', '.join(one.mistakes)}")
        if one.data:
            lines.append(f"  sent: {one.data[:600]!r}{' …' if len(one.data) > 600 else ''}")
        if one.case >= 0:
            again = f"make fuzz FAMILY={one.family} SEED={self.seed} CASE={one.case}"
            lines.append(f"  again: {again}")
        return "\n".join(lines)

    def progress(self, family: str, done: int, wanted: int) -> None:
        self.counted[family] = done
        if not self.quiet and sys.stdout.isatty():
            sys.stdout.write(f"\r{family}: {done:,} of {wanted:,}")
            sys.stdout.flush()

    async def at_rest(self, family: str, place: Place, before_mib: float) -> None:
        """Look whether the gateway is as it was: nobody served, no connection, no growth."""
        try:
            status = await place.settled()
        except (TimeoutError, ConnectionError) as error:
            self.add(Finding(family, -1, f"the gateway did not come to rest: {error}"))
            return
        grown = place.memory_mib() - before_mib
        self.rest[family] = (
            f"{status['connections']['open']} connections open, {status['in_flight']} in flight, "
            f"memory {grown:+.1f} MiB"
        )
        if grown > GROWTH_MIB:
            self.add(Finding(family, -1, f"the gateway grew by {grown:.1f} MiB"))
