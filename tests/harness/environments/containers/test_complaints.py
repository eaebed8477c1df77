"""What Docker says when it cannot becomes one line with a remedy."""

import pytest

from harness.environments.containers.complaints import in_one_line, is_port_taken, plainly


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ("dial unix /var/run/docker.sock: connect: permission denied", "to the group docker"),
        ("write /x: no space left on device", "docker system prune"),
        ("could not find an available, non-overlapping IPv4 address pool", "make clean"),
        ("No such image: gateproof/subjects:0", "gateproof images build"),
        ("Error while fetching server API version: FileNotFoundError(2)", "start the engine"),
        ("something new", "make doctor"),
    ],
)
def test_every_failure_names_what_to_do(said: str, remedy: str) -> None:
    line = in_one_line("start gateproof-k3f9-users", said + "\nand more\n")

    assert line.startswith(f"cannot start gateproof-k3f9-users: {said} and more; ")
    assert remedy in line
    assert "\n" not in line


def test_the_engines_own_words_are_preferred() -> None:
    class Wrapped(Exception):
        explanation = "driver failed"

    assert plainly(Wrapped("500 Server Error for http+docker://…")) == "driver failed"
    assert plainly(ValueError()) == "ValueError"


def test_a_taken_port_is_told_from_other_failures() -> None:
    assert is_port_taken("Bind for 127.0.0.1:20001 failed: port is already allocated")
    assert is_port_taken("listen tcp4 127.0.0.1:20001: bind: address already in use")
    assert not is_port_taken("no such image")
