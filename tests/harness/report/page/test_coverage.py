"""Coverage tells what was exercised from what was not."""

from collections.abc import Callable
from typing import Any

from harness.report.page import coverage, outline
from harness.report.page.coverage import Dimension
from harness.report.page.reach import Reach, Refusal
from harness.report.run import Run

Record = dict[str, Any]

REACH = Reach(
    (
        Refusal("no-route", 404, "no Route matched"),
        Refusal("no-token", 401, "Unauthorized"),
        Refusal("unknown-key", 401, "Unauthorized"),
        Refusal("over-quota", 429, "API rate limit exceeded"),
    ),
    ("acl", "jwt"),
    {"route": ("paths", "hosts", "methods"), "jwt": ("key_claim_name", "anonymous")},
)


def _dimension(run: Run, name: str) -> tuple[dict[str, int], list[str]]:
    found: Dimension = next(
        one for one in coverage.of(run, outline.areas(run), REACH) if one.name == name
    )
    return {item.name: item.count for item in found.seen}, [item.name for item in found.missing]


def _call(marker: str, path: str, status: int, message: str = "") -> Record:
    return {
        "kind": "call", "scenario": "s1-k3f9", "rig": "shared", "marker": marker,
        "replica": "eu-1", "method": "GET", "url": f"http://127.0.0.1:1{path}",
        "host": "S1.gateway.test", "status": status, "started": 1.0, "ended": 2.0,
        "body": f'{{"message":"{message}"}}' if message else "",
    }  # fmt: skip


PUBLICATION: Record = {
    "kind": "publication", "rig": "shared", "versions": {}, "refused": {}, "at": 1.0,
    "document": {
        "services": [{"name": "echo", "url": "http://x"}],
        "routes": [
            {"name": "echo", "hosts": ["s1.gateway.test"], "paths": ["/echo"]},
            {"name": "other", "hosts": ["s1.gateway.test"], "paths": ["/other"], "id": "1"},
        ],
        "plugins": [{"name": "jwt", "config": {"key_claim_name": "kid"}}],
    },
}  # fmt: skip


def test_routes_are_taken_by_calls_to_their_host_and_path(
    scenario: Callable[..., Record], run_of: Callable[..., Run]
) -> None:
    calls = [_call("a", "/echo/1", 200), _call("b", "/echoes", 404)]

    run = run_of(scenario(), more=[PUBLICATION, *calls])

    assert _dimension(run, "Routes") == ({"/echo (any method)": 1}, ["/other (any method)"])


def test_policies_and_fields_are_those_of_served_documents(
    scenario: Callable[..., Record], run_of: Callable[..., Run]
) -> None:
    run = run_of(scenario(), more=[PUBLICATION])

    assert _dimension(run, "Policies") == ({"jwt": 1}, ["acl"])
    seen, missing = _dimension(run, "Document fields")
    assert seen == {"route.paths": 2, "route.hosts": 2, "service.url": 1, "service.name": 1,
                    "route.name": 2, "jwt.key_claim_name": 1}  # fmt: skip
    assert missing == ["route.methods", "jwt.anonymous"]


def test_refusals_with_equal_texts_are_told_apart_by_log_and_event(
    scenario: Callable[..., Record], run_of: Callable[..., Run]
) -> None:
    more = [
        _call("k3f9.s1-k3f9.1", "/", 401, "Unauthorized"),
        _call("k3f9.s1-k3f9.2", "/", 429, "API rate limit exceeded"),
        _call("k3f9.s1-k3f9.3", "/", 401, "Unauthorized"),
        {"kind": "log", "rig": "shared", "part": "eu-1", "marker": "k3f9.s1-k3f9.1",
         "line": {"message": "request", "refusal": "unknown-key"}},
    ]  # fmt: skip

    run = run_of(scenario(), more=more)

    assert _dimension(run, "Refusals") == (
        {"unknown-key": 1, "over-quota": 1},
        ["no-route", "no-token"],
    )
    assert _dimension(run, "Status codes") == ({"401": 2, "429": 1}, ["200", "404"])


def test_faults_are_named_as_features_name_them(
    scenario: Callable[..., Record], run_of: Callable[..., Run]
) -> None:
    fault = {"kind": "fault", "rig": "rig1", "at": 1.0, "bites": True, "target": "redis"}
    more = [fault | {"action": action} for action in ("cut", "look", "heal", "kill")]

    seen, missing = _dimension(run_of(scenario(), more=more), "Faults")

    assert seen == {"cut Redis": 1, "kill Redis": 1}
    assert "pause Cloud Gate" in missing


def test_a_promise_that_nothing_judged_is_a_gap(
    scenario: Callable[..., Record], run_of: Callable[..., Run]
) -> None:
    judged = run_of(scenario(1), scenario(2, "not runnable here"))
    unjudged = run_of(scenario(1, "not runnable here"))

    assert _dimension(judged, "Promises") == ({"A rule": 1}, [])
    assert _dimension(unjudged, "Promises") == ({}, ["A rule"])


def test_without_documents_and_lists_the_page_says_that_it_does_not_know(
    scenario: Callable[..., Record], run_of: Callable[..., Run]
) -> None:
    run = run_of(scenario())

    found = {one.name: one for one in coverage.of(run, outline.areas(run), Reach())}

    assert "did not record the documents" in found["Routes"].unknown
    assert "not known here" in found["Policies"].unknown
    assert found["Promises"].unknown == ""


def test_a_document_that_was_refused_shows_nothing(
    scenario: Callable[..., Record], run_of: Callable[..., Run]
) -> None:
    refused = PUBLICATION | {"refused": {"eu-1": [{"pointer": "/plugins/0", "message": "no"}]}}

    run = run_of(scenario(), more=[refused])

    assert _dimension(run, "Policies") == ({}, ["acl", "jwt"])
