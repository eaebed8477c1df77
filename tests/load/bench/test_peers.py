"""Peers: their configurations are ones that they take, and who is not there is named."""

import json
import subprocess
import sys

import pytest

from harness import settings
from load.bench import __main__ as bench
from load.bench import stage as staging
from load.bench.peers import PEERS, envoy
from load.bench.peers.contract import Site
from load.bench.rows import ROWS

ITS_OWN_CHECK = {
    "envoy": lambda argv: [*argv, "--mode", "validate"],
    "nginx": lambda argv: [*argv, "-t"],
    "haproxy": lambda argv: [argv[0], "-c", *argv[1:]],
}


def site(folder):
    return Site(folder, settings.read().path, 1, "unix:///nowhere", "http://127.0.0.1:1")


SERVICES = [(peer, service) for peer in PEERS for service in peer.services]


@pytest.mark.parametrize(
    ("peer", "service"), SERVICES, ids=[f"{peer.name}-{service}" for peer, service in SERVICES]
)
def test_every_configuration_is_taken(tmp_path, peer, service):
    if peer.program is not None and site(tmp_path).binary(peer.program) is None:
        pytest.skip(f"{peer.program} is not on PATH")
    argv = list(peer.services[service](site(tmp_path)).argv)
    if peer.program is None:
        file = argv[argv.index("--config") + 1]
        argv = [sys.executable, "-m", "gateway", "--check", file, "--redis", "unix:///nowhere"]
    else:
        argv = ITS_OWN_CHECK[peer.program](argv)
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_row_has_somebody_to_be_compared_with():
    for row in ROWS:
        able = [it.name for it in PEERS if row.service in it.services and row.path not in it.lacks]
        assert able[0] == "gateproof"
        assert len(able) > 1


def test_envoys_configuration_has_every_route_and_key_of_the_big_document(tmp_path):
    envoy.PEER.services["big"](site(tmp_path))
    found = json.loads((tmp_path / "envoy-big.json").read_text())
    listener = found["static_resources"]["listeners"][0]
    manager = listener["filter_chains"][0]["filters"][0]["typed_config"]
    assert len(manager["route_config"]["virtual_hosts"][0]["routes"]) == 1000
    provider = manager["http_filters"][0]["typed_config"]["providers"]["all"]
    assert len(json.loads(provider["local_jwks"]["inline_string"])["keys"]) == 5001


@pytest.mark.parametrize(
    ("program", "needed"), [("wrk", "it makes the calls"), ("nginx", "upstream")]
)
def test_without_its_tools_it_says_what_to_install(monkeypatch, capsys, program, needed):
    which = bench.shutil.which
    monkeypatch.setattr(
        "shutil.which", lambda name, path=None: None if name == program else which(name, path=path) or name
    )  # fmt: skip
    assert bench.main(["--quick"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"bench: no {program} on PATH")
    assert needed in said
    assert said.count("\n") == 1


def test_a_peer_that_is_not_there_is_named_and_the_others_run(tmp_path, monkeypatch):
    if site(tmp_path).binary("nginx") is None:
        pytest.skip("nginx is everybody's upstream")
    which = bench.shutil.which
    monkeypatch.setattr(
        "shutil.which", lambda name, path=None: None if name in ("envoy", "haproxy") else which(name, path=path)
    )  # fmt: skip
    with staging.stage(tmp_path, frozenset({"plain"})) as found:
        assert set(found.running) == {("gateproof", "plain"), ("nginx", "plain")}
        assert [line.split(" ")[0] for line in found.missing] == ["envoy", "haproxy"]
        assert all(staging.listens(it.port) for it in found.running.values())
        processes = [it.process for it in found.running.values()]
    assert not [it for it in processes if it.is_running()]
