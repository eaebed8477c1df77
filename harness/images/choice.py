"""Which image is meant by a name on this machine, and whether it is there."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from harness.images import content
from harness.images.catalogue import BadList, Catalogue, Image, candidates
from harness.images.engine import Engine, Held
from harness.settings import ROOT


@dataclass(frozen=True, slots=True)
class Choice:
    """Shape: reference is what is used, or would be; held is None while the engine does not have it."""

    image: Image
    reference: str
    held: Held | None

    @property
    def stands_in(self) -> bool:
        """Whether it is of our own making in place of an official one."""
        return self.image.reference is not None and self.reference != str(self.image.reference)

    @property
    def digest(self) -> str:
        """Return what identifies exactly these bits: a registry's digest, else the engine's id."""
        if self.held is None:
            return ""
        named = (one.partition("@")[2] for one in self.held.digests)
        return next(named, self.held.id)


class Missing(Exception):
    """Images are not there; the text names them and what gets them."""


def choose(catalogue: Catalogue, name: str, engine: Engine, subjects: Path = ROOT) -> Choice:
    """Return the official image if the engine has it, else ours, else the one to be fetched or built.

    Errors: BadList for a name that is not listed; NoEngine.
    """
    image = catalogue.image(name)
    bases = base_candidates(catalogue) if name in content.OURS else []
    bases.sort(
        key=lambda base: engine.held(base) is None
    )  # what is built next is built on what is here
    wanted = candidates(image, content.tags(name, bases, subjects))
    if not wanted:
        raise BadList(f"image {name!r} has neither a reference nor a local name in the list")
    for reference in wanted:
        if held := engine.held(reference):
            return Choice(image, reference, held)
    return Choice(image, wanted[0], None)


def base_candidates(catalogue: Catalogue) -> list[str]:
    """Return the bases that images of ours may have been built on."""
    return candidates(catalogue.image(content.BASE), [content.base_tag()])


def require(
    catalogue: Catalogue, names: Iterable[str], engine: Engine, subjects: Path = ROOT
) -> dict[str, Choice]:
    """Return the images to start, by name; for environments.

    Errors: Missing, one line; BadList; NoEngine.
    """
    chosen = {name: choose(catalogue, name, engine, subjects) for name in names}
    absent = [one for one in chosen.values() if one.held is None]
    if absent:
        raise Missing(
            f"not on this machine: {', '.join(f'{one.image.name} ({one.reference})' for one in absent)}; "
            "gateproof images build makes or pulls them, images load FILE brings them along"
        )
    return chosen
