"""What this machine can run, why not, and the remedy: one line each. Standard library only."""

import os
import sys
from collections.abc import Iterator

from harness import kafka_kit, machine
from harness.findings import Finding, State
from harness.images import diagnosis
from harness.machine import Facts
from harness.setup.here import ROOT, VENV

OLDEST_MAKE = (3, 81)
LONGEST_SOCKET_PATH = 103
"""Bytes, on macOS; Linux allows four more."""

SOCKET_TAIL = len("/gateproof-4294967295/k3f9/rig99999/redis.sock")
"""What a run adds to the temporary folder's path, at most."""

NOT_YET = "not in this version yet"


def main(argv: list[str]) -> int:
    """Print the findings. Returns 0 if the embedded environment can run, else 1."""
    if argv:
        sys.stderr.write(f"doctor: takes no arguments, found {argv[0]!r}\n")
        return 2
    findings = examine(machine.look(ROOT, VENV, os.environ))  # noqa: TID251 - works without settings
    sys.stdout.write(written(findings))
    return 0 if runs_embedded(findings) else 1


def examine(facts: Facts) -> list[Finding]:
    """Judge the facts: first what can be run, then what it rests on."""
    parts = list(_parts(facts))
    return [
        _embedded([*parts, _kafka_emulated(facts)]),
        diagnosis.containers(facts.docker),
        *(Finding(f"ENV={name}", State.MISSING, NOT_YET) for name in NOT_BUILT),
        _compose(facts),
        Finding(
            "ENV=external", State.READY, "`gateproof doctor --external FILE` looks at a gateway"
        ),
        _kafka_emulated(facts),
        _kafka_real(facts),
        *parts,
        *_for_later(facts),
    ]


NOT_BUILT: tuple[str, ...] = ()
EMBEDDED = "ENV=embedded"


def runs_embedded(findings: list[Finding]) -> bool:
    return any(each.subject == EMBEDDED and each.state != State.MISSING for each in findings)


def written(findings: list[Finding]) -> str:
    """Write the findings as lines; a word tells the states apart."""
    lines = (
        f"{each.state:<8} {each.subject:<15} {each.found}"
        + (f"; remedy: {each.remedy}" if each.remedy else "")
        for each in findings
    )
    return "\n".join(lines) + "\n"


def _embedded(needed: list[Finding]) -> Finding:
    """Limited is enough: the limit is named where it is."""
    lacking = [each for each in needed if each.state is State.MISSING]
    limited = [each for each in needed if each.state is State.LIMITED]
    if lacking:
        names = ", ".join(each.subject for each in lacking)
        return Finding(EMBEDDED, State.MISSING, f"lacks {names}", lacking[0].remedy)
    if limited:
        names = ", ".join(each.subject for each in limited)
        return Finding(EMBEDDED, State.LIMITED, f"runs, within the limits of {names} below")
    return Finding(EMBEDDED, State.READY, "everything runs as processes of this machine")


def _compose(facts: Facts) -> Finding:
    """Whether its plugin is there is found out when it is asked for: `up` says so in one line."""
    subject = "ENV=compose"
    lacking = [one for one in diagnosis.findings(facts.docker) if one.state is State.MISSING]
    if lacking:
        return Finding(subject, State.MISSING, f"lacks {lacking[0].subject}", lacking[0].remedy)
    return Finding(subject, State.READY, "`make up ENV=compose` starts it, with Docker Compose v2")


def _parts(facts: Facts) -> Iterator[Finding]:
    """What the embedded environment needs."""
    yield _python(facts)
    yield _setup(facts)
    yield _make(facts)
    yield _redis(facts)
    yield _temp(facts)
    yield _ports(facts)


def _python(facts: Facts) -> Finding:
    if not facts.venv_module and facts.setup.anew:
        remedy = "apt install python3-venv"
        return Finding("python", State.MISSING, f"{facts.python} cannot make a .venv", remedy)
    return Finding("python", State.READY, facts.python)


def _setup(facts: Facts) -> Finding:
    plan = facts.setup
    if plan.anew:
        remedy = "make setup (every target does it by itself)"
        return Finding(".venv", State.LIMITED, f"to be made: {plan.anew}", remedy)
    if plan.parts:
        return Finding(
            ".venv", State.LIMITED, f"out of date: {', '.join(plan.parts)}", "make setup"
        )
    return Finding(".venv", State.READY, "up to date")


def _make(facts: Facts) -> Finding:
    if facts.make is None:
        found = "no GNU make; .venv/bin/gateproof does the same"
        return Finding("make", State.LIMITED, found, "apt install make / xcode-select --install")
    if tuple(int(number) for number in facts.make.split(".")[:2]) < OLDEST_MAKE:
        return Finding("make", State.LIMITED, f"GNU make {facts.make}", "install 3.81 or newer")
    return Finding("make", State.READY, f"GNU make {facts.make}")


def _redis(facts: Facts) -> Finding:
    redis = facts.redis
    if redis is None and facts.redis_fetchable:
        found = "none on PATH, one can be fetched"
        return Finding("redis-server", State.LIMITED, found, "make setup")
    if redis is None:
        found = f"none on PATH, and none to fetch for {facts.system}"
        return Finding("redis-server", State.MISSING, found, facts.redis_remedy)
    if redis.version is None:
        found = f"{redis.binary} does not run"
        return Finding("redis-server", State.MISSING, found, facts.redis_remedy)
    return Finding("redis-server", State.READY, f"{redis.version} at {redis.binary}")


def _kafka_emulated(facts: Facts) -> Finding:
    subject = "KAFKA=emulated"
    if facts.kafka_client:
        found = f"librdkafka's built-in cluster, by confluent-kafka {facts.kafka_client}"
        return Finding(subject, State.READY, found)
    if not facts.setup.is_empty:
        return Finding(subject, State.LIMITED, "comes with .venv", "make setup")
    found = "confluent-kafka cannot be imported in .venv"
    return Finding(subject, State.MISSING, found, "make clean ALL=1 && make setup")


def _kafka_real(facts: Facts) -> Finding:
    """Chosen with KAFKA=real, never guessed: nothing else needs what it lacks."""
    subject = "KAFKA=real"
    if facts.java is None or facts.java < kafka_kit.OLDEST_JAVA:
        found = f"needs Java {kafka_kit.OLDEST_JAVA} or newer, found {facts.java or 'none'}"
        return Finding(subject, State.MISSING, found, kafka_kit.INSTALL_JAVA)
    if facts.kafka_jars_problem is None:
        return Finding(subject, State.READY, f"Apache Kafka on Java {facts.java}, jars as locked")
    if not facts.maven:
        remedy = f"{kafka_kit.INSTALL_MAVEN}, then {kafka_kit.FETCH}"
        return Finding(subject, State.MISSING, f"{facts.kafka_jars_problem}; no mvn", remedy)
    return Finding(subject, State.MISSING, facts.kafka_jars_problem, kafka_kit.FETCH)


def _temp(facts: Facts) -> Finding:
    if facts.temp_problem:
        found = f"{facts.temp_folder} cannot be written: {facts.temp_problem}"
        return Finding("temp folder", State.MISSING, found, "set TMPDIR to a folder of yours")
    spare = LONGEST_SOCKET_PATH - SOCKET_TAIL - len(os.fsencode(facts.temp_folder))
    if spare < 0:
        found = f"{facts.temp_folder} is {-spare} bytes too long for unix sockets in it"
        return Finding("temp folder", State.MISSING, found, "set TMPDIR=/tmp")
    return Finding("temp folder", State.READY, facts.temp_folder)


def _ports(facts: Facts) -> Finding:
    if facts.loopback_problem:
        found = f"127.0.0.1 cannot be bound: {facts.loopback_problem}"
        return Finding("ports", State.MISSING, found, "allow this user to listen on loopback")
    return Finding("ports", State.READY, "none has to be free: each part takes one that is")


def _for_later(facts: Facts) -> Iterator[Finding]:
    """What the environments that are not built yet will need."""
    yield _network(facts)
    yield from diagnosis.findings(facts.docker)


def _network(facts: Facts) -> Finding:
    """What fetching goes through; what the daemon pulls through is its own affair."""
    if facts.network_problem:
        found, _, remedy = facts.network_problem.partition("; ")
        return Finding("network", State.LIMITED, found, remedy)
    if facts.network.is_plain:
        return Finding("network", State.READY, "no proxy, no extra CA bundle")
    told = [f"{scheme} through a proxy" for scheme in facts.network.proxies]
    told += [f"trusts {facts.network.ca_bundle} too"] if facts.network.ca_bundle else []
    return Finding("network", State.READY, ", ".join(told))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
