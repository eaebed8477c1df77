"""A start without the control plane: from the last good document, if there is one."""

from gateway.configuration import Configuration
from gateway.control_plane import ControlPlane
from gateway.last_good.keeper import Keeper
from gateway.logs import Log

GATE_PATIENCE_S = 1.0


async def boot(keeper: Keeper, link: ControlPlane, configuration: Configuration, log: Log) -> None:
    """Serve the last good document unless the gate has something to say within its time.

    A gate that turns the gateway away is not away: its account may have ended, its token may
    have been revoked, and then an old document is the last thing to serve.
    """
    kept = await keeper.load()
    await link.first_poll(GATE_PATIENCE_S)
    if link.turned_away:
        log.warning("snapshot not served: the gate turns this gateway away")
    elif kept is not None:
        await configuration.restore(kept)
