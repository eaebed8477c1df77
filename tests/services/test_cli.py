"""services.cli, and each service as a process"""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.cli import SERVICES, main
from services.settings import READERS

Process = Callable[..., Any]
Soon = Callable[[Callable[[], object]], None]


def test_every_service_has_settings() -> None:
    assert set(SERVICES) == set(READERS)


@pytest.mark.parametrize("argv", [[], ["portal"], ["--port"]])
def test_an_unknown_name_lists_the_names(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(argv) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert all(name in line for name in SERVICES)


def test_help_names_the_services(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "users, orders, auth" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["users", "orders", "auth", "upstream"])
def test_a_called_service_serves_and_ends_on_sigterm(
    process: Process, called_settings: Mapping[str, str], name: str
) -> None:
    with process(name, **called_settings) as service:
        urls = service.announced()
        with httpx.Client() as client:  # stays connected while the service ends
            assert client.get(urls["control"] + "/health").json()["service"] == name
            assert client.get(urls["url"] + "/public").status_code in (200, 404)
            began = time.monotonic()
            assert service.end() == (0, "", "")
            assert time.monotonic() - began < 2


def test_a_slow_script_does_not_hold_up_the_end(process: Process, soon: Soon) -> None:
    with process("upstream") as service, httpx.Client() as client:
        urls = service.announced()
        client.put(urls["control"] + "/scripts/slow", json={"delay_s": 60})
        with socket.create_connection(urls["url"][7:].split(":")) as caller:
            caller.sendall(b"GET /slow HTTP/1.1\r\nHost: h\r\n\r\n")
            soon(lambda: client.get(urls["control"] + "/ledger").json()["arrivals"])
            began = time.monotonic()
            assert service.end()[0] == 0
            assert time.monotonic() - began < 2


def test_ctrl_c_ends_a_service_too(process: Process) -> None:
    with process("upstream") as service:
        service.announced()
        assert service.end(signal.SIGINT) == (0, "", "")


def test_a_busy_port_is_one_line_and_exit_2(process: Process) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with process("upstream", "--control", address) as service:
            code, out, err = service.ended()
    assert (code, out) == (2, "")
    assert err == (
        f"upstream: cannot listen on {address}: address already in use; choose another --control\n"
    )


def test_a_broken_data_file_is_one_line_and_exit_2(
    process: Process, called_settings: Mapping[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "users.json"
    file.write_text('{"users": [}')
    with process("users", "--data", str(file), **called_settings) as service:
        code, out, err = service.ended()
    assert (code, out) == (2, "")
    assert err == (
        f"users: the data file {file} is unusable: line 1, column 12: expecting value; "
        "correct it and start again\n"
    )


@pytest.mark.parametrize("closed", [">&-", "> /dev/full"])
def test_an_address_that_nobody_can_be_told_is_one_line_and_exit_2(closed: str) -> None:
    command = f"exec {sys.executable} -m services upstream {closed}"
    found = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, text=True, check=False)
    assert found.returncode == 2
    assert found.stderr == "upstream: nobody reads standard output; it says where it serves\n"
