"""What `up` tells people and scripts, and how it knows that something is up."""

import argparse
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jwt
import pytest
import yaml

from harness import environments, topology
from harness.commands import demo, token
from harness.scenario import people
from harness.specification.fragments import resolved
from harness.warden.publisher import lookup
from harness.warden.wire import WardenLost

ADDRESSES = {
    **{f"{name}.proxy": f"http://{name}:1" for name in ("eu-1", "eu-2", "us-1")},
    **{f"{name}.admin": f"http://{name}:2" for name in ("eu-1", "eu-2", "us-1")},
    **{f"{name}.url": f"http://{name}:3" for name in ("users", "orders", "auth", "ingest")},
    "gate-eu.url": "http://gate-eu:3", "gate-us.url": "http://gate-us:3",
    "redis.url": "redis://127.0.0.1:6379", "kafka.bootstrap": "127.0.0.1:9092",
}  # fmt: skip
FACTS = {
    "addresses": ADDRESSES,
    "parts": sorted(topology.EVERYTHING),
    "identities": {region: {"index": f"index-{region}"} for region in ("eu", "us")},
    "fidelity": {"kafka": "emulated"},
}


def test_up_json_holds_what_scripts_rely_on() -> None:
    told = demo._told("k3f9", "/run/warden.sock", FACTS)

    assert told["gateway"] == "http://eu-1:1"
    assert told["admin"] == "http://eu-1:2"
    assert told["gateways"] == {name: f"http://{name}:1" for name in ("eu-1", "eu-2", "us-1")}
    assert told["cloud_gates"] == {"eu": "http://gate-eu:3", "us": "http://gate-us:3"}
    assert {"users", "orders", "auth", "redis", "kafka", "index"} <= told.keys()
    json.dumps(told)


def test_the_lines_to_try_name_the_addresses() -> None:
    words = demo._in_words(demo._told("k3f9", "/run/warden.sock", FACTS))

    assert "curl -i http://eu-1:1/users/public" in words
    assert "http://ingest:3/indices/index-eu/events" in words
    assert people.PEOPLE["Ada"].password in words
    assert "make down" in words


def test_how_real_kafka_is_is_said_with_its_address() -> None:
    words = demo._in_words(demo._told("k3f9", "/run/warden.sock", FACTS))
    real = demo._told("k3f9", "/run/warden.sock", FACTS | {"fidelity": {"kafka": "real"}})

    assert "127.0.0.1:9092  (emulated)" in words
    assert "127.0.0.1:9092  (real)" in demo._in_words(real)


def test_where_the_admin_port_wants_a_token_curl_takes_it_from_a_file() -> None:
    told = demo._told("k3f9", "/run/warden.sock", FACTS)

    plain = demo._in_words(told)
    guarded = demo._in_words(told | {"admin_token_file": "/x/admin.token"})

    line = "curl -s http://eu-1:2/consumers/shop/jwt"
    assert f"{line}\n" in plain
    assert f'{line} -H "Authorization: Bearer $(cat /x/admin.token)"\n' in guarded


@pytest.mark.parametrize(("status", "wants"), [(200, False), (401, True), (403, False)])
def test_an_admin_port_that_says_401_wants_a_token(status: int, wants: bool) -> None:
    class Admin(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Admin) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert demo.wants_token(f"http://127.0.0.1:{server.server_address[1]}") is wants
        server.shutdown()


def test_a_kept_token_is_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "ADMIN_TOKEN", tmp_path / "admin.token")
    demo._kept("an older one")

    kept = demo._kept("the token")

    assert kept.read_text() == "the token"
    assert kept.stat().st_mode & 0o777 == 0o600


def test_the_demos_document_asks_only_for_what_is_there() -> None:
    rig: Any = SimpleNamespace(
        site=SimpleNamespace(
            inside=ADDRESSES, secrets={"jwt": "j", "aws_key": "k", "aws_secret": "s"}
        )
    )
    document = yaml.safe_load(demo.DEMO.read_text())

    filled = resolved(document, lambda name: lookup(rig, name))

    assert "${" not in json.dumps(filled)
    assert isinstance(filled["routes"][0]["plugins"][0]["config"]["port"], int)
    routes = [r for s in filled["services"] for r in s["routes"]] + filled["routes"]
    assert all(route["hosts"] == ["localhost", "127.0.0.1", "gateway.test"] for route in routes)


@pytest.fixture
def up_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "up.json"
    monkeypatch.setattr(demo, "UP", path)
    return path


def test_without_a_file_nothing_is_up(up_file: Path) -> None:
    assert demo.where_up() is None


@pytest.mark.parametrize("text", ["", "{}", '{"warden": "/no/such/socket"}', "not json"])
def test_a_file_alone_proves_nothing(up_file: Path, text: str) -> None:
    up_file.write_text(text)

    assert demo.where_up() is None


def test_down_with_nothing_up_says_so_and_forgets_the_file(
    up_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    up_file.write_text('{"warden": "/no/such/socket"}')

    assert demo.down(argparse.Namespace()) == 0
    assert capsys.readouterr().out == "nothing is up\n"
    assert not up_file.exists()


@pytest.mark.parametrize(("here", "asked"), [("embedded", "compose"), ("compose", "embedded")])
def test_another_environment_that_is_up_is_not_passed_off_as_the_one_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], here: str, asked: str
) -> None:
    monkeypatch.setattr(demo, "where_up", lambda: {"environment": here, "run": "k3f9"})

    assert demo.up(argparse.Namespace(env=asked, kafka="")) == 2
    assert f"{here} is up already (run k3f9)" in capsys.readouterr().err


def test_up_in_an_environment_that_nobody_knows_is_code_2(
    up_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo.up(argparse.Namespace(env="moon")) == 2
    assert "there is no environment 'moon'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("environment", "kafka", "said"),
    [
        ("embedded", "real-ish", "there is no Kafka 'real-ish'; there is emulated or real"),
        ("compose", "emulated", "the Kafka of compose is a real one"),
        ("containers", "emulated", "its Kafka is a real one"),
    ],
)
def test_a_kafka_that_cannot_be_had_there_is_code_2(
    up_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    environment: str, kafka: str, said: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(environments, "prepare", lambda *_: None)

    assert demo.up(argparse.Namespace(env=environment, kafka=kafka, profiles="")) == 2
    assert said in capsys.readouterr().err


class Warden:
    """A warden that is up."""

    facts: dict[str, Any] = {"secrets": {"jwt": "Too many secrets. Setec Astronomy"}}  # noqa: RUF012

    def __init__(self, path: str, role: str) -> None:
        if path == "gone":
            raise WardenLost(path)

    def close(self) -> None: ...


@pytest.fixture
def something_up(
    up_file: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., argparse.Namespace]:
    monkeypatch.setattr(demo, "WardenClient", Warden)
    up_file.write_text('{"warden": "/run/warden.sock", "run": "k3f9"}')
    return argparse.Namespace


def test_a_token_is_good_at_what_is_up(
    something_up: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert token.run(something_up(name="Grace")) == 0

    claims = jwt.decode(
        capsys.readouterr().out.strip(), Warden.facts["secrets"]["jwt"], algorithms=["HS256"]
    )
    assert (claims["email"], claims["isAdmin"]) == ("grace@example.com", False)
    assert claims["kid"] == token.DEMO_KEY


def test_the_key_of_the_token_is_the_key_of_the_demos_consumer() -> None:
    document = yaml.safe_load(demo.DEMO.read_text())

    assert document["consumers"][0]["jwt_secrets"][0]["key"] == token.DEMO_KEY


def test_a_token_for_nobody_is_told_as_such(
    something_up: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert token.run(something_up(name="Eve")) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("gateproof: nobody here is called 'Eve'; there are Ada, ")


def test_a_token_with_nothing_up_says_how_to_start_it(
    up_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert token.run(argparse.Namespace(name="Ada")) == 2
    assert capsys.readouterr() == ("", "gateproof: nothing is up; start it with `make up`\n")
