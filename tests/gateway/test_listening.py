"""Binding ports."""

import socket

from gateway.listening import bind, bound
from gateway.settings import Address


def test_a_listener_is_known_to_be_tcp_so_that_answers_are_not_delayed() -> None:
    with bind("--listen", Address("127.0.0.1", 0)) as sock:
        assert sock.proto == socket.IPPROTO_TCP
        assert bound(sock).port > 0
