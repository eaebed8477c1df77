"""Binding ports."""

import resource
import socket

import pytest

from gateway.listening import allow_files, bind, bound, reason, same_as
from gateway.settings import Address, SettingsRefused


def test_a_listener_is_known_to_be_tcp_so_that_answers_are_not_delayed() -> None:
    with bind("--listen", Address("127.0.0.1", 0)) as sock:
        assert sock.proto == socket.IPPROTO_TCP
        assert bound(sock).port > 0


def test_a_busy_port_is_one_line_that_says_what_next() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        with pytest.raises(SettingsRefused) as refused:
            bind("--admin", Address("127.0.0.1", port))
    assert str(refused.value) == (
        f"cannot listen on 127.0.0.1:{port}: address already in use; choose another --admin"
    )


def test_an_address_that_is_none_is_one_line() -> None:
    for host in ("name.invalid", "a" * 300):
        with pytest.raises(SettingsRefused, match="cannot listen on"):
            bind("--listen", Address(host, 0))


def test_a_trouble_without_a_text_of_its_own_is_said_all_the_same() -> None:
    assert reason(OSError("Odd Thing")) == "odd thing"


def test_a_service_could_point_at_a_listener_under_these_names() -> None:
    assert same_as(Address("10.0.0.1", 8)) == (("10.0.0.1", 8),)
    for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "::"):
        names = {name for name, _ in same_as(Address(host, 8))}
        assert names >= {host, "localhost", "127.0.0.1", "::1"}


@pytest.mark.parametrize(
    ("soft", "hard", "expected"),
    [
        (1024, 4096, [(1128, 4096)]),
        (1024, 1100, [(1100, 1100)]),
        (1024, resource.RLIM_INFINITY, [(1128, resource.RLIM_INFINITY)]),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, []),
        (4096, 4096, []),
    ],
)
def test_files_are_allowed_as_far_as_they_may_be(monkeypatch, soft, hard, expected) -> None:
    raised = []
    monkeypatch.setattr("gateway.listening.resource.getrlimit", lambda kind: (soft, hard))
    monkeypatch.setattr(
        "gateway.listening.resource.setrlimit", lambda kind, limits: raised.append(limits)
    )
    allow_files(1000)
    assert raised == expected
