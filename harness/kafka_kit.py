"""What a real Kafka without Docker runs on: Java and Apache Kafka's jars, found on this machine.

Standard library only: `doctor` asks it before anything is installed.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from harness import kafka_jars
from harness.kafka_jars import Lock, NoJars

LOCK = Path(__file__).resolve().parent.parent / "compose" / "kafka.lock"
OLDEST_JAVA = 17
INSTALL_JAVA = "apt install openjdk-17-jre-headless / brew install openjdk@17"
INSTALL_MAVEN = "apt install maven / brew install maven"
FETCH = "gateproof fetch kafka"
_LOOK_S = 10.0


@dataclass(frozen=True, slots=True)
class Kit:
    """Shape: classpath names the jars one by one."""

    java: str
    classpath: str


def lock() -> Lock:
    """Errors: NoJars."""
    return kafka_jars.read_lock(LOCK)


def locate(path: str, cache: Path) -> Kit:
    """Return where Java and the jars are to be; `lacking` says whether they are there.

    Errors: NoJars for a lock that cannot be read.
    """
    jars = lock()
    folder = kafka_jars.folder_of(jars, cache)
    return Kit(shutil.which("java", path=path) or "java", kafka_jars.classpath(jars, folder))


def lacking(path: str, cache: Path) -> list[str]:
    """Return what is missing here, each with the command that mends it, in the order to run them."""
    found = []
    version = java_version(path)
    if version is None:
        found.append(f"no Java on PATH ({INSTALL_JAVA})")
    elif version < OLDEST_JAVA:
        found.append(f"Java {version} is older than {OLDEST_JAVA} ({INSTALL_JAVA})")
    if problem := jars_problem(cache):
        if shutil.which("mvn", path=path) is None:
            found.append(f"no mvn on PATH, which fetches the jars ({INSTALL_MAVEN})")
        found.append(f"{problem} ({FETCH})")
    return found


def jars_problem(cache: Path) -> str | None:
    """Say what is wrong with the jars in the cache; None when they are those of the lock."""
    try:
        jars = lock()
    except NoJars as error:
        return str(error)
    folder = kafka_jars.folder_of(jars, cache)
    if not folder.is_dir():
        return f"Apache Kafka {jars.version} is not in {cache}"
    wrong = kafka_jars.differing(jars, folder)
    return f"Apache Kafka in {folder} is not whole: {wrong[0]}" if wrong else None


def java_version(path: str) -> int | None:
    """Return the major version of the Java on PATH; None when there is none that runs."""
    command = shutil.which("java", path=path)
    if command is None:
        return None
    try:
        ended = subprocess.run(
            [command, "-version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_LOOK_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', ended.stdout + ended.stderr)
    return int(found[1]) if found and not ended.returncode else None
