"""What the gateway says about itself: `/status` as JSON, `/metrics` for Prometheus."""

import os
from dataclasses import dataclass
from time import process_time
from typing import Any

from gateway import metrics
from gateway.control_plane import ControlPlane
from gateway.counters.redis import RedisCounters
from gateway.document.fields import Problem
from gateway.exposition import Family, exposition, histogram, single
from gateway.http.server import Server
from gateway.last_good.keeper import Keeper
from gateway.publication import Publication
from gateway.reporter import Reporter
from gateway.settings import Settings
from gateway.witness import Witness

NO_KEY = "no key: give --snapshot-key-file FILE or GATEWAY_SNAPSHOT_KEY"
NO_PLACE = "no place: give --redis URL or --state DIR"
NO_GATE = "documents do not come from a Cloud Gate"


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that has something to say."""

    settings: Settings
    publication: Publication
    control_plane: ControlPlane | None
    keeper: Keeper | None
    reporter: Reporter
    witness: Witness
    metrics: metrics.Metrics
    redis: RedisCounters
    servers: tuple[Server, Server]


def status(parts: Parts) -> dict[str, Any]:
    publication, settings = parts.publication, parts.settings
    cloud = settings.cloud
    return {
        "name": settings.name,
        "version": publication.version,
        "document_hash": publication.document_hash,
        "ready": publication.pipeline is not None,
        "source": source(parts),
        "environment": cloud.environment if cloud else None,
        "account": cloud.token.account if cloud else None,
        "group": settings.keeping.group,
        "snapshot": snapshot(parts),
        "reports": reports(parts.reporter),
        "redis": parts.redis.states(),
        "requests": parts.witness.begun,
        "in_flight": parts.servers[0].in_flight,
        "connections": connections(parts.servers[0]),
        "pid": os.getpid(),
    }


def connections(server: Server) -> dict[str, int]:
    return {
        "open": len(server.connections),
        "limit": server.limits.connections,
        "turned_away": server.turned_away,
    }


def source(parts: Parts) -> dict[str, Any]:
    """Where the served document came from, and how the link to its origin is."""
    publication, link = parts.publication, parts.control_plane
    cloud, served, refused = parts.settings.cloud, publication.served, publication.refused
    origin = "cloud-gate" if link else "file"
    return {
        "kind": served.kind if served else origin,
        "location": cloud.gate if link and cloud else str(parts.settings.config),
        "saved_at": served.saved_at if served else None,
        "connected": link.connected if link else True,
        "error": link.error if link else None,
        "refused": refused
        and {"version": refused.version, "errors": list(map(problem_json, refused.problems))},
    }


def snapshot(parts: Parts) -> dict[str, Any]:
    """Whether the last good document is kept, where, and why not."""
    keeper = parts.keeper
    if keeper is None:
        return {"kept": None, "version": None, "saved_at": None, "error": why_not(parts.settings)}
    kept = keeper.kept
    return {
        "kept": keeper.kind,
        "version": kept.version if kept else None,
        "saved_at": kept.saved_at if kept else None,
        "error": keeper.error,
    }


def why_not(settings: Settings) -> str:
    if settings.cloud is None or settings.config is not None:
        return NO_GATE
    return NO_PLACE if settings.keeping.snapshot_key else NO_KEY


def reports(reporter: Reporter) -> dict[str, Any]:
    tally = reporter.tally
    return {
        "enabled": reporter.enabled,
        "produced": tally.produced,
        "recovered": tally.recovered,
        "delivered": tally.delivered,
        "queued": reporter.queued,
        "spilled": reporter.spilled,
        "dropped": reporter.dropped,
        "error": reporter.error,
    }


def problem_json(problem: Problem) -> dict[str, str]:
    return {"pointer": problem.pointer, "message": problem.message}


def prometheus(parts: Parts) -> str:
    return exposition(
        [
            *traffic(parts),
            *analytics(parts.reporter),
            *configuration(parts),
            Family(
                "gateway_redis_connected",
                "gauge",
                "Whether there is a connection to a Redis that counts.",
                tuple(
                    ("", {"address": address}, connected)
                    for address, connected in parts.redis.states().items()
                ),
            ),
            single("process_cpu_seconds_total", "counter", "CPU time spent.", process_time()),
        ]
    )


def traffic(parts: Parts) -> list[Family]:
    counted, ports = parts.metrics, dict(zip(("proxy", "admin"), parts.servers, strict=True))
    return [
        Family(
            "gateway_requests_total",
            "counter",
            "Answered requests by route and class of status; no route is the empty name.",
            tuple(
                ("", {"route": route, "status": f"{hundreds}xx"}, count)
                for (route, hundreds), count in counted.requests.items()
            ),
        ),
        histogram(
            "gateway_request_duration_seconds",
            "From the head of a request to the end of its answer.",
            metrics.BOUNDS_S,
            counted.buckets,
            counted.seconds,
        ),
        single(
            "gateway_requests_in_flight",
            "gauge",
            "Requests that are being answered.",
            parts.servers[0].in_flight,
        ),
        Family(
            "gateway_connections",
            "gauge",
            "Open client connections by port.",
            tuple(("", {"port": name}, len(it.connections)) for name, it in ports.items()),
        ),
        Family(
            "gateway_connections_turned_away_total",
            "counter",
            "Connections refused because there were too many.",
            tuple(("", {"port": name}, it.turned_away) for name, it in ports.items()),
        ),
    ]


def analytics(reporter: Reporter) -> list[Family]:
    tally = reporter.tally
    name = "gateway_reports"
    return [
        single(f"{name}_produced_total", "counter", "Events made.", tally.produced),
        single(f"{name}_recovered_total", "counter", "Events found on disk.", tally.recovered),
        single(f"{name}_delivered_total", "counter", "Events taken by the gate.", tally.delivered),
        single(f"{name}_dropped_total", "counter", "Events lost.", reporter.dropped),
        single(f"{name}_queued", "gauge", "Events that wait for the gate.", reporter.queued),
        single(f"{name}_spilled", "gauge", "Waiting events that are on disk.", reporter.spilled),
        single(f"{name}_spilled_bytes", "gauge", "Their size.", reporter.spilled_bytes),
    ]


def configuration(parts: Parts) -> list[Family]:
    publication, link = parts.publication, parts.control_plane
    families = [
        single("gateway_ready", "gauge", "Whether a document is served.", bool(publication.served)),
        single(
            "gateway_document_version",
            "gauge",
            "Version of the served document; 0 for none.",
            publication.version or 0,
        ),
        single(
            "gateway_documents_published_total",
            "counter",
            "Documents that were served.",
            publication.published,
        ),
        single(
            "gateway_documents_refused_total",
            "counter",
            "Documents that were refused.",
            publication.refusals,
        ),
    ]
    if link is not None:
        families.append(
            single(
                "gateway_control_plane_connected",
                "gauge",
                "Whether the last question to the control plane was answered.",
                link.connected,
            )
        )
    return families
