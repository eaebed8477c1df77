"""A gate without sockets and without Kafka, for the tests of its two sides."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from services.bell import Bell
from services.cloud_gate.broker import Message
from services.cloud_gate.data_side import Gate
from services.cloud_gate.gateways import Gateways
from services.cloud_gate.keys import open_keys
from services.cloud_gate.store import Store
from services.cloud_gate.tokens import Doorkeeper

NOW_S = 1_700_000_000.0


@dataclass
class FakeBroker:
    """Takes everything, or nothing."""

    takes: bool = True
    taken: list[Message] = field(default_factory=list)

    async def deliver(self, messages: Sequence[Message]) -> bool:
        if self.takes:
            self.taken += messages
        return self.takes


@pytest.fixture
def broker() -> FakeBroker:
    return FakeBroker()


@pytest.fixture
def gate(tmp_path: Path, issuer: Any, broker: FakeBroker) -> Gate:
    jwks = tmp_path / "jwks.json"
    jwks.write_text(json.dumps(issuer.key_set()))
    store = Store(tmp_path / "store.json")
    keys, doorkeeper = (
        open_keys(str(jwks)),
        Doorkeeper("https://cloud.test", "eu", store.revoked),
    )
    return Gate("eu", keys, doorkeeper, store, Gateways(), broker, Bell(), lambda: NOW_S)


@pytest.fixture
def bearer(issuer: Any) -> Callable[..., dict[str, str]]:
    """The header with a Cloud Token that is good at the gate's time."""

    def make(**claims: Any) -> dict[str, str]:
        token = issuer.token(**{"exp": int(NOW_S) + 60, "iat": int(NOW_S), **claims})
        return {"Authorization": f"Bearer {token}"}

    return make
