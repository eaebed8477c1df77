"""Builds of other states of the code are found, and only they are removed."""

import pytest

from harness.images import catalogue, content, pruning
from harness.images.engine import Held, NoEngine
from harness.settings import read
from tests.harness.images.fake_engine import FakeEngine

OURS = {pruning.LABEL: "x"}


class Shelf(FakeEngine):
    """An engine whose images are all labelled as ours."""

    used: str = ""

    def labelled(self, label: str) -> list[tuple[str, str]]:
        assert label == pruning.LABEL
        return [(name, held.id) for name, held in self.images.items() if label in held.labels]

    def remove(self, reference: str) -> None:
        if reference == self.used:
            raise NoEngine(f"cannot remove {reference}: in use by a container; stop it")
        del self.images[reference]


@pytest.fixture
def listed() -> catalogue.Catalogue:
    return catalogue.load(read())


def _shelf(*references: str) -> Shelf:
    return Shelf(images={name: Held(name, 5_000_000, (), OURS) for name in references})


def _current(listed: catalogue.Catalogue) -> list[str]:
    bases = [str(listed.image(content.BASE).reference), f"gateproof/base:{content.base_tag()}"]
    names = ("redis", "kafka", "base/python", "subjects", "suite")
    return [
        f"{listed.image(name).local}:{tag}" for name in names for tag in content.tags(name, bases)
    ]


def test_what_this_checkout_would_use_stays_on_whatever_base(listed: catalogue.Catalogue) -> None:
    shelf = _shelf(*_current(listed), "gateproof/suite:old", "gateproof/kafka:old")

    found = pruning.old(shelf, listed, listed.named([]))

    assert [one.reference for one in found] == ["gateproof/kafka:old", "gateproof/suite:old"]
    assert pruning.remove(shelf, found) == []
    assert sorted(shelf.images) == sorted(_current(listed))


def test_only_the_images_that_were_named_are_looked_at(listed: catalogue.Catalogue) -> None:
    shelf = _shelf("gateproof/suite:old", "gateproof/kafka:old")

    found = pruning.old(shelf, listed, listed.named(["suite"]))

    assert [(one.name, one.reference, one.size_bytes) for one in found] == [
        ("suite", "gateproof/suite:old", 5_000_000)
    ]


def test_what_others_made_is_not_touched(listed: catalogue.Catalogue) -> None:
    shelf = _shelf("somebody/suite:old", "gateproof/suite-of-mine:1")
    shelf.images["gateproof/suite:by-hand"] = Held("y", 1, ())

    assert pruning.old(shelf, listed, listed.named([])) == []


def test_what_is_in_use_stays_and_is_told(listed: catalogue.Catalogue) -> None:
    shelf = _shelf("gateproof/suite:one", "gateproof/suite:two")
    shelf.used = "gateproof/suite:one"

    resisted = pruning.remove(shelf, pruning.old(shelf, listed, listed.named([])))

    assert [(one.reference, why) for one, why in resisted] == [
        ("gateproof/suite:one", "cannot remove gateproof/suite:one: in use by a container; stop it")
    ]
    assert list(shelf.images) == ["gateproof/suite:one"]
