"""What Users and Orders are made of: a guarded application, a ledger, a control port."""

from starlette.types import ASGIApp

from services.access import warm_up
from services.control import control
from services.doors import AsgiDoor
from services.guarded import Guarded
from services.ledger import Ledger
from services.recording import Recorded
from services.serving import Service
from services.settings import RecordsSettings


def called_service(settings: RecordsSettings, app: ASGIApp) -> Service:
    """`app` for callers with a valid token behind `--listen`, its ledger behind `--control`."""
    ledger = Ledger()
    guarded = Guarded(app, settings.jwt_secret)
    recorded = Recorded(guarded, ledger, settings.name, settings.marker_header)
    doors = (
        AsgiDoor("url", "--listen", settings.listen, recorded),
        AsgiDoor("control", "--control", settings.control, control(settings.name, ledger)),
    )
    return Service(settings.name, doors, warm_up=warm_up)
