"""The reference gateway: as it is, with its limits in a shared Redis."""

import json
import os
import sys

from joserfc import jwt
from joserfc.jwk import OctKey

from load.bench.peers.contract import KEY, SECRET, Peer, Site, Start, free_port
from load.bench.rows import MANY
from load.big_document import big_document

JWT = {"name": "jwt", "config": {"key_claim_name": "kid", "claims_to_verify": ["exp"]}}


def limit(calls: int) -> dict[str, object]:
    return {"name": "rate-limiting", "config": {"hour": calls, "policy": "redis"}}


def document(site: Site) -> dict[str, object]:
    policies: dict[str, list[object]] = {
        "route": [],
        "jwt": [JWT],
        "limited": [JWT, limit(MANY)],
        "spent": [JWT, limit(1)],
    }
    return {
        "_format_version": "3.0",
        "services": [
            {
                "name": name,
                "url": f"http://127.0.0.1:{site.upstream_port}",
                "plugins": plugins,
                "routes": [{"name": name, "paths": [f"/{name}"], "strip_path": False}],
            }
            for name, plugins in policies.items()
        ],
        "consumers": [{"username": KEY, "jwt_secrets": [{"key": KEY, "secret": SECRET}]}],
    }


def big(site: Site) -> dict[str, object]:
    """The big document, with the caller among its consumers and its limits in Redis."""
    found = big_document(f"http://127.0.0.1:{site.upstream_port}", plugins=[JWT, limit(MANY)])
    found["consumers"] += document(site)["consumers"]
    return found


def start(site: Site, name: str, served: dict[str, object], *more: str) -> Start:
    file, port = site.folder / f"{name}.json", free_port()
    file.write_text(json.dumps(served))
    argv = (
        sys.executable, "-m", "gateway", "--config", str(file), "--log-level", "warning",
        "--listen", f"127.0.0.1:{port}", "--admin", "127.0.0.1:0", *more,
    )  # fmt: skip
    return Start(argv, port, (("GATEWAY_REDIS_URL", site.redis),))


def reporting(site: Site) -> Start:
    """With an event for each answer, delivered to a gate and written ahead to a disk."""
    token = site.folder / "cloud.token"
    descriptor = os.open(token, os.O_WRONLY | os.O_CREAT, 0o600)
    claims = {"org": "bench", "envs": ["bench"], "cpg": "eu", "idx": "bench"}
    with os.fdopen(descriptor, "w") as file:
        file.write(jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET)))
    reports = ("--cloud-token", str(token), "--reports", f"{site.gate}/reports")
    state = ("--state", str(site.folder / "state"))
    return start(site, "reporting", document(site), *reports, *state)


PEER = Peer(
    "gateproof",
    None,
    "",
    "limits in a shared Redis",
    {
        "plain": lambda site: start(site, "plain", document(site)),
        "reporting": reporting,
        "big": lambda site: start(site, "big", big(site)),
    },
)
