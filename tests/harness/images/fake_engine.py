"""An engine in memory: it holds images, and remembers what it was asked to do."""

import io
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from harness.images.engine import Engine, Held, NoEngine


@dataclass
class FakeEngine(Engine):
    """Shape: images by reference; registry by reference, None while no registry answers."""

    images: dict[str, Held] = field(default_factory=dict)
    registry: dict[str, str] | None = None
    done: list[str] = field(default_factory=list)
    contexts: dict[str, list[str]] = field(default_factory=dict)
    saved: bytes = b"layers"

    @property
    def architecture(self) -> str:
        return "amd64"

    def held(self, reference: str) -> Held | None:
        return self.images.get(reference)

    def import_root(self, tar: IO[bytes], reference: str, changes: Iterable[str]) -> None:
        self._made("import", reference, {})

    def build(
        self,
        context: IO[bytes],
        *,
        dockerfile: str,
        target: str,
        reference: str,
        arguments: Mapping[str, str],
        labels: Mapping[str, str],
        heard: Callable[[str], None],
    ) -> None:
        with tarfile.open(fileobj=context) as tar:
            self.contexts[reference] = tar.getnames()
        self._made("build", reference, labels)

    def pull(self, reference: str, heard: Callable[[Mapping[str, Any]], None]) -> None:
        if self.registry is None or reference not in self.registry:
            raise NoEngine(f"cannot pull {reference}: no such host; images build")
        heard({"status": "Downloading", "id": "a", "progressDetail": {"current": 3, "total": 9}})
        self.images[reference] = Held("sha256:id", 1, (f"x@{self.registry[reference]}",))
        self.done.append(f"pull {reference}")

    def tag(self, reference: str, another: str) -> None:
        self.images[another] = self.images[reference]

    def save(self, references: Iterable[str]) -> Iterator[bytes]:
        self.done.append(f"save {' '.join(references)}")
        yield self.saved

    def load(self, tar: IO[bytes]) -> None:
        self.done.append(f"load {len(tar.read())} bytes")

    def folder_of(self, reference: str, path: str) -> Iterator[bytes]:
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w"):
            pass
        yield file.getvalue()

    def registry_digest(self, reference: str, within_s: float) -> str:
        self.done.append(f"ask {reference}")
        if self.registry is None:
            raise NoEngine(f"cannot ask for {reference}: no such host; images build")
        return self.registry[reference]

    def _made(self, how: str, reference: str, labels: Mapping[str, str]) -> None:
        self.images[reference] = Held(f"sha256:{reference}", 1_000_000, (), dict(labels))
        self.done.append(f"{how} {reference}")
