"""What is swept in Docker, and what is left alone; Docker itself is a fake here."""

import platform
from pathlib import Path
from typing import Any

import docker.errors
import pytest

from harness.environments.containers import layout, leftovers


class _Thing:
    def __init__(self, world: "_World", kind: str, run: str, host: str, folder: str) -> None:
        self.world, self.kind, self.name = world, kind, f"{kind} of {run}"
        self.labels = {layout.RUN: run, layout.FOLDER: folder, layout.HOST: host}

    def remove(self, **how: Any) -> None:
        self.world.things.remove(self)


class _Listed:
    def __init__(self, world: "_World", kind: str) -> None:
        self.world, self.kind = world, kind

    def list(self, filters: dict[str, str], **how: Any) -> list[_Thing]:
        run = filters["label"].partition("=")[2]
        found = [one for one in self.world.things if one.kind == self.kind]
        return [one for one in found if one.labels[layout.RUN] == run]


class _World:
    """A Docker with things in it; also its own client and api."""

    def __init__(self) -> None:
        self.things: list[_Thing] = []
        self.api = self
        self.timeout = 0
        kinds = ("containers", "networks", "volumes")
        self._listed = {kind: _Listed(self, kind) for kind in kinds}

    def add(self, run: str, host: str = "", folder: str = "/gone") -> None:
        for kind in self._listed:
            self.things.append(_Thing(self, kind, run, host or platform.node(), folder))

    def close(self) -> None:
        pass

    def told(self, kind: str) -> Any:
        found = [{"Labels": one.labels} for one in self.things if one.kind == kind]
        return {"Volumes": found} if kind == "volumes" else found

    @property
    def runs(self) -> set[str]:
        return {one.labels[layout.RUN] for one in self.things}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> _World:
    made = _World()

    class Both:
        """The SDK's client has collections, its api has functions of the same names."""

        api = type(
            "Api", (), {
                kind: (lambda self, *, _kind=kind, **how: made.told(_kind))
                for kind in ("containers", "networks", "volumes")
            },
        )()  # fmt: skip
        containers, networks, volumes = made._listed.values()

        def close(self) -> None:
            pass

    monkeypatch.setattr(leftovers.docker, "from_env", lambda **how: Both())
    return made


def _dead(whose: layout.Whose) -> bool:
    return whose.folder == Path("/gone")


def test_everything_of_a_dead_run_is_removed(world: _World) -> None:
    world.add("dead")
    world.add("live", folder="/locked")

    assert leftovers.sweep(_dead) == ["dead"]

    assert world.runs == {"live"}


def test_runs_of_other_machines_are_left_alone(world: _World) -> None:
    world.add("theirs", host="elsewhere")

    assert leftovers.sweep(_dead) == []
    assert world.runs == {"theirs"}


def test_where_there_is_no_docker_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(**how: Any) -> None:
        raise docker.errors.DockerException("no such file")

    monkeypatch.setattr(leftovers.docker, "from_env", none)

    assert leftovers.sweep(_dead) == []
