"""Pulls images with progress and a bound on silence, and sees to it that they are what the list says."""

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.images.choice import Choice
from harness.images.engine import Engine, NoEngine
from harness.images.reference import Reference

_EVERY_BYTES = 20_000_000


class WrongDigest(Exception):
    """An image is not the one that the list names; the text says which digests differ."""


@dataclass(slots=True)
class Progress:
    """Adds up what layers report, and prints a line now and then."""

    name: str
    say: Callable[[str], None]
    _done: dict[str, tuple[int, int]] = field(default_factory=dict)
    _said: int = 0

    def heard(self, record: Mapping[str, Any]) -> None:
        detail = record.get("progressDetail") or {}
        if record.get("status") == "Downloading" and detail.get("total"):
            self._done[str(record.get("id"))] = (int(detail["current"]), int(detail["total"]))
            done = sum(one for one, _ in self._done.values())
            if done - self._said >= _EVERY_BYTES:
                self._said = done
                total = sum(one for _, one in self._done.values())
                self.say(f"{self.name}: {done / 1e6:.0f} of {total / 1e6:.0f} MB so far known")


def pull(engine: Engine, choice: Choice, say: Callable[[str], None], within_s: float) -> str:
    """Pull what is chosen, check it against the list, and return its digest.

    Errors: NoEngine; WrongDigest.
    """
    reference = str(choice.image.reference)
    say(f"{choice.image.name}: pulling {reference}")
    with _bounded(engine, reference, within_s):
        engine.pull(reference, Progress(choice.image.name, say).heard)
    if choice.image.reference and choice.image.reference.digest:
        # what is pulled by digest has no tag, and people look for the tag
        engine.tag(reference, choice.image.reference.tagged)
    return check(engine, choice)


@contextmanager
def _bounded(engine: Engine, reference: str, within_s: float) -> Iterator[None]:
    """A pull that does not end is ended by closing the connection under it."""
    late = threading.Event()

    def end() -> None:
        late.set()
        engine.close()

    clock = threading.Timer(within_s, end)
    clock.daemon = True
    clock.start()
    try:
        yield
    except Exception:
        if late.is_set():
            raise _too_slow(reference, within_s) from None
        raise
    finally:
        clock.cancel()
    if late.is_set():
        raise _too_slow(reference, within_s)


def _too_slow(reference: str, within_s: float) -> NoEngine:
    return NoEngine(
        f"cannot pull {reference}: not done within {within_s:.0f} s; --timeout SECONDS waits longer, "
        "gateproof images build needs no registry"
    )


def check(engine: Engine, choice: Choice) -> str:
    """Return the registry's digest of an image that is there.

    Errors: WrongDigest if the list names another; NoEngine.
    """
    reference = choice.image.reference
    held = engine.held(choice.reference)
    if held is None:
        raise NoEngine(
            f"cannot verify {choice.reference}: it is not here; images pull, or images build"
        )
    found = [one.partition("@")[2] for one in held.digests]
    if not choice.stands_in and reference and reference.digest and reference.digest not in found:
        raise WrongDigest(
            f"{choice.reference} is {', '.join(found) or 'without a digest of a registry'}, "
            f"the list says {reference.digest}; pull it again, or look at who changed the tag"
        )
    return found[0] if found else ""


def recorded(text: str, name: str, reference: Reference, digest: str) -> str:
    """Return the text of a list with the digest of one image filled in.

    Shape: nothing else of the text changes. ValueError if the image has no empty digest there.
    """
    key = name if re.fullmatch(r"[\w-]+", name) else f'"{name}"'
    start = text.find(f"[image.{key}]\n")
    end = text.find("\n[", start)
    table = text[start : end if end > 0 else len(text)]
    if start < 0 or f'reference = "{reference.tagged}"' not in table:
        raise ValueError(f"the list does not name {reference.tagged} for {name}")
    filled = re.sub(r'^digest = ""$', f'digest = "{digest}"', table, flags=re.MULTILINE)
    if filled == table and f'digest = "{digest}"' not in table:
        raise ValueError(f"the list has another digest for {name}; correct it by hand")
    return text[:start] + filled + text[start + len(table) :]


def record(file: Path, choice: Choice, digest: str) -> None:
    """Write a digest that a registry told into the list.

    Errors: ValueError, OSError.
    """
    assert choice.image.reference is not None
    text = recorded(file.read_text(), choice.image.name, choice.image.reference, digest)
    file.write_text(text)
