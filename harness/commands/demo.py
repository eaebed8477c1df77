"""`gateproof up` and `down`: the miniature multi-cloud, left running for people."""

import argparse
import json
import signal
import sys
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import yaml

from harness import environments, patience, topology
from harness.commands.complaints import BadInput, complain, require_known
from harness.environments import compose_project
from harness.environments.contract import KAFKAS, CannotStart, Options
from harness.environments.sweeping import sweep
from harness.scenario.people import PEOPLE
from harness.settings import ROOT, read
from harness.warden.client import WardenClient
from harness.warden.launch import Launched, fresh_run_id, launch
from harness.warden.ways import NotServed
from harness.warden.wire import EnvironmentDied, Refused, WardenLost

UP = ROOT / ".gateproof" / "up.json"
ADMIN_TOKEN = UP.parent / "admin.token"
DEMO = Path(__file__).parent.parent / "demo.yaml"


def up(options: argparse.Namespace) -> int:
    """Start everything, publish the demo, print URLs and curl lines. Returns 3 if it does not come up."""
    began = time.monotonic()
    try:
        require_known("environment", options.env, environments.ENVIRONMENTS, environments.PLANNED)
        if options.kafka:
            require_known("Kafka", options.kafka, KAFKAS, ())
    except BadInput as error:
        complain(error)
        return 2
    running = where_up()
    if running is not None and running["environment"] != options.env:
        complain(
            f"{running['environment']} is up already (run {running['run']}), and there is one demo "
            "at a time: make down ends it"
        )
        return 2
    if running is not None:
        sys.stdout.write(f"already up (run {running['run']})\n{_in_words(running)}")
        return 0
    signal.signal(signal.SIGTERM, _interrupt)
    settings = read()
    if options.env == "external":
        complain("up starts something, and external starts nothing: there is embedded or compose")
        return 2
    asked = Options(kafka=options.kafka)
    if options.env == "compose":
        if options.kafka == "emulated":
            complain("the Kafka of compose is a real one; --kafka emulated is for embedded")
            return 2
        return _start_compose(options.profiles, began)
    environments.prepare(options.env, settings, _say_at_once)
    missing = environments.ENVIRONMENTS[options.env](settings, asked).missing()
    if missing:
        complain(f"the environment {options.env} cannot run here: {missing}")
        return 2
    sweep(settings, in_docker=options.env in environments.IN_DOCKER)
    return _start(options.env, asked, began)


def _interrupt(*_: object) -> None:
    """Whoever ends `up` while it starts gets what Ctrl-C gets: nothing is left."""
    raise KeyboardInterrupt


def _start(environment: str, asked: Options, began: float) -> int:
    run = fresh_run_id()
    warden: Launched | None = None
    try:
        UP.parent.mkdir(exist_ok=True)
        warden = launch(
            run=run, environment=environment, options=asked,
            journal=UP.parent / "run.ndjson", stay=True,
        )  # fmt: skip
        facts = _published(warden.socket)
    except (WardenLost, Refused, EnvironmentDied) as error:
        complain(f"the multi-cloud did not come up: {error}")
        if warden is not None:
            warden.process.terminate()
            warden.wait_for_end()
        return 3
    except KeyboardInterrupt:
        if warden is not None:
            warden.process.terminate()
            warden.wait_for_end()
        raise
    told = _told(run, warden.socket, facts) | {"environment": environment}
    if wants_token(told["admin"]):
        told["admin_token_file"] = str(_kept(facts["secrets"]["admin"]))
    return _say(told, began)


def _start_compose(profiles: str, began: float) -> int:
    """The same without a warden: the containers stay by themselves, and Compose knows them."""
    from harness.commands import compose_demo  # the other environments do without

    settings = read()
    wanted = [name for name in profiles.split(",") if name]
    if strange := sorted(set(wanted) - set(compose_project.PROFILES)):
        known = ",".join(compose_project.PROFILES)
        complain(f"there is no profile {strange[0]!r}; --profiles takes {known}, or some of them")
        return 2
    if missing := compose_project.Project(settings).missing():
        complain(f"the environment compose cannot run here: {missing}")
        return 2
    environments.prepare("containers", settings, _say_at_once)  # it starts the same images
    try:
        facts = compose_demo.up(settings, wanted, DEMO)
    except (CannotStart, NotServed) as error:
        complain(f"the multi-cloud did not come up: {error}")
        return 3
    told = _told(compose_project.NAME, "", facts) | {"environment": "compose"}
    return _say(told | {"admin_token_file": ".gateproof/compose/secrets/admin"}, began)


def _say_at_once(line: str) -> None:
    print(line, flush=True)  # noqa: T201


def _say(told: dict[str, Any], began: float) -> int:
    UP.parent.mkdir(exist_ok=True)
    UP.write_text(json.dumps(told, indent=2) + "\n")
    took = time.monotonic() - began
    sys.stdout.write(f"up in {took:.2f} s (run {told['run']})\n{_in_words(told)}")
    return 0


def _published(socket: str) -> dict[str, Any]:
    """Open every part and publish the demo; the plan of this run is the demo alone."""
    client = WardenClient(socket, "runner")
    try:
        facts: dict[str, Any] = client.call(
            "plan",
            digest="demo",
            document=yaml.safe_load(DEMO.read_text()),
            scripts={},
            suffixes=[],
            parts=sorted(topology.EVERYTHING),
        )
        if facts["refused"]:
            raise Refused(f"the demo was refused: {facts['refused']}")
        return facts | {"fidelity": client.facts["fidelity"]}
    finally:
        client.close()


def wants_token(admin: str) -> bool:
    """Tell whether an admin port asks who is there: it does wherever it is not on loopback."""
    try:
        build_opener(ProxyHandler({})).open(f"{admin}/status", timeout=patience.CALL_S).close()
    except HTTPError as error:
        return error.code == 401
    except OSError:
        pass  # then nobody can be asked
    return False


def _kept(token: str) -> Path:
    """Keep the admin ports' token where curl can take it from, for the owner alone."""
    ADMIN_TOKEN.unlink(missing_ok=True)
    ADMIN_TOKEN.touch(mode=0o600)
    ADMIN_TOKEN.write_text(token)
    return ADMIN_TOKEN


def _told(run: str, socket: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Draw `.gateproof/up.json`, which people's scripts read."""
    addresses = facts["addresses"]
    gateways = topology.gateways(facts["parts"])
    return {
        "run": run,
        "warden": socket,
        "gateway": addresses[f"{gateways[0]}.proxy"],
        "admin": addresses[f"{gateways[0]}.admin"],
        "gateways": {name: addresses[f"{name}.proxy"] for name in gateways},
        "users": addresses["users.url"],
        "orders": addresses["orders.url"],
        "auth": addresses["auth.url"],
        "cloud_gates": {
            region: addresses[f"gate-{region}.url"] for region in topology.regions(facts["parts"])
        },
        "redis": addresses["redis.url"],
        "kafka": addresses.get("kafka.bootstrap"),
        "index": addresses.get("ingest.url"),
        "indices": {region: one["index"] for region, one in facts["identities"].items()},
        "fidelity": facts["fidelity"],
    }


def _in_words(told: dict[str, Any]) -> str:
    gateway, ada = told["gateway"], PEOPLE["Ada"]
    login = json.dumps({"email": ada.email, "password": ada.password})
    file = told.get("admin_token_file")
    operator = f' -H "Authorization: Bearer $(cat {file})"' if file else ""
    rows = [
        ("gateways", "  ".join(f"{name} {url}" for name, url in told["gateways"].items())),
        ("admin", told["admin"]),
        ("users", told["users"]),
        ("orders", told["orders"]),
        ("auth", told["auth"]),
        ("gates", "  ".join(f"{name} {url}" for name, url in told["cloud_gates"].items())),
        ("redis", told["redis"]),
    ]
    if told["kafka"]:
        rows.append(("kafka", f"{told['kafka']}  ({told['fidelity']['kafka']})"))
    if told["index"]:
        rows.append(("index", f"{told['index']}/indices/{told['indices']['eu']}/events"))
    lines = [f"  {name:<9}{where}" for name, where in rows]
    lines += [
        "",
        "try:",
        f"  curl -i {gateway}/users/public                      # 401: the gateway asks for a token",
        f"  curl -s {gateway}/login -H 'Content-Type: application/json' -d '{login}'",
        f'  curl -i {gateway}/users -H "Authorization: Bearer $(.venv/bin/gateproof token Ada)"'
        "   # 200, and 429 at the fourth time",
        f"  curl -s {told['admin']}/consumers/shop/jwt{operator}",
        "",
        "`make down` ends it; .gateproof/up.json has these addresses for scripts",
    ]
    return "\n".join(lines) + "\n"


def where_up() -> dict[str, Any] | None:
    """Return what is up, None if nothing is: a file alone proves nothing."""
    try:
        told: dict[str, Any] = json.loads(UP.read_text())
        if told.get("environment") == "compose":
            from harness.commands import compose_demo

            return told if compose_demo.is_up(read()) else None
        WardenClient(told["warden"], "visitor").close()
    except (OSError, ValueError, KeyError, WardenLost):
        return None
    return told


def jwt_secret(told: dict[str, Any]) -> str:
    """Return the secret that people's tokens are signed with at what is up."""
    if told.get("environment") == "compose":
        return compose_project.Project(read()).secret("jwt")
    client = WardenClient(told["warden"], "visitor")
    try:
        return str(client.facts["secrets"]["jwt"])
    finally:
        client.close()


def _down_compose() -> int:
    """Compose's project is ended even if nothing says that it is up: half of it may be."""
    project = compose_project.Project(read())
    try:
        if problem := project.missing():
            raise CannotStart(problem)
        compose_project.stop(project)
    except CannotStart as error:
        complain(f"the Compose project may still be there: {error}")
        return 3
    return 0


def down(options: argparse.Namespace) -> int:
    """End what `up` started, and return when nothing of it is left."""
    composed = compose_project.FOLDER.exists()
    if composed and (code := _down_compose()):
        return code
    told = where_up()
    if told is None:
        UP.unlink(missing_ok=True)
        sys.stdout.write(f"down (run {compose_project.NAME})\n" if composed else "nothing is up\n")
        return 0
    client = WardenClient(told["warden"], "visitor")
    client.call("end")
    client.wait_for_hang_up()
    UP.unlink(missing_ok=True)
    ADMIN_TOKEN.unlink(missing_ok=True)
    sys.stdout.write(f"down (run {told['run']})\n")
    return 0
