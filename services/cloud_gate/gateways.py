"""Which gateways poll a gate: every poll is a heartbeat."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What a gateway said when it was last seen; seen_at is seconds since the epoch."""

    name: str
    version: int
    refused: int | None
    seen_at: float


@dataclass(slots=True)
class Gateways:
    """The last heartbeat of each gateway, by environment."""

    _seen: dict[str, dict[str, Heartbeat]] = field(default_factory=dict)

    def polled(self, environment: str, heartbeat: Heartbeat) -> None:
        """Remember who polled, and what it runs."""
        self._seen.setdefault(environment, {})[heartbeat.name] = heartbeat

    def of(self, environment: str) -> tuple[Heartbeat, ...]:
        """The gateways of an environment, by name."""
        seen = self._seen.get(environment, {})
        return tuple(seen[name] for name in sorted(seen))
