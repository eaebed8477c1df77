"""Three states, and a remedy for each broken hop."""

from dataclasses import replace

import pytest

from harness.findings import Finding, State
from harness.images.diagnosis import containers, findings
from harness.images.hops import Hops

WELL = Hops("unix:///var/run/docker.sock", installed=True, sdk="7.2.0", engine="28.2.2",
            driver="overlay2", free_bytes=10**11, listed=("redis", "suite"), registry="docker.io")  # fmt: skip
BARE = Hops("unix:///run/d.sock", installed=False, socket_problem="there is no /run/d.sock")


def _finding(hops: Hops, subject: str) -> Finding:
    return next(one for one in findings(hops) if one.subject == subject)


def test_a_daemon_and_a_registry_need_nothing() -> None:
    assert {one.state for one in findings(WELL)} == {State.READY}
    assert {one.remedy for one in findings(WELL)} == {""}


@pytest.mark.parametrize(
    ("hops", "state", "found"),
    [
        (BARE, State.MISSING, "no daemon"),
        (replace(WELL, engine=None, engine_problem="timed out"), State.MISSING, "no daemon"),
        (replace(WELL, registry_problem="no such host"), State.LIMITED, "no registry"),
        (WELL, State.READY, "registry docker.io"),
    ],
)
def test_the_first_line_says_which_state_this_is(hops: Hops, state: State, found: str) -> None:
    assert findings(hops)[0].subject == "docker"
    assert findings(hops)[0].state is state
    assert found in findings(hops)[0].found


@pytest.mark.parametrize(
    ("hops", "subject", "remedy"),
    [
        (replace(WELL, sdk=None), "docker library", "make setup"),
        (BARE, "docker socket", "apt install docker.io"),
        (replace(BARE, installed=True), "docker socket", "systemctl start docker"),
        (replace(BARE, socket_problem="no permission on /run/d.sock"), "docker socket", "group docker"),
        (replace(BARE, address="tcp://h:1", socket_problem="nothing"), "docker socket", "DOCKER_HOST"),
        (replace(WELL, engine=None, engine_problem="no answer"), "docker daemon", "restart it"),
        (replace(WELL, free_bytes=10**9), "docker disk", "docker system prune"),
        (replace(WELL, registry_problem="no such host"), "registry", "gateproof images build"),
        (replace(WELL, registry_problem="x509: certificate signed"), "registry", "certs.d"),
        (replace(WELL, registry_problem="proxyconnect tcp"), "registry", "HTTPS_PROXY"),
        (replace(WELL, registry_problem="unauthorized"), "registry", "docker login"),
        (
            replace(WELL, registry_problem="no", base_obstacle="no debootstrap; apt install it"),
            "base image",
            "apt install it",
        ),
        (replace(WELL, absent=("suite",)), "docker images", "gateproof images build"),
        (replace(WELL, list_problem="bad list"), "docker images", "correct that"),
    ],
)  # fmt: skip
def test_each_broken_hop_has_its_own_remedy(hops: Hops, subject: str, remedy: str) -> None:
    assert remedy in _finding(hops, subject).remedy
    assert _finding(hops, subject).state is not State.READY


def test_what_comes_after_a_broken_hop_is_not_judged() -> None:
    assert [one.subject for one in findings(BARE)] == ["docker", "docker library", "docker socket"]


def test_a_base_that_cannot_be_made_is_no_matter_where_it_is_pulled() -> None:
    assert _finding(replace(WELL, base_obstacle="no root; sudo"), "base image").state is State.READY


@pytest.mark.parametrize(
    ("hops", "state", "said"),
    [
        (WELL, State.READY, "every part runs in a container"),
        (replace(WELL, registry_problem="no such host"), State.READY, "every part runs"),
        (replace(WELL, absent=("suite",)), State.READY, "every part runs"),
        (replace(WELL, absent=("redis", "suite")), State.MISSING, "lacks the images of redis"),
        (replace(BARE, sdk="7.2.0"), State.MISSING, "lacks docker socket"),
        (replace(WELL, engine=None, engine_problem="no answer"), State.MISSING, "docker daemon"),
    ],
)
def test_containers_can_run_where_all_is_that_they_do_not_make_themselves(
    hops: Hops, state: State, said: str
) -> None:
    found = containers(hops)

    assert found.subject == "ENV=containers"
    assert found.state is state
    assert said in found.found
    assert bool(found.remedy) is (state is State.MISSING)
