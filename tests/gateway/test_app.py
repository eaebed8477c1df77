"""The process: its one line, its exit codes, its end."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import asynccontextmanager, suppress

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from gateway.app import Gateway, announce, main
from gateway.signals import ENDING

GOOD = {
    "_format_version": "3.0",
    "services": [
        {"name": "s", "url": "http://127.0.0.1:1", "routes": [{"name": "r", "paths": ["/s"]}]}
    ],
}


@pytest.fixture
def document(tmp_path):
    path = tmp_path / "gateway.json"
    path.write_text(json.dumps(GOOD))
    return str(path)


def gateway(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "gateway", *arguments],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


def started(*arguments):
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gateway",
            *arguments,
            "--listen",
            "127.0.0.1:0",
            "--admin",
            "127.0.0.1:0",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_says_where_it_serves_and_ends_on_sigterm(world, document):
    with started("--config", document) as process:
        line = process.stdout.readline()
        addresses = json.loads(line)
        assert set(addresses) == {"proxy", "admin"}
        port = int(addresses["proxy"].rpartition(":")[2])
        answer = asyncio.run(world.ask(port, "/nowhere", {}, "GET", b""))
        assert answer.status == 404
        process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=5)
    assert (process.returncode, rest) == (0, "")
    lines = [json.loads(line) for line in errors.splitlines()]
    access = next(line for line in lines if line["message"] == "request")
    assert (access["path"], access["status"], access["request_id"]) == (
        "/nowhere",
        404,
        answer["X-Request-Id"],
    )


def test_sigterm_finishes_what_is_in_flight(world, tmp_path):
    async def scenario():
        release = asyncio.Event()

        async def slow(arrival, writer):
            await release.wait()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

        async with world.upstream(slow) as up:
            path = tmp_path / "g.json"
            path.write_text(json.dumps(world.document(up.url)))
            process = await asyncio.to_thread(started, "--config", str(path))
            with process:
                port = int(
                    json.loads(await asyncio.to_thread(process.stdout.readline))[
                        "proxy"
                    ].rpartition(":")[2]
                )
                asking = asyncio.create_task(world.ask(port, "/users", {}, "GET", b""))
                await world.until(lambda: up.arrivals)
                process.send_signal(signal.SIGTERM)
                while True:  # it has stopped listening
                    try:
                        socket.create_connection(("127.0.0.1", port), 1).close()
                    except OSError:
                        break
                    await asyncio.sleep(0.005)
                release.set()
                answer = await asking
                await asyncio.to_thread(process.communicate, timeout=5)
            assert (answer.status, answer.body, process.returncode) == (200, b"ok", 0)

    asyncio.run(scenario())


def test_check_says_ok_or_everything_that_is_wrong(tmp_path, document):
    good = gateway("--check", document)
    assert (good.returncode, good.stdout) == (
        0,
        f"{document}: ok (1 service, 1 route, 0 consumers, 0 plugins)\n",
    )
    bad = tmp_path / "bad.yaml"
    bad.write_text("_format_version: '3.0'\nservices:\n- {name: s, url: nope, bogus: 1}\n")
    found = gateway("--check", str(bad))
    assert found.returncode == 1
    assert found.stderr.splitlines() == [
        f'{bad}: /services/0/url must be like http://host:port/path, found "nope"',
        f"{bad}: /services/0/bogus unknown field",
    ]


def test_bad_documents_end_the_start_with_1(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("a: [\n")
    found = gateway("--config", str(bad), "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr.startswith(f"gateway: {bad}:2:1: ")
    assert found.stderr.count("\n") == 1


def test_a_busy_port_and_bad_arguments_end_with_2(document):
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        found = gateway(
            "--config", document, "--listen", f"127.0.0.1:{port}", "--admin", "127.0.0.1:0"
        )
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr == (
        f"gateway: cannot listen on 127.0.0.1:{port}: address already in use; choose another --listen\n"
    )
    assert gateway("--bogus").returncode == 2


def test_nothing_imports_what_a_plain_document_does_not_need(document):
    heavy = ["jwt", "botocore", "cryptography", "yaml"]
    code = (
        "import sys, gateway.app; from gateway.app import main;"
        f"main(['--check', {document!r}]);"
        f"sys.exit(any(name in sys.modules for name in {heavy!r}))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# -- ends, early and late


@asynccontextmanager
async def a_process(*arguments, **variables):
    """A gateway as a process; its ports, and its errors when it has ended."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", *arguments,
        "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, **variables},  # noqa: TID251 - a child's surroundings
    )  # fmt: skip
    try:
        line = json.loads(await process.stdout.readline())
        process.proxy, process.admin = (int(line[it].rpartition(":")[2]) for it in ("proxy", "admin"))  # fmt: skip
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def cloud_token(tmp_path):
    path = tmp_path / "cloud.token"
    claims = {"org": "acme-org", "envs": ["prod"], "cpg": "eu", "idx": "i"}
    path.write_text(jwt.encode({"alg": "HS256"}, claims, OctKey.import_key("k" * 40)))
    return str(path)


async def hang(arrival, writer):
    await asyncio.Event().wait()


async def hanging(world, process, up):
    """A call that is never answered."""
    calling = asyncio.create_task(world.ask(process.proxy, "/users", {}, "GET", b""))
    await world.until(lambda: up.arrivals)
    return calling


@pytest.mark.parametrize(
    ("signals", "drain", "code"),
    [
        ((signal.SIGTERM,), "0.05", 0),
        ((signal.SIGTERM, signal.SIGTERM), "60", 128 + signal.SIGTERM),
        ((signal.SIGTERM, signal.SIGINT), "60", 128 + signal.SIGINT),
        ((signal.SIGINT, signal.SIGTERM), "60", 128 + signal.SIGTERM),
        ((signal.SIGTERM,) * 3, "60", 128 + signal.SIGTERM),
        ((signal.SIGTERM,) * 50, "60", 128 + signal.SIGTERM),
    ],
)
def test_draining_is_bounded_and_a_second_signal_ends_it(world, tmp_path, signals, drain, code):
    async def scenario():
        async with world.upstream(hang) as up:
            path = tmp_path / "g.json"
            path.write_text(json.dumps(world.document(up.url)))
            async with a_process("--config", str(path), "--drain", drain) as process:
                calling = await hanging(world, process, up)
                first, *others = signals
                process.send_signal(first)
                while others and (await ready(world, process)) != "draining":
                    pass
                for number in others:
                    with suppress(ProcessLookupError):  # it may have ended already
                        # not send_signal: it would reap an ended child before asyncio can
                        os.kill(process.pid, number)
                    await asyncio.sleep(0.001)  # equal signals that wait count once
                async with asyncio.timeout(5):
                    _, errors = await process.communicate()
                await asyncio.gather(calling, return_exceptions=True)
                lines = [json.loads(line) for line in errors.splitlines()]
                assert process.returncode == code
                assert [line["status"] for line in lines if line["message"] == "request"] == [499]

    asyncio.run(scenario())


async def ready(world, process):
    answer = await world.ask(process.admin, "/status/ready", {"Host": "localhost"}, "GET", b"")
    return answer.message


class Reports:
    """A gate that takes reports once it is open."""

    def __init__(self):
        self.open, self.events, self.attempts = False, [], 0

    async def __call__(self, arrival, writer):
        self.attempts += 1
        if not self.open:
            await asyncio.Event().wait()
        self.events += [json.loads(line) for line in arrival.body.splitlines()]
        writer.write(b"HTTP/1.1 202 X\r\nContent-Length: 0\r\n\r\n")


def reporting_to(reports, tmp_path, document):
    return ("--config", document, "--cloud-token", cloud_token(tmp_path), "--log-level", "warning",
            "--reports", f"{reports.url}/reports", "--state", str(tmp_path / "state"))  # fmt: skip


def delivered_after(world, tmp_path, document, end):
    """Ask 20 times while the gate is silent, end the gateway, start it again with an open gate."""

    async def scenario():
        gate = Reports()
        async with world.upstream(gate) as reports:
            arguments = reporting_to(reports, tmp_path, document)
            async with a_process(*arguments) as process:
                asked = [await world.ask(process.proxy, f"/n/{number}", {}, "GET", b"")
                         for number in range(20)]  # fmt: skip
                await end(process)
            gate.open = True
            async with a_process(*arguments) as process:
                await world.until(lambda: len(gate.events) >= 20)
                process.send_signal(signal.SIGTERM)
                await process.communicate()
                assert process.returncode == 0
        sent = {answer["X-Request-Id"] for answer in asked}
        return sent, gate.events

    sent, events = asyncio.run(scenario())
    assert {event["request-id"] for event in events} == sent
    assert len({event["_id"] for event in events}) == 20
    assert not list((tmp_path / "state").rglob("*.ndjson"))


def test_sigterm_loses_no_report_while_the_gate_is_silent(world, tmp_path, document):
    async def end(process):
        process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(5):
            await process.wait()

    delivered_after(world, tmp_path, document, end)


def test_sigkill_loses_no_report_that_is_older_than_the_bound(world, tmp_path, document):
    async def end(process):
        status = {"reports": {"spilled": 0}}
        began = asyncio.get_running_loop().time()
        while status["reports"]["spilled"] < 20:
            assert asyncio.get_running_loop().time() - began < 5
            answer = await world.ask(process.admin, "/status", {"Host": "localhost"}, "GET", b"")
            status = answer.json
        process.kill()
        await process.wait()

    delivered_after(world, tmp_path, document, end)


def test_a_state_folder_belongs_to_one_gateway(tmp_path, document):
    state = str(tmp_path / "state")
    with started("--config", document, "--state", state) as process:
        process.stdout.readline()
        second = gateway("--config", document, "--state", state, "--listen", "127.0.0.1:0",
                         "--admin", "127.0.0.1:0")  # fmt: skip
        process.terminate()
        process.communicate()
    assert second.returncode == 2
    assert second.stderr == f"gateway: --state {state} is in use by another gateway; give each one its own\n"  # fmt: skip


def test_no_log_line_holds_a_secret(world, tmp_path, redis_server):
    secrets = {
        "admin": "the-secret-of-the-admin-port",
        "snapshot": "the-secret-of-the-snapshots",
        "query": "the-secret-in-the-query",
        "header": "the-secret-in-the-header",
        "redis": "the-secret-of-the-redis",
    }

    async def scenario():
        async with world.upstream() as up, world.upstream() as gate:
            token = cloud_token(tmp_path)
            limit = {"name": "rate-limiting", "config": {"minute": 9, "policy": "redis"}}
            arguments = ("--cloud-token", token, "--gate", gate.url, "--log-level", "debug",
                         "--state", str(tmp_path / "state"))  # fmt: skip
            variables = {
                "GATEWAY_ADMIN_TOKEN": secrets["admin"],
                "GATEWAY_SNAPSHOT_KEY": secrets["snapshot"],
                "GATEWAY_REDIS_URL": f"unix://:{secrets['redis']}@{redis_server.path}",
            }
            document = tmp_path / "g.json"
            document.write_text(json.dumps(world.document(up.url, limit, {"name": "jwt"})))
            async with a_process(*arguments, **variables) as one:
                errors = await asked_badly(world, one)
            two_arguments = ("--config", str(document), "--log-level", "debug")
            async with a_process(*two_arguments, **variables) as two:
                errors += await asked_badly(world, two)
            return errors, (tmp_path / "cloud.token").read_text()

    async def asked_badly(world, process):
        bearer = {"Authorization": f"Bearer {secrets['header']}"}
        for path in ("/users", f"/users?jwt={secrets['query']}", f"/nope?token={secrets['query']}"):
            await world.ask(process.proxy, path, bearer, "GET", b"")
        admin = {"Host": "localhost", "Authorization": f"Bearer {secrets['admin']}"}
        assert (await world.ask(process.admin, "/status", admin, "GET", b"")).status == 200
        process.send_signal(signal.SIGTERM)
        return (await process.communicate())[1].decode()

    errors, token = asyncio.run(scenario())
    assert '"message":"request"' in errors
    assert [name for name, secret in secrets.items() if secret in errors] == []
    assert token not in errors
    assert world.secret not in errors
    assert all(json.loads(line)["level"] for line in errors.splitlines())


def test_a_surprise_in_the_loop_is_a_log_line(world, monkeypatch):
    said = []

    async def scenario():
        async with world.gateway(world.document("http://127.0.0.1:1")) as gw:
            monkeypatch.setattr(gw.gateway._log, "error", lambda *a, **k: said.append((a, k)))
            asyncio.get_running_loop().call_soon(lambda: 1 / 0)
            await world.until(lambda: said)

    asyncio.run(scenario())
    ((message,), fields), *_ = said
    assert message == "unexpected"
    assert "ZeroDivisionError" in fields["error"]


# -- in this process


@pytest.mark.parametrize("headers", [{}, {"Transfer-Encoding": "chunked"}])
def test_a_body_longer_than_the_setting_is_413_and_reaches_nobody(world, headers):
    async def scenario():
        async with (
            world.upstream() as up,
            world.gateway(world.document(up.url), "--max-body", "10") as gw,
        ):
            statuses = []
            for size in (10, 11):
                content = b"x" * size
                if headers:
                    caller = await gw.connect()
                    caller.send(
                        b"POST /users HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    )
                    caller.send(b"%x\r\n%b\r\n0\r\n\r\n" % (size, content))
                    statuses.append((await caller.answer()).status)
                    caller.close()
                else:
                    statuses.append((await gw.get("/users", {}, "POST", content)).status)
            return statuses, [len(it.body) for it in up.arrivals]

    assert asyncio.run(scenario()) == ([200, 413], [10])


PORTS = ("--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")


@pytest.fixture
def told(monkeypatch):
    """Signals that the process sends itself as soon as it serves."""

    before = {number: signal.getsignal(number) for number in ENDING}

    def when_serving(*numbers):
        def announce(addresses):
            for number in numbers:
                os.kill(os.getpid(), number)

        monkeypatch.setattr("gateway.app.announce", announce)

    yield when_serving
    for number, handler in before.items():
        signal.signal(number, handler)


def test_main_serves_until_it_is_told_to_stop(told, tmp_path, document):
    told(signal.SIGTERM)
    state = tmp_path / "state"
    assert main(["--config", document, *PORTS, "--state", str(state)]) == 0
    assert (state / "lock").exists()


def test_main_ends_at_once_when_it_is_told_twice(told, document, monkeypatch):
    asked = []
    stop = Gateway.stop

    async def slow(gateway, at_once=False):
        asked.append(at_once)
        if not at_once:
            await asyncio.Event().wait()
        await stop(gateway, at_once)

    monkeypatch.setattr(Gateway, "stop", slow)
    told(signal.SIGINT, signal.SIGTERM)
    assert main(["--config", document, *PORTS]) == 128 + signal.SIGTERM
    assert asked == [False, True]


def test_main_answers_the_control_plane_and_the_state_folder(told, tmp_path):
    told(signal.SIGTERM)
    key = tmp_path / "key"
    key.write_text("a snapshot key of sufficient length")
    arguments = ["--cloud-token", cloud_token(tmp_path), "--gate", "http://127.0.0.1:1",
                 "--state", str(tmp_path / "state"), "--snapshot-key-file", str(key)]  # fmt: skip
    assert main([*arguments, *PORTS]) == 0


def test_main_says_in_one_line_what_cannot_be_served(tmp_path, capsys):
    bad = tmp_path / "bad.json"
    for content, expected in (("{", f"gateway: {bad}:1:2: "), ("[]", f"gateway: {bad}: / must be")):
        bad.write_text(content)
        assert main(["--config", str(bad), *PORTS]) == 1
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith(expected)
        assert err.count("\n") == 1


def test_main_checks_and_refuses_settings(document, capsys):
    assert main(["--check", document]) == 0
    assert main(["--bogus"]) == 2
    assert capsys.readouterr().err.startswith("gateway: unrecognized arguments: --bogus")


def test_the_one_line_is_json(capsys):
    announce({"proxy": "http://h:1", "admin": "http://h:2"})
    assert json.loads(capsys.readouterr().out) == {"proxy": "http://h:1", "admin": "http://h:2"}


def test_slow_libraries_are_imported_before_they_are_needed(world, monkeypatch):
    warmed = []
    monkeypatch.setattr("gateway.app.algorithms", lambda: warmed.append("jwt"))
    monkeypatch.setattr("gateway.app.signer", lambda: warmed.append("lambda"))
    url = "http://127.0.0.1:1"

    async def scenario():
        async with world.gateway(world.document(url)) as gw:
            assert warmed == []
            await gw.gateway.offer(2, world.document(url, {"name": "jwt"}))
            await world.until(lambda: warmed)
            assert gw.gateway.addresses()["proxy"] == f"http://127.0.0.1:{gw.proxy}"

    asyncio.run(scenario())
    assert warmed == ["jwt"]
