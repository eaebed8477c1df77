"""The Compose project behind `make up ENV=compose`: what it is given, how it is asked, what it says.

Its folder `.gateproof/compose/` holds what the containers are given. Only its owner can go in there;
the files themselves can be read by the containers' users.
"""

import hashlib
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from secrets import token_hex, token_urlsafe
from typing import Any

from harness import patience, topology
from harness.environments.contract import CannotStart, Identity
from harness.settings import ROOT, Settings

FILE = ROOT / "compose" / "compose.yaml"
FOLDER = ROOT / ".gateproof" / "compose"
NAME = f"gateproof-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:4]}"
"""Each checkout has a project of its own: a demo is not taken over by somebody else's `up`."""

PROFILES = ("us", "analytics")
LIFETIME_S = 30 * 24 * 3600
"""A demo may stay up for a month: that long its Cloud Tokens are good."""

_STATEFUL = ("gate-eu", "gate-us", "eu-1", "eu-2", "us-1", "ingest")
_MISSING = (
    "Docker's plugin `compose` (v2) is missing: apt install docker-compose-v2, or "
    "docker-compose-plugin from Docker's own packages; `docker compose version` has to answer"
)


@dataclass(frozen=True, slots=True)
class Given:
    """What a project was started with. Shape: identities by region; profiles as Compose knows them."""

    identities: Mapping[str, Identity]
    profiles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Project:
    """One project in its folder."""

    settings: Settings
    folder: Path = FOLDER
    name: str = NAME

    @property
    def variables(self) -> Path:
        return self.folder / "project.env"

    def missing(self) -> str | None:
        """Say in one line why Compose cannot be used here; None when it can."""
        if shutil.which("docker", path=self.settings.path) is None:
            return "there is no docker on PATH: install Docker, or use ENV=embedded"
        if self._docker("compose", "version").returncode:
            return _MISSING
        seen = self._docker("version", "--format", "{{.Server.Version}}")
        if seen.returncode:
            why = (seen.stderr.strip().splitlines() or ["no reason given"])[-1]
            return f"Docker's daemon does not answer: {why}; start it: systemctl start docker"
        return None

    def _docker(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["docker", *arguments],
            env=dict(self.settings.surroundings),
            capture_output=True,
            text=True,
            check=False,
        )

    def compose(self, *arguments: str, profiles: Sequence[str] = PROFILES) -> str:
        """Run `docker compose` on this project and return what it printed.

        Errors: CannotStart with the last line of what it said.
        """
        options = ["--project-name", self.name, "--file", str(FILE)]
        if self.variables.exists():
            options += ["--env-file", str(self.variables)]
        for profile in profiles:
            options += ["--profile", profile]
        done = self._docker("compose", "--ansi=never", "--progress=quiet", *options, *arguments)
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if line.strip()]
            last = said[-1].strip() if said else "it said nothing"
            raise CannotStart(f"docker compose {arguments[0]} failed: {last}")
        return done.stdout

    def containers(self) -> list[dict[str, Any]]:
        """Return its containers as `ps` tells them, also those that ended. Errors: CannotStart."""
        lines = self.compose("ps", "--all", "--format", "json").splitlines()
        return [json.loads(line) for line in lines if line.strip()]

    # --- what it is given --------------------------------------------------------------------

    def prepare(self, images: Mapping[str, str], profiles: Sequence[str]) -> None:
        """Make secrets, tokens and variables anew."""
        self.forget()
        for folder in (self.folder, self.folder / "secrets", self.folder / "state"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in _STATEFUL:
            (self.folder / "state" / name).mkdir()
            (self.folder / "state" / name).chmod(0o777)  # the containers' user is not ours
        run = token_hex(2)
        identities = {
            region: Identity(
                f"account-{region}-{run}", f"env-{region}-{run}", f"index-{region}-{run}"
            )
            for region in topology.regions(topology.EVERYTHING)
        }
        for name, value in _secrets(identities).items():
            (self.folder / "secrets" / name).write_text(value)
            (self.folder / "secrets" / name).chmod(0o644)
        given = {
            "identities": {r: asdict(one) for r, one in identities.items()},
            "profiles": profiles,
        }
        (self.folder / "given.json").write_text(json.dumps(given))
        pairs = _variables(self.folder, self.name, images, profiles, self.settings.surroundings)
        self.variables.write_text("".join(f"{name}={value}\n" for name, value in pairs.items()))

    def given(self) -> Given:
        """Errors: CannotStart when nothing was prepared."""
        try:
            read = json.loads((self.folder / "given.json").read_text())
            identities = {region: Identity(**one) for region, one in read["identities"].items()}
            return Given(identities, tuple(read["profiles"]))
        except (OSError, ValueError, KeyError, TypeError):
            raise CannotStart("no Compose project is up; make up ENV=compose starts it") from None

    def secret(self, name: str) -> str:
        """Errors: CannotStart."""
        try:
            return (self.folder / "secrets" / name).read_text()
        except OSError:
            raise CannotStart("no Compose project is up; make up ENV=compose starts it") from None

    def forget(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def _secrets(identities: Mapping[str, Identity]) -> dict[str, str]:
    from harness.tokens import CloudTokenIssuer  # only `up` signs anything

    issuer = CloudTokenIssuer.fresh()
    now = time.time()
    cloud = {
        f"cloud_{region}": issuer.issue(
            account=one.account, environment=one.environment, region=region, index=one.index,
            now_s=now, changes={"exp": int(now) + LIFETIME_S},
        )
        for region, one in identities.items()
    }  # fmt: skip
    return {
        "jwt": f"Too many secrets. {token_urlsafe(24)}",
        "admin": token_urlsafe(30),
        "management": token_urlsafe(30),
        "snapshot": token_urlsafe(30),
        "aws_key": "AKIA" + token_hex(8).upper(),
        "aws_secret": token_urlsafe(30),
        "jwks": issuer.key_set(),
        **cloud,
    }


def _variables(
    folder: Path,
    name: str,
    images: Mapping[str, str],
    profiles: Sequence[str],
    surroundings: Mapping[str, str],
) -> dict[str, str]:
    analytics = "analytics" in profiles
    reports = {
        f"GATEPROOF_REPORTS_{region.upper()}": f"http://gate-{region}:8080/reports"
        for region in topology.regions(topology.EVERYTHING)
        if analytics
    }
    return {
        "GATEPROOF_HOME": str(folder),
        "GATEPROOF_PROJECT": name,
        "GATEPROOF_KAFKA": "kafka:9092" if analytics else "none",
        # it tells its clients where it is, so that it has to be known before it starts
        "GATEPROOF_KAFKA_PORT": surroundings.get("GATEPROOF_KAFKA_PORT") or str(_free_port()),
        **reports,
        **{f"GATEPROOF_IMAGE_{name.upper()}": reference for name, reference in images.items()},
    }


def _free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port


def start(project: Project, profiles: Sequence[str]) -> None:
    """Start everything and wait until every container says that it is healthy.

    Errors: CannotStart naming what is not.
    """
    check(project)
    wait = f"{patience.COMPOSE_HEALTHY_S:g}"
    try:
        project.compose(
            "up", "--detach", "--wait", "--wait-timeout", wait, "--pull", "missing",
            profiles=profiles,
        )  # fmt: skip
    except CannotStart as error:
        raise CannotStart(f"{error}{_unwell(project)}") from None


def check(project: Project) -> None:
    """Let Compose read what it is given. Errors: CannotStart; nothing is kept then, as nothing could end it."""
    try:
        project.compose("config", "--quiet")
    except CannotStart as error:
        project.forget()
        raise CannotStart(
            f"{error}; look at GATEPROOF_KAFKA_PORT, GATEPROOF_HEALTH_INTERVAL and the images' names"
        ) from None


def _unwell(project: Project) -> str:
    """Name the containers that are ill or ended, with the last line that the first of them said."""
    try:
        unwell = [
            one
            for one in project.containers()
            if one.get("Health") == "unhealthy" or one.get("State") in ("exited", "dead")
        ]
        if not unwell:
            return ""
        first = unwell[0]["Service"]
        said = project.compose("logs", "--no-log-prefix", "--tail", "1", first).strip()
    except CannotStart:
        return ""
    names = ", ".join(one["Service"] for one in unwell)
    return f"; not healthy: {names}; {first} said last: {said or 'nothing'}"


def stop(project: Project) -> None:
    """Remove containers, networks and volumes. Errors: CannotStart."""
    project.compose("down", "--volumes", "--remove-orphans", "--timeout", "3")
    project.forget()
