"""What is there, what is not, and which addresses cannot work."""

from dataclasses import replace

import pytest

from harness import topology
from harness.environments.attachment import DOCUMENT, RIG, Attachment, missing_from, problem_of
from harness.environments.contract import Fidelity, Identity

GATEWAY = {"eu-1.proxy": "http://10.0.0.5:8000", "eu-1.admin": "http://10.0.0.5:8001"}
OWN = Attachment("file", GATEWAY, GATEWAY, own=True, advertise="10.0.0.9")
GATE = {"gate-eu.management": "http://10.0.0.6:8080"}


def _with(addresses: dict[str, str], **changes: object) -> Attachment:
    return replace(OWN, addresses=GATEWAY | addresses, **changes)  # type: ignore[arg-type]


def test_services_that_are_not_named_are_started_where_documents_are_published() -> None:
    assert OWN.started_here == topology.LEDGER_KEEPERS
    assert replace(OWN, own=False).started_here == frozenset()
    named = {"users.url": "http://u:1", "users.control": "http://u:2"}
    assert _with(named).started_here == topology.LEDGER_KEEPERS - {"users"}


def test_fidelity_names_each_part_that_is_absent() -> None:
    found = OWN.fidelity()

    assert found["eu-1"] is found["upstream"] is found["gateway"] is Fidelity.REAL
    assert found["eu-2"] is found["us-1"] is found["redis"] is found["ingest"] is Fidelity.ABSENT
    assert found[RIG] is Fidelity.ABSENT
    assert found[DOCUMENT] is Fidelity.REAL
    assert replace(OWN, own=False).fidelity()[DOCUMENT] is Fidelity.ABSENT


@pytest.mark.parametrize(
    ("name", "address", "problem"),
    [
        ("eu-1.proxy", "http://gateway:8000", ""),
        ("eu-1.proxy", "http://[::1]:8000/", ""),
        ("redis.url", "redis://10.0.0.7:6379/0", ""),
        ("eu-1.proxy", "https://gateway:8443", "no http://HOST:PORT"),
        ("eu-1.proxy", "http://gateway", "no http://HOST:PORT"),
        ("eu-1.proxy", "http://gateway:http", "no http://HOST:PORT"),
        ("eu-1.proxy", "http://gateway:99999", "no http://HOST:PORT"),
        ("eu-1.proxy", "http://gateway:8000/api", "no http://HOST:PORT"),
        ("eu-1.proxy", "gateway:8000", "no http://HOST:PORT"),
        ("eu-7.proxy", "http://gateway:8000", "there is no part 'eu-7'"),
        ("eu-1.url", "http://gateway:8000", "eu-1 has no address 'url'; it has proxy, admin"),
        ("kafka.bootstrap", "", "is empty"),
    ],
)
def test_an_address_is_right_or_says_what_is_wrong(name: str, address: str, problem: str) -> None:
    found = problem_of(name, address)

    assert problem in found
    assert bool(found) == bool(problem)


@pytest.mark.parametrize(
    ("attachment", "lack"),
    [
        (OWN, ""),
        (replace(OWN, addresses={}), "names no gateway"),
        (replace(OWN, addresses={"eu-1.proxy": "http://g:1"}), "eu-1 needs its admin address"),
        (replace(OWN, advertise=""), "under which address the gateway reaches auth, orders"),
        (replace(OWN, advertise="", own=False), ""),
        (_with({"users.url": "http://u:1"}), "users needs its control address"),
        (_with({"users.url": "http://u:1", "users.control": "http://u:2"}), "needs secrets.jwt"),
        (_with(GATE), "needs secrets.management"),
        (_with(GATE, secrets={"management": "m"}), "gate-eu needs environment = NAME"),
        (
            _with(GATE, secrets={"management": "m"}, identities={"eu": Identity("", "prod", "")}),
            "",
        ),
        (_with({"ingest.url": "http://i:1"}), "ingest needs to know where events go"),
    ],
)
def test_what_is_lacking_is_said(attachment: Attachment, lack: str) -> None:
    found = missing_from(attachment)

    assert lack in found
    assert bool(found) == bool(lack)


def test_a_secret_is_not_in_what_is_printed() -> None:
    assert "hush" not in repr(replace(OWN, secrets={"jwt": "hush"}))
