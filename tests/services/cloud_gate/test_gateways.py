"""services.cloud_gate.gateways"""

from services.cloud_gate.gateways import Gateways, Heartbeat


def test_the_last_heartbeat_of_each_gateway_is_kept() -> None:
    gateways = Gateways()
    gateways.polled("prod", Heartbeat("eu-2", 0, None, 1.0))
    gateways.polled("prod", Heartbeat("eu-1", 3, None, 2.0))
    gateways.polled("prod", Heartbeat("eu-2", 3, 4, 3.0))
    gateways.polled("test", Heartbeat("t", 1, None, 3.0))
    assert gateways.of("prod") == (Heartbeat("eu-1", 3, None, 2.0), Heartbeat("eu-2", 3, 4, 3.0))
    assert gateways.of("nowhere") == ()
