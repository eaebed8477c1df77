"""The Cloud Gate as a service: a data side, a management side, a store, a producer."""

import time
from contextlib import AbstractContextManager, nullcontext

from services.access import warm_up
from services.bell import Bell
from services.cloud_gate.broker import KafkaBroker, NoBroker
from services.cloud_gate.data_side import Gate, data_side
from services.cloud_gate.gateways import Gateways
from services.cloud_gate.keys import open_keys
from services.cloud_gate.management_side import management_side
from services.cloud_gate.store import Store
from services.cloud_gate.tokens import Doorkeeper
from services.doors import AsgiDoor
from services.serving import Service, Stop
from services.settings import GateSettings


def service(settings: GateSettings) -> Service:
    """The gate of `--region`: gateways at `--listen`, the control plane at `--management`."""
    store = Store(settings.store)
    store.load()
    store.check_writable()
    broker = KafkaBroker(settings.kafka, settings.topic) if settings.kafka else NoBroker()
    news = Bell()
    gate = Gate(
        settings.region,
        open_keys(settings.jwks),
        Doorkeeper(settings.issuer, settings.region, store.revoked),
        store,
        Gateways(),
        broker,
        news,
        time.time,
    )
    doors = (
        AsgiDoor("url", "--listen", settings.listen, data_side(gate)),
        AsgiDoor(
            "management",
            "--management",
            settings.management,
            management_side(gate, settings.management_token),
        ),
    )

    def life(_stop: Stop) -> AbstractContextManager[None]:
        return broker.running() if isinstance(broker, KafkaBroker) else nullcontext()

    return Service(settings.name, doors, news, life, warm_up)
