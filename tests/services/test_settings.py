"""services.settings"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from services.failures import Failure
from services.settings import (
    DATA,
    Address,
    AuthSettings,
    CalledSettings,
    GateSettings,
    IngestSettings,
    RecordsSettings,
    read,
)

Env = Mapping[str, str]
GATE = ("--region", "eu", "--jwks", "keys.json", "--issuer", "i", "--kafka", "none", "--store", "s")


def test_users_come_with_defaults(called_settings: Env) -> None:
    settings = read("users", [], called_settings)
    assert isinstance(settings, RecordsSettings)
    assert settings.listen == settings.control == Address("127.0.0.1", 0)
    assert settings.marker_header == "X-Gateproof-Marker"
    assert settings.data == DATA / "users.json"
    assert settings.jwt_secret == called_settings["JWT_SECRET"]


def test_orders_and_auth_have_data_of_their_own(called_settings: Env) -> None:
    orders, auth = read("orders", [], called_settings), read("auth", [], called_settings)
    assert isinstance(orders, RecordsSettings)
    assert orders.data == DATA / "orders.json"
    assert isinstance(auth, AuthSettings)
    assert auth.data == DATA / "credentials.json"
    assert (auth.aws_region, auth.kid) == ("eu-west-1", "demo-key")


def test_upstream_needs_no_secret() -> None:
    settings = read("upstream", ["--listen", "[::1]:81", "--marker-header", "X-M"], {})
    assert isinstance(settings, CalledSettings)
    assert (settings.listen, settings.marker_header) == (Address("::1", 81), "X-M")


def test_a_secret_comes_from_a_file_before_the_environment(
    tmp_path: Path, called_settings: Env
) -> None:
    file = tmp_path / "secret"
    file.write_text("the secret of the file, long enough too\n")
    settings = read("users", ["--jwt-secret-file", str(file)], called_settings)
    assert isinstance(settings, RecordsSettings)
    assert settings.jwt_secret == "the secret of the file, long enough too"


def test_a_gate_may_do_without_kafka() -> None:
    settings = read("cloud_gate", GATE, {"CLOUD_GATE_MANAGEMENT_TOKEN": "m"})
    assert isinstance(settings, GateSettings)
    assert (settings.region, settings.kafka, settings.management_token) == ("eu", None, "m")


def test_ingest_knows_its_topic() -> None:
    settings = read("ingest", ["--kafka", "127.0.0.1:9092", "--index", "i"], {})
    assert isinstance(settings, IngestSettings)
    assert (settings.kafka, settings.topic) == ("127.0.0.1:9092", "reports")


@pytest.mark.parametrize(
    ("name", "argv", "env", "says"),
    [
        ("users", [], {}, "no JWT_SECRET and no default for it"),
        ("users", [], {"JWT_SECRET": "Too many secrets."}, "printed in the walkthrough"),
        (
            "users",
            ["--jwt-secret-file", "/no/such"],
            {},
            "cannot read --jwt-secret-file /no/such: no such",
        ),
        ("users", ["--jwt-secret-file", "/dev/null"], {}, "/dev/null is empty"),
        ("users", ["--listen", "here"], {}, 'expected HOST:PORT, found "here"'),
        ("users", ["--listen", "127.0.0.1:99999"], {}, "expected HOST:PORT"),
        ("users", ["--listen", ":80"], {}, "expected HOST:PORT"),
        ("users", ["--lis", "127.0.0.1:0"], {}, "unrecognized arguments"),
        ("users", ["more"], {}, "unrecognized arguments: more"),
        ("auth", [], {"JWT_SECRET": "x" * 32}, "no AWS_ACCESS_KEY_ID"),
        ("cloud_gate", [], {}, "the following arguments are required"),
        ("cloud_gate", [*GATE, "--region", "mars"], {}, "invalid choice: 'mars'"),
        ("cloud_gate", GATE, {}, "no CLOUD_GATE_MANAGEMENT_TOKEN"),
        ("cloud_gate", [*GATE, "--kafka", "here"], {}, "expected HOST:PORT"),
        ("ingest", ["--kafka", "none", "--index", "i"], {}, "nothing to ingest"),
    ],
    ids=str,
)
def test_what_is_wrong_is_one_line(
    name: str, argv: list[str], env: dict[str, str], says: str
) -> None:
    with pytest.raises(Failure) as failure:
        read(name, argv, env)
    assert failure.value.line.startswith(f"{name}: ")
    assert says in failure.value.line
    assert failure.value.code == 2


def test_a_short_secret_is_mentioned(capsys: pytest.CaptureFixture[str]) -> None:
    read("users", [], {"JWT_SECRET": "short"})
    assert capsys.readouterr().err.startswith("users: the JWT secret is short")
