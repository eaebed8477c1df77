"""What the tests of the containers share: a site as the warden draws it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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
