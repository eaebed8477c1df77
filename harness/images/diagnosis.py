"""What `doctor` says about Docker: which of three states this is, then hop by hop. Pure."""

from collections.abc import Iterator

from harness.findings import Finding, State
from harness.images.hops import Hops

ENOUGH_BYTES = 4_000_000_000
"""All images take 1 GB; building them takes three times as much."""

INSTALL = "apt install docker.io / install Docker Desktop"
START = "systemctl start docker / start Docker Desktop; without systemd, as root: setsid dockerd"
NO_REGISTRY = "gateproof images build needs none; or set the engine's proxy, or images load FILE"

_REGISTRY_REMEDIES = (
    ("certificate", "the engine has to trust its CA: /etc/docker/certs.d/REGISTRY/ca.crt"),
    ("proxyconnect", "correct the engine's proxy: HTTPS_PROXY in its service, then restart it"),
    ("toomanyrequests", "docker login, or name a mirror with GATEPROOF_IMAGE_…"),
    ("unauthorized", "docker login"),
    ("denied", "docker login"),
)


def findings(hops: Hops) -> list[Finding]:
    """Judge the hops: the state first, then each of them."""
    return [_state(hops), *_hops(hops)]


def _state(hops: Hops) -> Finding:
    subject = "docker"
    broken = [one for one in _hops(hops) if one.state is State.MISSING]
    if hops.engine is None:
        found = "no daemon: ENV=containers cannot run, everything else does"
        return Finding(subject, State.MISSING, found, broken[0].remedy if broken else START)
    if hops.registry_problem:
        found = f"daemon {hops.engine}, no registry: images are built here or loaded"
        return Finding(subject, State.LIMITED, found)
    return Finding(subject, State.READY, f"daemon {hops.engine} and registry {hops.registry}")


def containers(hops: Hops) -> Finding:
    """Judge whether ENV=containers can run. What is missing of our own images it builds itself."""
    subject = "ENV=containers"
    broken = [one for one in _hops(hops) if one.state is State.MISSING]
    if broken:
        return Finding(subject, State.MISSING, f"lacks {broken[0].subject}", broken[0].remedy)
    fetched = [name for name in hops.absent if name in _FETCHED]
    if fetched:
        found = f"lacks the images of {' and '.join(fetched)}"
        return Finding(subject, State.MISSING, found, "gateproof images build")
    return Finding(subject, State.READY, "every part runs in a container of its own")


_FETCHED = ("redis", "kafka")


def _hops(hops: Hops) -> Iterator[Finding]:
    yield _sdk(hops)
    yield _socket(hops)
    if hops.socket_problem:
        return
    yield _daemon(hops)
    if hops.engine is None:
        return
    yield _disk(hops)
    if hops.list_problem:
        yield Finding("docker images", State.MISSING, hops.list_problem, "correct that, then again")
        return
    yield _registry(hops)
    yield _base(hops)
    yield _images(hops)


def _sdk(hops: Hops) -> Finding:
    if hops.sdk is None:
        return Finding("docker library", State.MISSING, "not in .venv", "make setup")
    return Finding("docker library", State.READY, hops.sdk)


def _socket(hops: Hops) -> Finding:
    problem = hops.socket_problem
    if not problem:
        return Finding("docker socket", State.READY, hops.address)
    if "permission" in problem.lower():
        remedy = "add your user to the group docker (usermod -aG docker USER), and log in again"
    elif hops.address.startswith("unix:"):
        remedy = START if hops.installed else INSTALL
    else:
        remedy = "correct DOCKER_HOST, or unset it; `docker version` says more"
    return Finding("docker socket", State.MISSING, problem, remedy)


def _daemon(hops: Hops) -> Finding:
    if hops.engine is None:
        found = f"does not answer at {hops.address}: {hops.engine_problem}"
        return Finding("docker daemon", State.MISSING, found, "restart it, and look into its log")
    return Finding("docker daemon", State.READY, f"{hops.engine}, storage {hops.driver}")


def _disk(hops: Hops) -> Finding:
    if hops.free_bytes is None:
        return Finding("docker disk", State.READY, "not of this machine, not looked at")
    found = f"{hops.free_bytes / 1e9:.1f} GB free"
    if hops.free_bytes < ENOUGH_BYTES:
        remedy = "docker system prune, or make room where the engine keeps its data"
        return Finding("docker disk", State.LIMITED, f"{found}, 4 GB are wanted", remedy)
    return Finding("docker disk", State.READY, found)


def _registry(hops: Hops) -> Finding:
    if not hops.registry_problem:
        return Finding("registry", State.READY, f"{hops.registry} answers the daemon")
    problem = hops.registry_problem
    found = (text for sign, text in _REGISTRY_REMEDIES if sign in problem.lower())
    return Finding(
        "registry", State.LIMITED, f"{hops.registry}: {problem}", next(found, NO_REGISTRY)
    )


def _base(hops: Hops) -> Finding:
    if not hops.base_obstacle:
        return Finding("base image", State.READY, "can be made here, by debootstrap")
    if not hops.registry_problem:
        return Finding("base image", State.READY, f"pulled; {hops.base_obstacle.partition(';')[0]}")
    problem, _, remedy = hops.base_obstacle.partition("; ")
    return Finding("base image", State.LIMITED, f"cannot be made here: {problem}", remedy)


def _images(hops: Hops) -> Finding:
    if not hops.absent:
        return Finding("docker images", State.READY, f"all {len(hops.listed)} are here")
    found = f"not here: {', '.join(hops.absent)}"
    return Finding("docker images", State.LIMITED, found, "gateproof images build")
