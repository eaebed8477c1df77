"""What the tests of the containers share: a site as the warden draws it, and Docker where it is."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from harness import settings
from harness.environments.containers import images
from harness.environments.containers.images import NoImages
from harness.environments.contract import Site
from harness.settings import ROOT


@pytest.fixture
def site(tmp_path: Path) -> Callable[..., Site]:
    """Make a site; `inside` names addresses that are known already."""

    def make(rig: str = "rig3", subjects: Path = ROOT, **said: Any) -> Site:
        key_set = tmp_path / "jwks.json"
        key_set.write_text('{"keys":[]}')
        return Site(
            rig=rig,
            folder=tmp_path,
            subjects=subjects,
            key_set=key_set,
            cloud_token=lambda region: f"the token of {region}",
            secrets={
                "jwt": "the jwt secret",
                "aws_key": "the key's id",
                "aws_secret": "the aws secret",
                "management": "the management token",
                "snapshot": "the snapshot key",
                "admin": "the admin token",
            },
            **said,
        )

    return make


@pytest.fixture(scope="session")
def docker_here() -> None:
    """Skip where there is no Docker, or no image; ours are built anew if the code has changed."""
    here = settings.read()
    images.refresh(here, print)
    try:
        images.chosen(here)
    except NoImages as error:
        pytest.skip(f"no containers here: {error}")


@pytest.fixture
def docker_client(docker_here: None) -> Iterator[Any]:
    client = docker.from_env()
    yield client
    client.close()
