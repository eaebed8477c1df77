"""What to do about a failure of pip, read from what it said. Pure."""

import re

INDEX = (
    "the package index cannot be reached; behind a proxy set HTTPS_PROXY, with a mirror set "
    "PIP_INDEX_URL, then run the same command again"
)

REMEDIES: tuple[tuple[str, str], ...] = (
    (
        r"No space left on device|Disk quota exceeded",
        "the disk is full; make room and run it again",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError",
        "the index's certificate is not trusted; set GATEPROOF_CA_BUNDLE (pip alone: PIP_CERT) to the CA of your network",
    ),
    (
        r"DO NOT MATCH THE HASHES",
        "the index serves another file than requirements.lock names; "
        "use another PIP_INDEX_URL, or `make lock` if you trust this one",
    ),
    (
        r"HTTP error 40[137]|(401|403|407) (Client )?Error|Authentication Required|Unauthorized",
        "the index or the proxy wants credentials; put them into PIP_INDEX_URL or HTTPS_PROXY",
    ),
    (
        r"connection broken by|NewConnectionError|name resolution|Name or service not known"
        r"|ProxyError|Connection refused|ReadTimeout|timed out",
        INDEX,
    ),
    (
        r"metadata-generation-failed|Failed building wheel|Failed to build|command '.*gcc'",
        "there is no wheel of it for this Python; try make setup PYTHON=python3.13",
    ),
    (
        r"No matching distribution found",
        "the index does not offer it for this Python and platform; "
        "try another PIP_INDEX_URL or make setup PYTHON=python3.13",
    ),
    (r"Permission denied", "somebody else owns a file there; make clean ALL=1, then run it again"),
)
"""The first pattern that is found in what pip printed names the remedy."""


def remedy(said: str) -> str:
    """Return what to do next."""
    found = (text for pattern, text in REMEDIES if re.search(pattern, said))
    return next(found, "run the same command again; if it fails again, the log says more")


def complaint(said: str) -> str:
    """Return the line in which pip says what is wrong."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    chosen = errors[0].removeprefix("ERROR:").strip() if errors else (lines or ["no output"])[-1]
    return chosen if len(chosen) < 200 else chosen[:197] + "..."
