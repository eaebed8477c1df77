"""Takes documents, one after the other, from wherever they come: served whole or refused whole.

Reading and building are done in slices beside the traffic; what takes effect is one reference.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from gateway import collector
from gateway.document.arriving import arrived_json
from gateway.document.entities import Snapshot
from gateway.document.fields import DocumentRefused, Problem
from gateway.document.reading import Surroundings, read_in_slices, read_snapshot
from gateway.last_good.keeper import Keeper
from gateway.last_good.seal import LastGood
from gateway.logs import Log
from gateway.pipeline import Outside, Pipeline, pipeline, pipeline_in_slices
from gateway.policies.rate_limiting import RateLimitingConfig
from gateway.publication import Publication, Served

FILE_VERSION = 1
KEPT = Path("the last good document")


class Configuration:
    """Turns documents into what is served. `warm` is told of each snapshot before its first request."""

    def __init__(
        self,
        publication: Publication,
        outside: Outside,
        surroundings: Surroundings,
        keeper: Keeper | None,
        log: Log,
        warm: Callable[[Snapshot], None],
    ) -> None:
        self._publication = publication
        self._outside = outside
        self._surroundings = surroundings
        self._keeper = keeper
        self._log = log
        self._warm = warm
        self._turn = asyncio.Lock()

    def load(self, document: Any) -> None:
        """Serve the document of a file before anything else; DocumentRefused when it cannot be."""
        snapshot = read_snapshot(document, self._surroundings)
        served = Served.of(FILE_VERSION, canonical(document), "file")
        self._publish(pipeline(snapshot, self._outside), served)

    async def offer(self, version: int, document: Any) -> None:
        """A document from the control plane: served if it is good, else the old one stays."""
        async with self._turn:
            if not await self._problems(document, version, "cloud-gate") and self._keeper:
                assert self._publication.served is not None, "it has just been published"
                self._keeper.keep(version, self._publication.served.document)

    async def replace(self, document: Any) -> list[Problem] | None:
        """A document from the admin port: its problems, or None when it is the one that is served."""
        async with self._turn:
            if same(document, self._publication.served):
                return None
            await asyncio.sleep(0)
            return await self._problems(document, (self._publication.version or 0) + 1, "admin")

    async def restore(self, kept: LastGood) -> None:
        """The last good document of an earlier life, unless something is served already."""
        async with self._turn:
            if self._publication.version is None:
                document = await arrived_json(kept.document.decode(), KEPT)
                await self._problems(document, kept.version, "snapshot", kept.saved_at)

    async def _problems(
        self, document: Any, version: int, kind: str, saved_at: str | None = None
    ) -> list[Problem]:
        """Serve the document, or say what is wrong with it."""
        try:
            with collector.at_rest():
                built = await self._built(document)
                served = Served.of(version, canonical(document), kind, saved_at)
            await asyncio.sleep(0)  # each step of a big document is a turn of its own
            self._publish(built, served)  # frees the old one, when the new one has been counted
        except DocumentRefused as refused:
            self._refuse(version, refused.problems)
            return refused.problems
        except Exception as error:  # whatever it is, it is the document's fault, not the traffic's
            problems = [Problem("", f"cannot be served: {type(error).__name__}: {error}")]
            self._refuse(version, problems)
            return problems
        return []

    async def _built(self, document: Any) -> Pipeline:
        snapshot = await read_in_slices(document, self._surroundings)
        return await pipeline_in_slices(snapshot, self._outside)

    def _refuse(self, version: int, problems: list[Problem]) -> None:
        self._publication.refuse(version, problems)
        serving = self._publication.version
        for problem in problems:
            self._log.error(f"document refused: {problem}", version=version, serving=serving)

    def _publish(self, built: Pipeline, served: Served) -> None:
        self._publication.publish(built, served)
        snapshot = built.snapshot
        self._outside.redis.keep_only(redis_addresses(snapshot, self._outside))
        self._warm(snapshot)
        self._log.info(
            "serving", version=served.version, source=served.kind, routes=len(snapshot.routes)
        )


def canonical(document: Any) -> bytes:
    """The document as JSON: the same for the same document, whatever its order and format."""
    try:
        return msgspec.json.encode(document, enc_hook=str, order="deterministic")
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise DocumentRefused([Problem("", f"cannot be written as JSON: {error}")]) from error


def same(document: Any, served: Served | None) -> bool:
    """Whether it is the document that is served."""
    try:
        return served is not None and canonical(document) == served.document
    except DocumentRefused:
        return False


def redis_addresses(snapshot: Snapshot, outside: Outside) -> set[Any]:
    """Every Redis that the snapshot counts in."""
    configs = [plugin.config for plugin in snapshot.plugins]
    return {
        config.redis or outside.default_redis
        for config in configs
        if isinstance(config, RateLimitingConfig) and config.policy == "redis"
    }
