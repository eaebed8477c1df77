"""A run of any size that nobody ran: the records of a `run.ndjson`, as like to a real one as can be.

Shape: pure; a function of its arguments. Every id, digest, body and time differs from call to call,
       so that the file compresses no better than a real one.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Record = dict[str, Any]

RUN = "b1gr"
BEGAN = 1_790_000_000.0
_AREAS = ("admin", "analytics", "authentication", "configuration", "policies", "quotas", "routing")
_OUTLOOK = (  # verdict, status of its calls, reason
    ("proved", 200, ""),
    ("proved", 200, ""),
    ("proved", 429, ""),
    ("proved", 401, ""),
)
_WORDS = [
    "gateway",
    "consumer",
    "window",
    "replica",
    "header",
    "budget",
    "token",
    "document",
    "version",
    "control",
    "plane",
    "region",
    "account",
    "index",
    "event",
    "upstream",
    "answer",
    "refused",
    "admitted",
    "counted",
    "published",
    "healed",
    "observed",
]


@dataclass(frozen=True, slots=True)
class Size:
    scenarios: int = 500
    calls: int = 5
    failing: int = 10


def write(path: Path, size: Size, seed: int = 1) -> None:
    with path.open("w", encoding="utf-8") as file:
        for record in records(size, seed):
            file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")


def records(size: Size, seed: int = 1) -> Iterator[Record]:
    """Yield the records of a run in the order in which a warden writes them."""
    dice = random.Random(seed)
    made = [_Scenario(number, size, dice) for number in range(size.scenarios)]
    yield {
        "kind": "run", "format": 1, "run": RUN, "gateproof": "0.1.0", "began": BEGAN,
        "environment": "embedded", "fidelity": {"redis": "real", "kafka": "emulated"},
        "gateway": "reference", "seed": seed, "jobs": 2, "commit": "0" * 40, "dirty": False,
        "machine": {"system": "Linux", "arch": "x86_64", "processors": 2, "memory_mib": 8000,
                    "python": "3.11"},
        "versions": {"redis": "6.2.14"}, "images": {}, "selection": {"tags": "", "selected": []},
        "command": "gateproof e2e", "at": BEGAN,
    }  # fmt: skip
    yield {"kind": "specification", "features": _features(made), "at": BEGAN}
    yield {
        "kind": "publication", "rig": "shared", "began": BEGAN, "at": BEGAN + 0.5,
        "versions": {"eu": 1}, "refused": {}, "document": {
            "routes": [
                {"name": "echo", "hosts": [f"{one.suffix}.gateway.test"], "paths": ["/echo"]}
                for one in made
            ],
        },
    }  # fmt: skip
    for one in made:
        yield from one.records()
    took = max(one.end for one in made) - BEGAN
    yield {"kind": "finished", "at": BEGAN + took, "exit": 1, "counts": {}, "death": "",
           "interrupted": False, "stray": [], "cost": {"memory_mib": 260.0}, "waits": {}}  # fmt: skip


def _features(made: "list[_Scenario]") -> list[Record]:
    files: dict[str, list[_Scenario]] = {}
    for one in made:
        files.setdefault(one.file, []).append(one)
    return [
        {
            "file": file, "area": ones[0].area, "title": ones[0].feature, "description": "",
            "tags": [], "rules": [
                {"title": rule, "description": "", "tags": [],
                 "examples": [one.written() for one in ones if one.rule == rule]}
                for rule in dict.fromkeys(one.rule for one in ones)
            ],
        }
        for file, ones in files.items()
    ]  # fmt: skip


class _Scenario:
    """One example with its calls, and what they caused."""

    def __init__(self, number: int, size: Size, dice: random.Random) -> None:
        self._dice, self._size = dice, size
        self.area = _AREAS[number % len(_AREAS)]
        chapter = number // len(_AREAS) // 10
        self.file = f"features/{self.area}/{self.area}_{chapter}.feature"
        self.feature = f"What {self.area} promises, part {chapter + 1}"
        self.rule = f"Promise {number // 21 % 3 + 1} of part {chapter + 1} of {self.area} holds"
        self.title = f"Example {number}: {self._words(5)}"
        self.id = f"{self.file}::{self.title}"
        self.suffix = f"s{number}-{RUN}"
        self.began = BEGAN + 1 + number * 0.05
        self.end = self.began + 0.09
        self.verdict, self.status, self.reason = _OUTLOOK[number % len(_OUTLOOK)]
        if number < size.failing:
            self.verdict, self.reason = "broken", "expected 401, got 200, in 3 ms [eu-1]"
        self.tags = ["needs-rig"] if number % 5 == 0 else ["slow"] if number % 11 == 0 else []
        self.steps = [
            ("Given", 'the gateway routes "/echo" to Echo'),
            ("And", "Echo is open only to consumers with a token"),
            ("And", "Acme is a consumer"),
            ("When", f'Acme calls "/echo" {size.calls} times'),
            ("Then", f"the first {size.calls} calls are answered"),
            ("And", f"Echo was reached {size.calls} times"),
        ]

    def _words(self, count: int) -> str:
        return " ".join(self._dice.choice(_WORDS) for _ in range(count))

    def _hex(self, digits: int) -> str:
        return f"{self._dice.getrandbits(digits * 4):0{digits}x}"

    def written(self) -> Record:
        steps = [{"keyword": keyword, "text": text} for keyword, text in self.steps]
        return {"id": self.id, "title": self.title, "tags": self.tags, "line": 7,
                "selected": True, "steps": steps}  # fmt: skip

    def records(self) -> Iterator[Record]:
        for number in range(self._size.calls):
            yield from self._call(number)
        last = len(self.steps) - 1
        broken = self.verdict == "broken"
        steps = [
            {"keyword": keyword, "text": text, "passed": not (broken and place == last),
             "began": self.began + 0.01 * place, "took_s": 0.01}
            for place, (keyword, text) in enumerate(self.steps)
        ]  # fmt: skip
        yield {
            "kind": "verdict", "scenario": self.suffix, "id": self.id, "area": self.area,
            "feature": self.feature, "rule": self.rule, "title": self.title,
            "verdict": self.verdict, "took_s": 0.09, "reason": self.reason, "shown": [],
            "steps": steps, "waits": [], "began": self.began, "tags": self.tags, "rig": "shared",
            "worker": f"gw{self._dice.randrange(2)}", "again": f"gateproof e2e '{self.id}'",
            "at": self.end,
        }  # fmt: skip

    def _call(self, number: int) -> Iterator[Record]:
        marker = f"{RUN}.{self.suffix}.gw0-{number + 1}"
        started = self.began + 0.03 + number * 0.005
        request_id, token = self._hex(32), f"«jwt {self._hex(8)}»"
        came = [
            ["Host", "127.0.0.1:40713"], ["Accept", "*/*"], ["User-Agent", "gateproof"],
            ["Authorization", f"Bearer {token}"], ["X-Forwarded-For", "127.0.0.1"],
            ["X-Forwarded-Host", f"{self.suffix}.gateway.test"], ["X-Forwarded-Proto", "http"],
            ["Via", "1.1 gateproof"], ["X-Consumer-ID", self._hex(32)],
            ["X-Consumer-Username", f"acme-{self.suffix}"], ["X-Request-Id", request_id],
            ["X-Gateproof-Marker", marker],
        ]  # fmt: skip
        body = {"method": "GET", "path": "/", "headers": came, "said": self._words(12)}
        yield {
            "kind": "call", "scenario": self.suffix, "rig": "shared",
            "step": self.steps[3][1], "marker": marker, "replica": "eu-1", "method": "POST",
            "url": f"http://127.0.0.1:40000/echo/{self._hex(6)}",
            "host": f"{self.suffix}.gateway.test",
            "request_headers": [["Host", f"{self.suffix}.gateway.test"],
                                ["Authorization", f"Bearer {token}"],
                                ["Content-Type", "application/json"],
                                ["X-Gateproof-Marker", marker]],
            "request_body": json.dumps({"order": self._hex(8), "note": self._words(6)}),
            "intended": started, "started": started, "ended": started + 0.004,
            "status": self.status,
            "headers": [["Content-Type", "application/json"], ["Via", "1.1 gateproof"],
                        ["X-Request-Id", request_id], ["Content-Length", "600"],
                        ["X-RateLimit-Remaining-Minute", str(number)],
                        ["Date", "Sat, 21 Nov 2026 16:53:29 GMT"]],
            "body": json.dumps(body), "error": "", "at": started + 0.004,
        }  # fmt: skip
        yield {
            "kind": "log", "at": started, "rig": "shared", "part": "eu-1", "marker": marker,
            "line": {"at": started, "level": "info", "message": "request",
                     "request_id": request_id, "transaction": marker, "method": "POST",
                     "path": "/echo", "status": self.status, "ms": self._dice.random(),
                     "consumer": f"acme-{self.suffix}", "route": f"echo-{self.suffix}",
                     "upstream": "http://127.0.0.1:40713/", "refusal": None},
        }  # fmt: skip
        yield {
            "kind": "arrival", "rig": "shared", "service": "upstream", "at": started + 0.002,
            "method": "POST", "path": "/", "headers": came, "marker": marker, "function": None,
            "body_bytes": 0, "body": "", "status": 200, "seq": number, "trailers": [],
            "head": None,
        }  # fmt: skip
        yield {
            "kind": "event", "rig": "shared", "at": started + 1, "event": {
                "_id": self._hex(32), "@timestamp": "2026-11-21T15:54:26.915+00:00",
                "gateway": "eu-1", "org-id": "account-eu", "env-id": "env-eu",
                "request-id": request_id, "transaction-id": marker, "api-id": self._hex(32),
                "application-id": self._hex(32), "http-method": 7, "host": "gateway.test",
                "uri": "/echo", "status": self.status, "request-content-length": 40,
                "response-content-length": 600,
                "gateway-response-time-ms": round(self._dice.random() * 9, 3),
                "gateway-latency-ms": round(self._dice.random(), 3),
                "route-name": f"echo-{self.suffix}", "endpoint": "http://127.0.0.1:40713/"},
        }  # fmt: skip
