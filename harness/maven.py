"""Runs Maven to fetch jars: through the network's proxies and CA bundle, with one-line complaints."""

import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

from harness import network

PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
_PATIENCE_S = 600
_STORE_PASSWORD = "changeit"  # the JVM's own default; it protects public certificates

_REMEDIES = (
    (r"No space left", "the disk is full; make room and run it again"),
    (
        r"PKIX path building|unable to find valid certification path|trustAnchors",
        "the repository's certificate is not trusted; set GATEPROOF_CA_BUNDLE to your network's CA",
    ),
    (
        r"Unknown host|UnknownHostException|Connection refused|timed out|Network is unreachable"
        r"|Temporary failure in name resolution",
        "the Maven repository cannot be reached; set HTTPS_PROXY, or a mirror in ~/.m2/settings.xml",
    ),
    (r"\b407\b", "the proxy wants credentials; put them into HTTPS_PROXY"),
    (r"\b(401|403)\b", "the repository wants credentials; put them into ~/.m2/settings.xml"),
    (
        r"JAVA_HOME|No compiler|java: not found",
        "install Java 17: apt install openjdk-17-jre-headless",
    ),
)


class MavenFailed(Exception):
    """Maven did not fetch; the text says why, and what to do."""


def copy(coordinates: Iterable[str], folder: Path, environ: Mapping[str, str], cache: Path) -> None:
    """Copy exactly these jars (`group:artifact:version`, nothing that they depend on) into a folder.

    Shape:  environ is the caller's; cache may take a trust store and a joined CA bundle.
    Errors: MavenFailed, network.BadNetwork.
    """
    program = shutil.which("mvn", path=environ.get("PATH"))
    if program is None:
        raise MavenFailed("no mvn on PATH; apt install maven / brew install maven")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "pom.xml").write_text(pom(coordinates))
        told = {**network.outward(environ, cache), **_options(environ, cache)}
        argv = [
            program, "--batch-mode", "--quiet", "--strict-checksums",
            *_proxy_settings(environ, folder),
            f"--file={folder / 'pom.xml'}", f"{PLUGIN}:copy-dependencies",
            f"-DoutputDirectory={folder}", "-Dmdep.overWriteReleases=true",
        ]  # fmt: skip
        ended = subprocess.run(
            argv,
            env=told,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise MavenFailed(
            f"Maven did not end within {_PATIENCE_S} s; look at the network, then run it again"
        ) from None
    except OSError as error:
        raise MavenFailed(f"cannot run Maven in {folder}: {error.strerror}") from error
    if ended.returncode:
        raise MavenFailed(f"Maven failed: {complaint(ended.stdout + ended.stderr)}")


def pom(coordinates: Iterable[str]) -> str:
    """Draw a project that depends on these jars and on nothing behind them."""
    wanted = []
    for coordinate in coordinates:
        group, artifact, version = (escape(part) for part in coordinate.split(":"))
        wanted.append(
            f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
            f"<version>{version}</version><exclusions><exclusion><groupId>*</groupId>"
            "<artifactId>*</artifactId></exclusion></exclusions></dependency>"
        )
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>gateproof</groupId><artifactId>jars</artifactId><version>1</version>"
        f"<packaging>pom</packaging><dependencies>{''.join(wanted)}</dependencies></project>\n"
    )


def complaint(said: str) -> str:
    """Return Maven's own complaint in one line, with what to do next."""
    lines = [line.removeprefix("[ERROR]").strip() for line in said.splitlines()]
    told = next((line for line in lines if line), "it said nothing")
    remedies = (text for pattern, text in _REMEDIES if re.search(pattern, said))
    return f"{told[:240]}; {next(remedies, 'run it again; mvn -version shows what it runs on')}"


def _options(environ: Mapping[str, str], cache: Path) -> dict[str, str]:
    """The JVM reads neither PEM files nor variables: it gets a trust store."""
    bundle = network.trusted(network.read(environ), environ, cache)
    if bundle is None:
        return {}
    store = trust_store(bundle)
    ours = (
        f"-Djavax.net.ssl.trustStore={store} -Djavax.net.ssl.trustStoreType=PKCS12 "
        f"-Djavax.net.ssl.trustStorePassword={_STORE_PASSWORD}"
    )
    return {"MAVEN_OPTS": f"{environ.get('MAVEN_OPTS', '')} {ours}".strip()}


def trust_store(bundle: Path) -> Path:
    """Write the certificates of a PEM file as a PKCS 12 trust store beside it."""
    # imported here: `doctor` looks for jars before anything is installed
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

    store = bundle.with_suffix(".p12")
    if not store.exists():
        held = x509.load_pem_x509_certificates(bundle.read_bytes())
        entries = [
            pkcs12.PKCS12Certificate(one, f"ca-{number}".encode())
            for number, one in enumerate(dict.fromkeys(held))
        ]
        password = BestAvailableEncryption(_STORE_PASSWORD.encode())
        store.write_bytes(pkcs12.serialize_java_truststore(entries, password))
    return store


def _proxy_settings(environ: Mapping[str, str], folder: Path) -> list[str]:
    """Maven takes proxies from a settings file; as the global one it leaves the user's own in force."""
    known = network.read(environ)
    if not known.proxies:
        return []
    without = "|".join(
        f"*{name}" if name.startswith(".") else name
        for name in network.exempt(known).split(",")
        if "/" not in name
    )
    file = folder / "settings.xml"
    drawn = (_proxy(scheme, url, without) for scheme, url in known.proxies.items())
    file.write_text(f"<settings><proxies>{''.join(drawn)}</proxies></settings>\n")
    file.chmod(0o600)
    return [f"--global-settings={file}"]


def _proxy(scheme: str, url: str, without: str) -> str:
    parts = urlsplit(network.proxy_url(scheme, url))
    login = "".join(
        f"<{tag}>{escape(unquote(value))}</{tag}>"
        for tag, value in (("username", parts.username), ("password", parts.password))
        if value
    )
    return (
        f"<proxy><id>{scheme}</id><active>true</active><protocol>{scheme}</protocol>"
        f"<host>{escape(parts.hostname or '')}</host><port>{parts.port or 80}</port>{login}"
        f"<nonProxyHosts>{escape(without)}</nonProxyHosts></proxy>"
    )
