"""A gateway that was started by hand: what a run does to it, and what it leaves alone."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.cli import main
from harness.environments import external, way_back
from harness.environments.contract import CannotStart, LeftBehind, Options
from harness.environments.external import External
from harness.settings import ROOT, read

TOKEN = "a token of the tests"
EMPTY = '_format_version: "3.0"\n'
FOREIGN = f"{EMPTY}services: [{{name: shop, url: 'http://127.0.0.1:9'}}]\n"
FEATURE = """\
Feature: Elsewhere

  Example: A call arrives
    Given the gateway routes "/echo" to Echo
    When somebody calls "/echo"
    Then the call is answered
    And Echo was reached once

  @needs-rig
  Example: Something for a rig
    Given two replicas of their own, fed by the EU Cloud Gate
    And the gateway routes "/echo" to Echo
    When somebody calls "/echo"
    Then the call is answered

  Example: Another replica
    Given the gateway routes "/echo" to Echo
    When somebody calls "/echo" 4 times, spread over the replicas
    Then the first 4 calls are answered
"""

Run = Callable[..., tuple[int, str]]


class Gateway:
    """A gateway with a document in a file and an admin port that wants a token."""

    def __init__(self, folder: Path, document: str) -> None:
        (folder / "document.yaml").write_text(document)
        (folder / "admin.token").write_text(TOKEN)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gateway", "--config", str(folder / "document.yaml"),
             "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0",
             "--admin-token-file", str(folder / "admin.token")],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.addresses: dict[str, str] = json.loads(self.process.stdout.readline())

    def document(self) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = httpx.get(f"{self.addresses['admin']}/config", headers=headers, trust_env=False)
        found: dict[str, Any] = answer.json()
        return found

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process.wait()


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Callable[[str], Gateway]]:
    started: list[Gateway] = []

    def start(document: str = EMPTY) -> Gateway:
        started.append(Gateway(tmp_path, document))
        return started[-1]

    yield start
    for one in started:
        one.end()


def _file(
    tmp_path: Path, gateway: Gateway, text: str = 'own = true\nadvertise = "127.0.0.1"'
) -> str:
    file = tmp_path / "gateway.toml"
    file.write_text(
        f"{text}\n[eu-1]\nproxy = '{gateway.addresses['proxy']}'\n"
        f"admin = '{gateway.addresses['admin']}'\n[secrets]\nadmin = {{file = 'admin.token'}}\n"
    )
    return str(file)


def _environment(file: str) -> External:
    return External(read(), Options(config=file))


def _words(environment: External, tmp_path: Path) -> str:
    async def scenario() -> str:
        try:
            await environment.open("k3f9", tmp_path)
        except CannotStart as error:
            return str(error)
        finally:
            await environment.close()
        return ""

    return asyncio.run(scenario())


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "features").mkdir()
    (tmp_path / "features" / "elsewhere.feature").write_text(FEATURE)

    def e2e(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "harness", "e2e", str(tmp_path / "features" / "elsewhere.feature"),
             "--env", "external", "--report", str(tmp_path / "report"), *arguments],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    return e2e


def test_a_run_proves_what_can_be_proved_there_and_leaves_nothing(
    gateway: Callable[..., Gateway], run: Run, tmp_path: Path
) -> None:
    there = gateway()

    code, said = run("--config", _file(tmp_path, there))

    assert code == 0, said
    assert "1 proved, 2 not runnable here" in said
    assert "needs an environment of its own; external has none here" in said
    assert "needs eu-2; external has none here" in said
    assert there.document() == {"_format_version": "3.0"}
    assert there.process.poll() is None
    verdict = json.loads((tmp_path / "report" / "verdict.json").read_text())
    assert (verdict["environment"], verdict["fidelity"]["eu-2"]) == ("external", "absent")
    journal = (tmp_path / "report" / "run.ndjson").read_text()
    assert TOKEN not in journal


def test_where_we_may_only_look_nothing_is_published_and_nothing_ran(
    gateway: Callable[..., Gateway], run: Run, tmp_path: Path
) -> None:
    there = gateway(FOREIGN)

    code, said = run("--config", _file(tmp_path, there, "own = false"))

    assert code == 2, said
    assert "3 not runnable here" in said
    assert "needs a document of its own to be published; external has none here" in said
    assert there.document()["services"][0]["name"] == "shop"


def test_somebody_elses_document_is_named_and_stays(
    gateway: Callable[..., Gateway], run: Run, tmp_path: Path
) -> None:
    there = gateway(FOREIGN)

    code, said = run("--config", _file(tmp_path, there))

    assert code in (2, 3)
    assert (
        "serves a document that is not ours: it has service 'shop'; nothing was published" in said
    )
    assert "Traceback" not in said
    assert there.document()["services"][0]["name"] == "shop"


def test_what_does_not_answer_and_what_wants_another_token_are_named(
    gateway: Callable[..., Gateway], tmp_path: Path
) -> None:
    there = gateway()
    file = _file(tmp_path, there)
    (tmp_path / "admin.token").write_text("a wrong token of the tests")

    words = _words(_environment(file), tmp_path)
    assert "eu-1's admin port at" in words
    assert "says 401 Unauthorized; it wants a bearer token, or another one" in words
    there.addresses["admin"] = "http://127.0.0.1:9"
    assert "eu-1's admin port does not answer at http://127.0.0.1:9/status" in _words(
        _environment(_file(tmp_path, there)), tmp_path
    )


def test_an_address_that_is_not_of_this_machine_cannot_be_bound(
    gateway: Callable[..., Gateway], tmp_path: Path
) -> None:
    file = _file(tmp_path, gateway(), 'own = true\nadvertise = "192.0.2.7"')

    words = _words(_environment(file), tmp_path)
    assert words.startswith("services cannot listen on 192.0.2.7: ")
    assert "bind = in" in words


def test_a_document_that_somebody_put_there_meanwhile_is_left(
    gateway: Callable[..., Gateway], tmp_path: Path
) -> None:
    there = gateway()
    environment = _environment(_file(tmp_path, there))
    foreign = {"_format_version": "3.0", "consumers": [{"username": "shop"}]}

    async def scenario() -> None:
        await environment.open("k3f9", tmp_path)
        await environment._claimed[0].hand_in(foreign)
        await environment.close()

    with pytest.raises(LeftBehind, match="serves somebody else's document by now"):
        asyncio.run(scenario())
    assert there.document() == foreign


def test_a_gateway_that_went_away_is_told_with_what_may_be_left(
    gateway: Callable[..., Gateway], tmp_path: Path
) -> None:
    there = gateway()
    environment = _environment(_file(tmp_path, there))

    async def scenario() -> None:
        await environment.open("k3f9", tmp_path)
        there.process.terminate()
        there.process.wait()
        await environment.close()

    with pytest.raises(LeftBehind, match="the document of run k3f9 is still at eu-1"):
        asyncio.run(scenario())


def _findings(file: str) -> dict[str, str]:
    found = external.found(file, {}, {})
    return {
        each.subject: f"{each.state} {each.found}"
        for each in asyncio.run(way_back.examine(found, read()))
    }


def test_the_doctor_goes_all_the_way_round_and_cleans_up(
    gateway: Callable[..., Gateway], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = gateway()
    file = _file(tmp_path, there)

    assert main(["doctor", "--external", file]) == 0
    said = capsys.readouterr().out
    assert "ready    eu-1 way back   reaches us at http://127.0.0.1:" in said
    assert "1 call, 1 arrival" in said
    assert there.document() == {"_format_version": "3.0"}


def test_the_doctor_says_when_the_gateway_does_not_reach_us(
    gateway: Callable[..., Gateway], tmp_path: Path
) -> None:
    file = _file(tmp_path, gateway(), 'own = true\nadvertise = "127.9.9.9"\nbind = "127.0.0.1"')

    found = _findings(file)["eu-1 way back"]
    assert found.startswith("missing answers 502, and nothing arrived: it does not reach us at")


def test_the_doctor_publishes_nothing_over_somebody_elses_document(
    gateway: Callable[..., Gateway], tmp_path: Path
) -> None:
    there = gateway(FOREIGN)

    found = _findings(_file(tmp_path, there))
    assert found["eu-1 document"] == "missing not ours: it has service 'shop'"
    assert found["way back"] == "missing not tried, see above"
    looked = _findings(_file(tmp_path, there, "own = false"))
    assert looked["eu-1 document"].startswith("ready not ours: it has service 'shop'")
    assert looked["way back"].startswith("limited not tried: own = false")
    assert there.document()["services"][0]["name"] == "shop"


def test_the_doctor_refuses_a_file_that_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "--external", str(tmp_path / "none.toml")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
