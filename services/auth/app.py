"""Auth as a service: the Invoke API in front of the login function, and its ledger."""

import time

from services.access import warm_up
from services.auth.configuration import Configurations
from services.auth.function import Credential, LoginFunction
from services.auth.invocation import function_of, invocation_app
from services.auth.passwords import read_password
from services.auth.signature import Keys
from services.control import control
from services.doors import AsgiDoor
from services.failures import Failure
from services.ledger import Ledger
from services.recording import Recorded
from services.records import Fields, Record, read_records
from services.serving import Service
from services.settings import AuthSettings

FIELDS: Fields = {"id": (int, str), "email": str, "isAdmin": bool, "password": str}


def service(settings: AuthSettings) -> Service:
    """The function behind `--listen`, its ledger behind `--control`."""
    ledger = Ledger()
    app = invocation_app(
        LoginFunction(_credentials(settings), settings.jwt_secret),
        Configurations(settings.aws_region, settings.kid),
        Keys(settings.aws_key, settings.aws_secret, settings.aws_region),
        time.time,
    )
    recorded = Recorded(app, ledger, settings.name, settings.marker_header, function_of)
    doors = (
        AsgiDoor("url", "--listen", settings.listen, recorded),
        AsgiDoor("control", "--control", settings.control, control(settings.name, ledger)),
    )
    return Service(settings.name, doors, warm_up=warm_up)


def _credentials(settings: AuthSettings) -> dict[str, Credential]:
    records = read_records(settings.name, settings.data, "credentials", FIELDS)
    return {
        record["email"]: _credential(settings, number, record)
        for number, record in enumerate(records)
    }


def _credential(settings: AuthSettings, number: int, record: Record) -> Credential:
    try:
        password = read_password(record["password"])
    except ValueError as found:
        place = f"{settings.data}: /credentials/{number}/password"
        raise Failure(f"{settings.name}: the data file {place}: {found}; hash it again") from None
    return Credential(record["id"], record["email"], record["isAdmin"], password)
