"""What is being served: the current pipeline, its version, and the last document that was refused."""

import asyncio
from dataclasses import dataclass
from hashlib import sha256

from gateway.document.fields import Problem
from gateway.pipeline import Pipeline


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that was not taken, and why."""

    version: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Served:
    """A document that is served: its JSON, where it came from, when it was saved if it was."""

    version: int
    document_hash: str
    document: bytes
    kind: str
    saved_at: str | None = None

    @classmethod
    def of(cls, version: int, document: bytes, kind: str, saved_at: str | None = None) -> "Served":
        return cls(version, sha256(document).hexdigest(), document, kind, saved_at)


class Publication:
    """The one mutable reference to the pipeline. It never goes back to an older version."""

    def __init__(self) -> None:
        self.pipeline: Pipeline | None = None
        self.served: Served | None = None
        self.refused: Refused | None = None
        self.published = 0
        self.refusals = 0
        self._waiting: set[asyncio.Future[None]] = set()

    @property
    def version(self) -> int | None:
        return self.served.version if self.served else None

    @property
    def document_hash(self) -> str | None:
        return self.served.document_hash if self.served else None

    def publish(self, pipeline: Pipeline, served: Served) -> None:
        if self.version is not None and served.version <= self.version:
            raise ValueError(f"version {served.version} is not newer than {self.version}")
        self.pipeline, self.served = pipeline, served
        if self.refused is not None and self.refused.version <= served.version:
            self.refused = None
        self.published += 1
        self._tell()

    def refuse(self, version: int, problems: list[Problem]) -> None:
        self.refused = Refused(version, tuple(problems))
        self.refusals += 1
        self._tell()

    def settled(self, version: int) -> bool:
        """Whether the version, or a newer one, is served or was refused."""
        served = self.version is not None and self.version >= version
        return served or (self.refused is not None and self.refused.version >= version)

    async def settle(self, version: int, wait_s: float) -> None:
        """Wait until `settled`, at most `wait_s`."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait_s
        while not self.settled(version) and (left_s := deadline - loop.time()) > 0:
            changed = loop.create_future()
            self._waiting.add(changed)
            await asyncio.wait((changed,), timeout=left_s)
            self._waiting.discard(changed)

    def _tell(self) -> None:
        for changed in self._waiting:
            if not changed.done():
                changed.set_result(None)
