"""Who is measured: one file each, started once, with every row's route in its configuration."""

from load.bench.peers import envoy, gateway, haproxy, nginx
from load.bench.peers.contract import Peer

PEERS: tuple[Peer, ...] = (gateway.PEER, envoy.PEER, nginx.PEER, haproxy.PEER)
"""In the order of their turns; the first is ours, the others are what it is compared with."""
