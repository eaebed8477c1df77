"""What a gateway keeps in its Redis for the time without a control plane, in the hands of somebody else."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness import patience
from harness.scenario.stage import Stage
from harness.verdicts import Unknown

if TYPE_CHECKING:
    from redis import Redis

_KEPT = "gateway:snapshot:*"


@dataclass(slots=True)
class Kept:
    """Reads and writes kept documents as somebody who can reach the Redis could."""

    stage: Stage
    _copies: dict[bytes, bytes] = field(default_factory=dict)

    def copy(self) -> None:
        self._copies = self._read()

    def put_back(self) -> None:
        """Put the copy in the place of what is kept now."""
        assert self._copies, "nobody has made a copy"
        self._write(lambda kept: self._copies)

    def change(self, old: str, new: str) -> None:
        """Write something else wherever a text stands.

        Errors: Unknown if it stands nowhere.
        """
        before, after = old.encode(), new.encode()
        if not any(before in value for value in self._read().values()):
            raise Unknown(f"no kept document holds {old!r}; what is kept there cannot be changed")
        self._write(lambda kept: {k: v.replace(before, after) for k, v in kept.items()})

    def _read(self) -> dict[bytes, bytes]:
        with self._redis() as redis:
            return {key: redis.get(key) or b"" for key in redis.scan_iter(_KEPT)}

    def _write(self, written: Callable[[dict[bytes, bytes]], dict[bytes, bytes]]) -> None:
        changed = written(self._read())
        with self._redis() as redis:
            redis.mset(changed)

    def _redis(self) -> "Redis":
        from redis import Redis  # 0.1 s of every start, for the few scenarios that need it
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        return Redis.from_url(
            self.stage.address("redis.url"),
            socket_timeout=patience.CALL_S,
            retry=Retry(NoBackoff(), 0),
        )
