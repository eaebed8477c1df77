"""What one client may cost: sizes of a request head, and how long anything may take."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a server. Sizes as Kong has them by default; times as nginx has them."""

    target_bytes: int = 8 * 1024
    field_bytes: int = 8 * 1024
    head_bytes: int = 64 * 1024
    fields: int = 100
    head_s: float = 10.0
    body_s: float = 60.0
    idle_s: float = 75.0
    write_s: float = 60.0
    linger_s: float = 2.0
    discard_bytes: int = 64 * 1024
