"""Which images were built here and are used no more: the code has moved on, and its tag with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.images import choice, content
from harness.images.catalogue import Catalogue, Image
from harness.images.engine import Engine, NoEngine

LABEL = "gateproof.image"
"""What every build of ours carries."""


@dataclass(frozen=True, slots=True)
class Old:
    """An image that nothing in this checkout leads to."""

    name: str
    reference: str
    size_bytes: int


def old(engine: Engine, listed: Catalogue, images: Sequence[Image]) -> list[Old]:
    """Return the builds of these images that this checkout would not use, by name and reference.

    Errors: NoEngine.
    """
    bases = choice.base_candidates(listed)
    found = []
    for reference, _ in engine.labelled(LABEL):
        image = next((one for one in images if reference.startswith(f"{one.local}:")), None)
        if image is None or reference in _current(image, bases):
            continue
        held = engine.held(reference)
        if held is not None:
            found.append(Old(image.name, reference, held.size_bytes))
    return sorted(found, key=lambda one: (one.name, one.reference))


def _current(image: Image, bases: Sequence[str]) -> set[str]:
    return {f"{image.local}:{tag}" for tag in content.tags(image.name, bases)}


def remove(engine: Engine, found: Iterable[Old]) -> list[tuple[Old, str]]:
    """Remove them. Returns those that resisted, each with what the engine says: one that is in use."""
    resisted = []
    for one in found:
        try:
            engine.remove(one.reference)
        except NoEngine as error:
            resisted.append((one, str(error)))
    return resisted
