"""What is pulled is what the list says, and what it says can be recorded."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from harness.images import pulling
from harness.images.catalogue import LIST, Catalogue, load
from harness.images.choice import Choice
from harness.images.engine import Held, NoEngine
from harness.images.pulling import Progress, WrongDigest, recorded
from harness.settings import read
from tests.harness.images.fake_engine import FakeEngine

DIGEST, OTHER = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"


def _redis(listed: Catalogue, digest: str = "") -> Choice:
    image = listed.image("redis")
    assert image.reference is not None
    reference = image.reference.with_digest(digest) if digest else image.reference
    return Choice(replace(image, reference=reference), str(reference), None)


def test_a_pull_returns_what_the_registry_says(listed: Catalogue) -> None:
    one = _redis(listed)
    said: list[str] = []

    found = pulling.pull(FakeEngine(registry={one.reference: DIGEST}), one, said.append, 5)

    assert found == DIGEST
    assert said == [f"redis: pulling {one.reference}"]


def test_a_pull_by_digest_leaves_the_tag_that_people_look_for(listed: Catalogue) -> None:
    one = _redis(listed, DIGEST)
    engine = FakeEngine(registry={one.reference: DIGEST})

    assert pulling.pull(engine, one, lambda line: None, 5) == DIGEST
    assert one.reference.partition("@")[0] in engine.images


def test_another_digest_than_the_lists_is_refused(listed: Catalogue) -> None:
    one = _redis(listed, DIGEST)

    with pytest.raises(WrongDigest, match=f"is {OTHER}, the list says {DIGEST}"):
        pulling.pull(FakeEngine(registry={one.reference: OTHER}), one, lambda line: None, 5)


def test_an_image_that_is_not_here_cannot_be_verified(listed: Catalogue) -> None:
    with pytest.raises(NoEngine, match=r"cannot verify redis:7\.2\.11-bookworm: it is not here"):
        pulling.check(FakeEngine(), _redis(listed))


def test_a_pull_that_does_not_end_is_ended(listed: Catalogue) -> None:
    closed = threading.Event()

    class Silent(FakeEngine):
        def pull(self, reference: str, heard: object) -> None:
            assert closed.wait(10)
            raise NoEngine("cannot pull: connection closed")

        def close(self) -> None:
            closed.set()

    with pytest.raises(NoEngine, match=r"not done within 0 s; --timeout SECONDS waits longer"):
        pulling.pull(Silent(), _redis(listed), lambda line: None, 0.05)


def test_progress_is_a_line_now_and_then() -> None:
    said: list[str] = []
    progress = Progress("kafka", said.append)

    for current in range(0, 60_000_000, 1_000_000):
        detail = {"current": current, "total": 60_000_000}
        progress.heard({"status": "Downloading", "id": "a", "progressDetail": detail})
    progress.heard({"status": "Extracting"})

    assert said == [f"kafka: {done} of 60 MB so far known" for done in (20, 40)]


def test_a_digest_is_recorded_in_the_list_and_nothing_else_changes(tmp_path: Path) -> None:
    text = LIST.read_text()
    images = load(read({})).images
    for name in ("redis", "base/python", "kafka"):
        reference = images[name].reference
        assert reference is not None

        filled = recorded(text, name, reference, DIGEST)

        (tmp_path / "images.toml").write_text(filled)
        found = load(read({}), listed=tmp_path / "images.toml").images
        assert str(found[name].reference) == f"{reference}@{DIGEST}"
        changed = [
            (old, new)
            for old, new in zip(text.splitlines(), filled.splitlines(), strict=True)
            if old != new
        ]
        assert changed == [('digest = ""', f'digest = "{DIGEST}"')]
        assert recorded(filled, name, reference, DIGEST) == filled
        with pytest.raises(ValueError, match="another digest"):
            recorded(filled, name, reference, OTHER)


def test_the_digest_of_an_image_that_somebody_chose_is_not_recorded() -> None:
    chosen = load(read({}), ["redis=mirror.test/redis:7"]).image("redis").reference
    assert chosen is not None

    with pytest.raises(ValueError, match=r"does not name mirror\.test/redis:7"):
        recorded(LIST.read_text(), "redis", chosen, DIGEST)


def test_a_registrys_digest_is_not_asked_of_what_was_built_here(listed: Catalogue) -> None:
    one = replace(_redis(listed, DIGEST), reference="gateproof/redis:abc")

    assert pulling.check(FakeEngine(images={"gateproof/redis:abc": Held("i", 1, ())}), one) == ""
