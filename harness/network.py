"""How what we fetch leaves a corporate network: one CA bundle, the usual proxies, local names exempt.

Standard library only: `make setup` needs it before anything is installed.
"""

import hashlib
import os
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

CA_BUNDLE = "GATEPROOF_CA_BUNDLE"

READ = (CA_BUNDLE, "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
"""What is read here, the last three in small letters as well."""

CA_VARIABLES = (
    "SSL_CERT_FILE",  # OpenSSL, Python, httpx, Go
    "REQUESTS_CA_BUNDLE",  # requests and the Docker SDK
    "PIP_CERT",
    "CURL_CA_BUNDLE",
    "GIT_SSL_CAINFO",
    "NODE_EXTRA_CA_CERTS",
)
"""What the tools we call read; the JVM takes a trust store instead (`harness/maven.py`)."""

LOCAL = (
    "localhost",
    "127.0.0.1",
    "127.0.0.0/8",
    "::1",
    ".gateway.test",
    "host.docker.internal",
    "gateway.docker.internal",
    "172.16.0.0/12",  # Docker's bridges
    "192.168.0.0/16",  # and where it goes when those are taken
)
"""Never through a proxy. Names of containers come in beside them, see `exempt`."""

_SYSTEM_STORES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # macOS
)
_BEGIN = b"-----BEGIN CERTIFICATE-----"


class BadNetwork(Exception):
    """A setting of the network cannot be used; the text says which, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Network:
    """Shape: ca_bundle is trusted besides the system's own; proxies maps http and https to URLs."""

    ca_bundle: Path | None
    proxies: Mapping[str, str]
    no_proxy: tuple[str, ...]

    @property
    def is_plain(self) -> bool:
        return self.ca_bundle is None and not self.proxies


def read(environ: Mapping[str, str]) -> Network:
    """Read the network's settings. In lower case they win, as with curl."""
    bundle = environ.get(CA_BUNDLE, "").strip()
    proxies = {
        scheme: url
        for scheme in ("http", "https")
        if (url := _either(environ, f"{scheme}_proxy") or _either(environ, "all_proxy"))
    }
    listed = _either(environ, "no_proxy").split(",")
    return Network(
        ca_bundle=Path(bundle).expanduser() if bundle else None,
        proxies=proxies,
        no_proxy=tuple(name.strip() for name in listed if name.strip()),
    )


def _either(environ: Mapping[str, str], name: str) -> str:
    return (environ.get(name) or environ.get(name.upper()) or "").strip()


def exempt(network: Network, names: Iterable[str] = ()) -> str:
    """Return NO_PROXY: what the user exempts, everything local, and these names of containers."""
    return ",".join(dict.fromkeys([*network.no_proxy, *LOCAL, *names]))


def outward(environ: Mapping[str, str], folder: Path, names: Iterable[str] = ()) -> dict[str, str]:
    """Return the environment of a command that fetches something.

    Shape:  environ is the caller's, folder is where a joined CA bundle may be written.
    Errors: BadNetwork.
    """
    network = read(environ)
    told = dict(environ)
    if network.proxies:
        for scheme, url in network.proxies.items():
            told[f"{scheme}_proxy"] = told[f"{scheme.upper()}_PROXY"] = proxy_url(scheme, url)
        told["no_proxy"] = told["NO_PROXY"] = exempt(network, names)
    if bundle := trusted(network, environ, folder):
        told |= dict.fromkeys(CA_VARIABLES, str(bundle))
    return told


def proxy_url(scheme: str, url: str) -> str:
    """Return a proxy with its scheme: `proxy:3128` is how people write it.

    Errors: BadNetwork.
    """
    full = url if "://" in url else f"http://{url}"
    try:
        parts = urlsplit(full)
        usable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        # the value may hold a password: it is not repeated
        raise BadNetwork(
            f"{scheme.upper()}_PROXY is no address of a proxy; write it as http://HOST:PORT"
        )
    return full


def trusted(network: Network, environ: Mapping[str, str], folder: Path) -> Path | None:
    """Return a file with the system's certificates and those of the extra bundle, None without one.

    The variables that tools read *replace* their store, so the two have to be joined.
    Errors: BadNetwork.
    """
    if network.ca_bundle is None:
        return None
    joined = b"\n".join([*_system_store(environ), _certificates(network.ca_bundle)])
    file = folder / "ca" / f"{hashlib.sha256(joined).hexdigest()[:12]}.pem"
    if not file.exists():
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            half = file.with_name(f"{file.name}.{os.getpid()}")
            half.write_bytes(joined)
            half.replace(file)
        except OSError as error:
            raise BadNetwork(
                f"cannot write the joined CA bundle {file}: {error.strerror}; set GATEPROOF_CACHE"
            ) from error
    return file


def _system_store(environ: Mapping[str, str]) -> list[bytes]:
    named = (environ.get("SSL_CERT_FILE"), ssl.get_default_verify_paths().cafile, *_SYSTEM_STORES)
    for name in named:
        if name and Path(name).is_file():
            return [Path(name).read_bytes()]
    return []


def _certificates(bundle: Path) -> bytes:
    try:
        held = bundle.read_bytes()
    except OSError as error:
        raise BadNetwork(
            f"{CA_BUNDLE} names {bundle}, which cannot be read: {error.strerror}; "
            "name a PEM file, or unset it"
        ) from error
    if _BEGIN not in held:
        raise BadNetwork(
            f"{CA_BUNDLE} names {bundle}, which holds no PEM certificate; "
            "convert it (openssl x509 -inform der -in FILE -out FILE.pem), or unset it"
        )
    return held
