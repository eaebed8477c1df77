"""What one client may cost: how many there are, sizes of what they send, how long anything may take."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a server. Sizes as Kong has them by default; times as nginx has them.

    `body_bytes` is what a signed 64-bit counter holds: more can only be meant to make one overflow.
    `turned_away` is how many connections beyond `connections` are told so; the rest are cut.
    """

    connections: int = 4096
    turned_away: int = 64
    pipelined: int = 100
    target_bytes: int = 8 * 1024
    field_bytes: int = 8 * 1024
    head_bytes: int = 64 * 1024
    fields: int = 100
    body_bytes: int = 2**63 - 1
    head_s: float = 10.0
    body_s: float = 60.0
    idle_s: float = 75.0
    write_s: float = 60.0
    linger_s: float = 2.0
    discard_bytes: int = 64 * 1024
