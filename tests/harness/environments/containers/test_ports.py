"""Ports of this machine: free ones, none twice."""

import random
import socket

import pytest

from harness.environments.containers.ports import NoPort, Ports, can_be_bound


def test_no_port_is_given_twice() -> None:
    ports = Ports(is_free=lambda port: True, chance=random.Random(1))

    given = [port for _ in range(200) for port in ports.take((8080, 8081)).values()]

    assert len(set(given)) == len(given)


def test_a_taken_port_is_passed_over() -> None:
    ports = Ports(is_free=lambda port: port % 2 == 0, chance=random.Random(1))

    assert all(port % 2 == 0 for port in ports.take(range(20)).values())


def test_a_port_that_was_given_back_may_be_given_again() -> None:
    only = 20001
    ports = Ports(is_free=lambda port: port == only, chance=_Always(only))
    ports.give_back(ports.take((8080,)).values())

    assert ports.take((8080,)) == {8080: only}


def test_a_machine_without_free_ports_is_told_so() -> None:
    with pytest.raises(NoPort, match=r"no free port on 127\.0\.0\.1"):
        Ports(is_free=lambda port: False).take((8080,))


def test_a_port_is_free_when_it_can_be_bound() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert not can_be_bound(taken.getsockname()[1])
    assert can_be_bound(taken_port := _free()), taken_port


def _free() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


class _Always(random.Random):
    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port

    def randrange(self, *_: int) -> int:  # type: ignore[override]
        return self._port
