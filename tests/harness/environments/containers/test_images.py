"""Which images are used, and when ours are built anew; Docker is a fake here."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.environments import PREPARING, prepare
from harness.environments.containers import images
from harness.environments.containers.environment import Containers
from harness.environments.containers.images import NoImages
from harness.environments.contract import Options
from harness.images import building, engine
from harness.images.engine import NoEngine
from harness.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path, tmp_path, "/bin", {})


@pytest.fixture
def has(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Have an engine with these images alone; what is built is remembered."""

    def with_images(*names: str) -> list[str]:
        built: list[str] = []

        def held(reference: str) -> Any:
            there = any(f"/{name}:" in reference for name in (*names, *built))
            return SimpleNamespace(id="sha256:1", digests=()) if there else None

        def build(site: Any, wanted: list[str]) -> None:
            built.extend(wanted)

        fake = SimpleNamespace(held=held, close=lambda: None)
        monkeypatch.setattr(engine, "connect", lambda environ: fake)
        monkeypatch.setattr(building, "build", build)
        return built

    return with_images


def test_all_that_is_needed_is_found(settings: Settings, has: Callable[..., list[str]]) -> None:
    has("redis", "kafka", "subjects", "suite")

    found = images.chosen(settings)

    assert set(found) == {"redis", "kafka", "subjects", "suite"}
    here = Containers(settings, Options())
    assert here.missing() is None
    assert set(here.images) == set(found)
    assert here.images["redis"]["digest"] == "sha256:1"


def test_a_missing_image_is_named_with_what_gets_it(
    settings: Settings, has: Callable[..., list[str]]
) -> None:
    has("kafka", "subjects", "suite")

    with pytest.raises(NoImages, match=r"redis .*gateproof images build"):
        images.chosen(settings)
    assert "redis" in str(Containers(settings, Options()).missing())


def test_an_emulated_kafka_is_not_had_here(settings: Settings) -> None:
    assert "real one" in str(Containers(settings, Options(kafka="emulated")).missing())


def test_only_ours_are_built_anew_and_it_is_said(
    settings: Settings, has: Callable[..., list[str]]
) -> None:
    built = has("redis", "kafka", "base", "subjects")
    said: list[str] = []

    prepare("containers", settings, said.append)

    assert built == ["suite"]
    assert said == ["images: suite differ from the code here and are built anew"]


@pytest.mark.parametrize(
    "there",
    [("redis", "kafka", "base", "subjects", "suite"), ("kafka", "base"), ("redis", "kafka")],
    ids=["everything", "no redis", "no base"],
)
def test_nothing_is_built_where_nothing_or_more_is_missing(
    settings: Settings, has: Callable[..., list[str]], there: tuple[str, ...]
) -> None:
    built = has(*there)

    images.refresh(settings, lambda line: None)

    assert built == []


def test_where_no_engine_is_reached_nothing_is_prepared(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(environ: Any) -> None:
        raise NoEngine("cannot reach Docker's engine")

    monkeypatch.setattr(engine, "connect", none)
    said: list[str] = []

    images.refresh(settings, said.append)

    assert said == []
    assert Containers(settings, Options()).missing() == "cannot reach Docker's engine"


def test_only_containers_have_something_to_prepare(settings: Settings) -> None:
    assert set(PREPARING) == {"containers"}
    prepare("embedded", settings, lambda line: None)
