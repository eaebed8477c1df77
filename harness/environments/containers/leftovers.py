"""What runs left in Docker: containers, networks and volumes, found by their labels and removed."""

import contextlib
import platform
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import docker
import docker.errors
import requests

from harness.environments.containers import layout

_CONNECT_S = 2
_ANSWER_S = 60


def remove_run(client: Any, run: str) -> list[str]:
    """Remove everything that carries a run's label. Returns what could not be removed, in words."""
    label = {"label": f"{layout.RUN}={run}"}
    failed: list[str] = []

    def remove(each: Any, **how: Any) -> None:
        try:
            each.remove(**how)
        except docker.errors.NotFound:
            pass
        except docker.errors.APIError as error:
            if error.status_code != 409:  # its removal is under way
                failed.append(f"{each.name}: {error.explanation}")

    with ThreadPoolExecutor(8) as pool:
        found = client.containers.list(all=True, filters=label, ignore_removed=True)
        list(pool.map(lambda one: remove(one, force=True, v=True), found))
        list(pool.map(remove, client.networks.list(filters=label)))
        list(pool.map(remove, client.volumes.list(filters=label)))
    return failed


def sweep(is_dead: Callable[[layout.Whose], bool]) -> list[str]:
    """Remove what runs of this machine left whose owner is dead; [] where there is no Docker.

    An engine may be shared: of runs of other machines nobody here can tell whether they live.
    """
    try:
        client = docker.from_env(timeout=_CONNECT_S)
    except (docker.errors.DockerException, OSError):
        return []
    client.api.timeout = _ANSWER_S
    with contextlib.closing(client):
        try:
            here = {one for one in _owners(client) if one.host == platform.node()}
            dead = sorted({one.run for one in here if is_dead(one)})
            for run in dead:
                remove_run(client, run)
        except (docker.errors.DockerException, requests.RequestException, OSError):
            return []
    return dead


def _owners(client: Any) -> Iterable[layout.Whose]:
    ours = {"label": layout.RUN}
    volumes = client.api.volumes(filters=ours)["Volumes"] or []
    for each in (
        *client.api.containers(all=True, filters=ours),
        *client.api.networks(filters=ours),
        *volumes,
    ):
        owner = layout.whose(each.get("Labels") or {})
        if owner is not None:
            yield owner
