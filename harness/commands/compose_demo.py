"""`gateproof up --env compose` and its `down`: the same demo, in containers that people can look into."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import yaml

from harness.environments import compose, compose_project
from harness.environments.attached import ways_to
from harness.environments.attachment import Attachment
from harness.environments.compose_images import chosen
from harness.environments.compose_project import Project
from harness.environments.contract import CannotStart
from harness.settings import Settings
from harness.warden import ownership
from harness.warden.publisher import Publisher
from harness.warden.rig import Rig
from harness.warden.web import Web

ENV = "compose"


def up(settings: Settings, profiles: Sequence[str], demo: Path) -> dict[str, Any]:
    """Start the project, publish the demo, and return the facts that `up` tells.

    Errors: CannotStart, NotServed. What was started is removed then.
    """
    project = Project(settings)
    images = chosen(settings)
    if project.folder.exists():
        compose_project.stop(project)  # a killed `up` left it
    try:
        project.prepare(images, profiles)
        compose_project.start(project, profiles)
        found = compose.attachment(project)
        refused = asyncio.run(_publish(found, yaml.safe_load(demo.read_text())))
        if refused:
            raise CannotStart(f"the demo was refused: {refused}")
    except BaseException as error:
        _taken_down(project, error)
        raise
    return facts(found)


def _taken_down(project: Project, why: BaseException) -> None:
    """Leave nothing of what did not come up. Errors: CannotStart with both reasons."""
    if not project.folder.exists():
        return
    try:
        compose_project.stop(project)
    except CannotStart as error:
        raise CannotStart(f"{why}; `make down` has to end what is there: {error}") from None


def facts(found: Attachment) -> dict[str, Any]:
    """Draw what `up` knows of a run from what is known of the project."""
    return {
        "addresses": dict(found.addresses),
        "parts": sorted(found.parts),
        "identities": {region: asdict(one) for region, one in found.identities.items()},
        "fidelity": dict(found.fidelity()),
    }


async def _publish(found: Attachment, document: Any) -> dict[str, Any]:
    web = Web()
    try:
        tagged = ownership.tagged(document, ownership.DEMO)
        publisher = Publisher(web, lambda _rig, region: ways_to(web, found, region))
        done = await publisher.publish(_as_rig(found), tagged, {}, wait=True)
        return done.refused
    finally:
        await web.close()


def _as_rig(found: Attachment) -> Rig:
    """A publisher wants addresses, secrets and parts; nothing here is started or stopped."""
    site = SimpleNamespace(addresses=found.addresses, inside=found.inside, secrets=found.secrets)
    return cast(
        Rig, SimpleNamespace(site=site, parts=set(found.parts), identities=found.identities)
    )


def is_up(settings: Settings) -> bool:
    project = Project(settings)
    try:
        return not project.missing() and "eu-1.proxy" in compose.published(project.containers())
    except CannotStart:
        return False


def down(settings: Settings) -> None:
    """Errors: CannotStart."""
    compose_project.stop(Project(settings))
