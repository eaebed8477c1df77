"""Pulled where a registry answers, made here where none does, and never twice."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness import kafka_jars
from harness.images import building, content, debian, wheelhouse
from harness.images.building import Site
from harness.images.catalogue import Catalogue, load
from harness.settings import read
from tests.harness.images.fake_engine import FakeEngine

DIGEST = f"sha256:{'a' * 64}"
BASE = f"gateproof/base:{content.base_tag()}"


@pytest.fixture
def site(listed: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Site]:
    """A site where whatever is fetched is there already."""

    def fetched(packages: object, folder: Path, *_: object) -> Path:
        folder.mkdir(parents=True)
        (folder / "redis-server_5%3a7.0.15_amd64.deb").write_text("package")
        return folder

    jars = tmp_path / "jars"
    jars.mkdir()
    for jar in kafka_jars.read_lock(content.KAFKA_LOCK).jars:
        (jars / jar.file).write_text("jar")
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setattr(debian, "write_base", lambda *_: None)
    monkeypatch.setattr(debian, "fetch", fetched)
    monkeypatch.setattr(kafka_jars, "fetch", lambda *_: jars)
    monkeypatch.setattr(wheelhouse, "fetch", lambda *_: empty)
    monkeypatch.setattr(wheelhouse, "redis_server", lambda *_: empty)
    monkeypatch.setattr(content, "roots", lambda name: [])
    settings = replace(read({}), cache_folder=tmp_path / "cache")

    def make(engine: FakeEngine, **more: object) -> Site:
        def pull(one: object) -> None:
            engine.pull(one.reference, lambda record: None)  # type: ignore[attr-defined]

        told = {"catalogue": listed, **more}
        return Site(engine=engine, settings=settings, say=lambda line: None, pull=pull, **told)  # type: ignore[arg-type]

    return make


def _registry(listed: Catalogue) -> dict[str, str]:
    return {str(one.reference): DIGEST for one in listed.images.values() if one.reference}


def test_where_a_registry_answers_official_images_are_pulled(
    site: Callable[..., Site], listed: Catalogue
) -> None:
    engine = FakeEngine(registry=_registry(listed))

    made = building.build(site(engine))

    pulled = [line for line in engine.done if line.startswith("pull")]
    assert len(pulled) == 3
    assert [one.stands_in for one in made] == [False] * 5
    assert engine.images[made[3].reference].labels["gateproof.base"].startswith("python:3.11")


def test_without_a_registry_everything_is_made_and_only_one_wait_is_spent(
    site: Callable[..., Site],
) -> None:
    engine = FakeEngine()

    made = building.build(site(engine))

    assert [line.split()[0] for line in engine.done] == ["ask", "import", "build", "build", "build", "build"]  # fmt: skip
    assert all(one.held for one in made)
    assert made[0].reference == BASE
    assert engine.images[made[1].reference].labels == {
        "org.opencontainers.image.title": "gateproof redis",
        "gateproof.image": "redis",
        "gateproof.content": content.stand_in_tag("redis"),
        "gateproof.versions": "redis-server 5:7.0.15",
    }


def test_what_is_there_is_not_made_again_unless_asked(site: Callable[..., Site]) -> None:
    engine = FakeEngine()
    building.build(site(engine))
    before = len(engine.done)

    building.build(site(engine))
    assert len(engine.done) == before

    building.build(site(engine, anew=True))
    assert [line.split()[0] for line in engine.done[before:]] == ["ask", "import", "build", "build", "build", "build"]  # fmt: skip


def test_local_asks_no_registry_and_passes_over_what_came_from_one(
    site: Callable[..., Site], listed: Catalogue
) -> None:
    engine = FakeEngine(registry=_registry(listed))
    building.build(site(engine), ["redis"])

    made = building.build(site(engine, local=True), ["redis"])

    assert made[0].reference.startswith("gateproof/redis:")
    assert engine.done.count(f"ask {listed.image('redis').reference}") == 1


def test_somebodys_choice_is_pulled_or_it_fails(site: Callable[..., Site]) -> None:
    from harness.images.engine import NoEngine

    chosen = load(read({}), ["redis=mirror.test/redis:7"])
    engine = FakeEngine()

    with pytest.raises(NoEngine, match=r"cannot pull mirror\.test/redis:7"):
        building.build(site(engine, catalogue=chosen), ["redis"])
    assert not any(line.startswith("build") for line in engine.done)


def test_a_build_gets_what_it_needs_and_no_more(site: Callable[..., Site]) -> None:
    engine = FakeEngine()

    building.build(site(engine))

    names = {reference.split(":")[0]: names for reference, names in engine.contexts.items()}
    assert {name.split("/")[0] for name in names["gateproof/redis"]} == {
        "Dockerfile",
        "redis-packages",
    }
    assert "kafka-libs/kafka-clients-4.1.0.jar" in names["gateproof/kafka"]
    assert not any(name.startswith("suite") for name in names["gateproof/subjects"])
    assert "subjects-wheels/requirements.txt" in names["gateproof/subjects"]


def test_a_name_that_is_not_listed_is_refused_before_anything_is_done(
    site: Callable[..., Site],
) -> None:
    from harness.images.catalogue import BadList

    engine = FakeEngine()
    with pytest.raises(BadList, match="'mongo' is not listed"):
        building.build(site(engine), ["redis", "mongo"])
    assert engine.done == []
