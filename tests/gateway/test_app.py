"""The process: its one line, its exit codes, its end."""

import asyncio
import json
import signal
import socket
import subprocess
import sys

import pytest

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
