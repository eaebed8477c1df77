"""The official image if it is here, else ours, else the one to be had; never an unlisted one."""

import pytest

from harness.images import choice, content
from harness.images.catalogue import BadList, Catalogue
from harness.images.choice import Choice, Missing
from harness.images.engine import Held
from tests.harness.images.fake_engine import FakeEngine

HELD = Held("sha256:1", 5, ("redis@sha256:official",))
STAND_IN = f"gateproof/redis:{content.stand_in_tag('redis')}"


def _chosen(listed: Catalogue, name: str, *held: str) -> Choice:
    return choice.choose(listed, name, FakeEngine(images=dict.fromkeys(held, HELD)))


def test_the_official_image_comes_first_and_ours_takes_its_place(listed: Catalogue) -> None:
    official = str(listed.image("redis").reference)

    assert _chosen(listed, "redis", official, STAND_IN).reference == official
    assert _chosen(listed, "redis", STAND_IN).reference == STAND_IN
    assert _chosen(listed, "redis", STAND_IN).stands_in
    assert _chosen(listed, "redis").reference == official
    assert _chosen(listed, "redis").held is None


def test_an_image_of_ours_is_found_on_whichever_base_it_was_built(listed: Catalogue) -> None:
    official, ours = choice.base_candidates(listed)
    on_ours = f"gateproof/suite:{content.own_tag('suite', ours)}"

    assert _chosen(listed, "suite", on_ours).reference == on_ours
    assert _chosen(listed, "suite", ours).reference == on_ours
    assert _chosen(listed, "suite", official).reference.endswith(content.own_tag("suite", official))


def test_an_image_from_before_a_change_does_not_count(listed: Catalogue) -> None:
    assert _chosen(listed, "redis", "gateproof/redis:older").held is None


def test_what_identifies_an_image_is_a_registrys_digest_or_the_engines_id(
    listed: Catalogue,
) -> None:
    image = listed.image("redis")

    assert Choice(image, "a:1", HELD).digest == "sha256:official"
    assert Choice(image, "a:1", Held("sha256:1", 5, ())).digest == "sha256:1"
    assert Choice(image, "a:1", None).digest == ""


def test_what_is_missing_is_one_line_with_what_gets_it(listed: Catalogue) -> None:
    with pytest.raises(Missing, match=r"not on this machine: kafka \(apache/kafka:.*images build"):
        choice.require(listed, ["redis", "kafka"], FakeEngine(images={STAND_IN: HELD}))
    found = choice.require(listed, ["redis"], FakeEngine(images={STAND_IN: HELD}))
    assert found["redis"].reference == STAND_IN


def test_what_is_not_listed_is_refused(listed: Catalogue) -> None:
    with pytest.raises(BadList, match="'mongo' is not listed"):
        choice.choose(listed, "mongo", FakeEngine())
