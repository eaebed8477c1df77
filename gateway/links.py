"""What links the gateway to the outside, as its settings say: the control plane, reports, the last good document."""

from datetime import UTC, datetime

from gateway.control_plane import Apply, ControlPlane
from gateway.gate import Gate
from gateway.http.client import Client
from gateway.last_good.keeper import Keeper
from gateway.last_good.places import Folder, Place, SharedRedis
from gateway.logs import Log
from gateway.publication import Publication
from gateway.reporter import Reporter
from gateway.settings import Settings
from gateway.spill.files import SpillFiles
from gateway.state import joined


def control_plane_of(
    settings: Settings, client: Client, publication: Publication, apply: Apply, log: Log
) -> ControlPlane | None:
    """The link to the Cloud Gate; None where a file says what to serve."""
    cloud = settings.cloud
    if cloud is None or settings.config is not None:
        return None
    gate = Gate(client, cloud.gate, cloud.token.raw, settings.gate_ca)

    def served() -> tuple[int | None, int | None]:
        refused = publication.refused
        return publication.version, refused.version if refused else None

    return ControlPlane(gate, cloud.environment, settings.name, served, apply, log)


def reporter_of(settings: Settings, client: Client, log: Log) -> Reporter:
    """Who delivers analytics; with a state folder what cannot be delivered is spilled there."""
    cloud = settings.cloud
    if cloud is None or settings.reports is None:
        return Reporter(None, log)
    gate = Gate(client, settings.reports, cloud.token.raw, settings.gate_ca)
    keeping, files = settings.keeping, None
    if keeping.state is not None:
        # What one account could not deliver is never delivered for another.
        name = joined("reports", cloud.token.account, cloud.environment)
        files = SpillFiles(keeping.state / name)
    return Reporter(gate, log, files, keeping.spill_bytes)


def keeper_of(settings: Settings, log: Log) -> Keeper | None:
    """Who keeps the last good document: in Redis if there is one, else in the state folder."""
    keeping, cloud = settings.keeping, settings.cloud
    folder: Place | None = Folder(keeping.state) if keeping.state else None
    place = SharedRedis(settings.redis) if settings.redis else folder
    key = keeping.snapshot_key
    if place is None or cloud is None or key is None or settings.config is not None:
        return None
    name = joined(cloud.token.account, cloud.environment, keeping.group)
    marks = [folder] if folder is not None and folder is not place else []
    return Keeper(place, name, key, log, now_iso, marks)


def now_iso() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
