"""A run is read back from its journal, whatever has become of the file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.report import lines, reading
from harness.report.reading import NotARun, Run

ID = "features/quotas/quotas.feature::Ada calls"
OTHER = "features/quotas/quotas.feature::Grace calls"
UNSELECTED = "features/quotas/quotas.feature::Nobody calls"


def _example(name: str, *, selected: bool = True) -> dict[str, Any]:
    steps = [
        {"keyword": "When", "text": "Ada calls", "table": [["a", "b"]], "docstring": None},
        {"keyword": "Then", "text": "it is answered", "table": None, "docstring": None},
    ]
    title = name.partition("::")[2]
    return {"id": name, "title": title, "tags": [], "line": 3, "selected": selected, "steps": steps}


def _journal() -> list[dict[str, Any]]:
    """The records of a small run: one scenario proved in a rig of its own, one turned to broken."""
    marker = "k3f9.s1-k3f9.w0-1"
    header = {"kind": "run", "format": 1, "run": "k3f9", "gateway": "reference", "began": 1.0}
    rule = {
        "title": "A promise", "description": "", "tags": [],
        "examples": [_example(ID), _example(OTHER), _example(UNSELECTED, selected=False)],
    }  # fmt: skip
    feature = {"file": "features/quotas/quotas.feature", "area": "quotas", "title": "Quotas",
               "description": "", "tags": [], "rules": [rule]}  # fmt: skip
    return [
        header,
        {"kind": "specification", "features": [feature]},
        {"kind": "opened", "at": 2.0, "rig": "rig1", "parts": ["eu-1"], "took_s": 1.0, "cpu_s": 0.5,
         "critical_path": [{"part": "eu-1", "took_s": 1.0}]},
        {"kind": "publication", "at": 2.5, "rig": "rig1", "versions": {"eu": 1}, "refused": {},
         "document": {"services": []}},
        {"kind": "begun", "scenario": "s1-k3f9", "id": ID},
        {"kind": "begun", "scenario": "s2-k3f9", "id": OTHER},
        {"kind": "call", "scenario": "s1-k3f9", "rig": "rig1", "step": "Ada calls", "marker": marker,
         "replica": "eu-1", "method": "GET", "url": "http://127.0.0.1:1/users?a=1", "host": "h",
         "request_headers": [["Authorization", "Bearer «jwt 1a2b3c4d»"]], "request_body": "",
         "intended": 3.0, "started": 3.0, "ended": 3.5, "status": 200, "headers": [],
         "body": "{}", "body_size": 9000, "error": ""},
        {"kind": "fault", "at": 3.1, "rig": "rig1", "action": "cut", "target": "redis",
         "bites": True},
        {"kind": "fault", "at": 3.4, "rig": "rig1", "action": "heal", "target": "redis",
         "bites": True},
        {"kind": "verdict", "scenario": "s1-k3f9", "id": ID, "verdict": "proved", "took_s": 0.6,
         "rig": "rig1", "steps": [{"keyword": "When", "text": "Ada calls", "passed": True,
                                   "took_s": 0.5, "began": 3.0}], "waits": [["a turn", 0.1]]},
        {"kind": "verdict", "scenario": "s2-k3f9", "id": OTHER, "verdict": "proved"},
        {"kind": "arrival", "rig": "rig1", "service": "users", "at": 3.2, "marker": marker,
         "method": "GET", "path": "/", "headers": [], "body": "", "body_bytes": 0, "status": 200},
        {"kind": "arrival", "rig": "shared", "service": "auth", "at": 3.2, "marker": None,
         "function": "login-s2-k3f9", "method": "POST", "path": "/", "headers": []},
        {"kind": "event", "rig": "rig1", "event": {"_id": "e1", "transaction-id": marker}},
        {"kind": "event", "rig": "rig1", "event": {"_id": "e1", "transaction-id": marker}},
        {"kind": "log", "rig": "rig1", "part": "eu-1", "marker": marker,
         "line": {"at": 3.3, "level": "info", "message": "request"}},
        {"kind": "log", "rig": "shared", "part": "redis", "marker": None,
         "line": {"level": "warning", "message": "odd"}},
        {"kind": "verdict-changed", "id": OTHER, "verdict": "broken", "reason": "late arrival"},
        {"kind": "something-new", "odd": [1]},
        {"kind": "finished", "at": 9.0, "exit": 1, "counts": {}, "death": "", "interrupted": False,
         "stray": [], "cost": {"processes": 3}, "waits": {"a turn": 0.1}},
    ]  # fmt: skip


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _bytes(records: list[dict[str, Any]]) -> bytes:
    return b"".join(_line(one).encode() + b"\n" for one in records)


GOOD = _bytes(_journal())


@pytest.fixture
def written(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(content: bytes) -> Path:
        path = tmp_path / "run.ndjson"
        path.write_bytes(content)
        return path

    return write


def _run(content: bytes) -> Run:
    return reading.run_of(lines.parsed(content))


def test_a_whole_run_is_read_without_a_problem(written: Callable[[bytes], Path]) -> None:
    run = reading.read(written(GOOD).parent)

    assert run.problems == ()
    assert (run.id, run.gateway, run.exit, run.finished, run.took_s) == (
        "k3f9", "reference", 1, True, 8.0,
    )  # fmt: skip
    assert run.waits == (("a turn", 0.1),)
    assert {kind: count for kind, count in run.counts.items() if count} == {
        "proved": 1, "broken": 1, "not run": 1,
    }  # fmt: skip


def test_evidence_is_joined_by_marker_suffix_function_and_rig() -> None:
    ada, grace, nobody = _run(GOOD).scenarios

    assert (ada.suffix, ada.rig, ada.verdict) == ("s1-k3f9", "rig1", "proved")
    assert [one.service for one in ada.arrivals] == ["users"]
    assert [one.fields["_id"] for one in ada.events] == ["e1"], "an event is there once"
    assert [one.message for one in ada.logs] == ["request"]
    assert [(one.action, one.until) for one in ada.faults] == [("cut", 3.4), ("heal", None)]
    assert [one.service for one in grace.arrivals] == ["auth"], "by the function's name"
    assert (grace.verdict, grace.reason) == ("broken", "late arrival")
    assert (nobody.verdict, nobody.selected, nobody.reason) == ("not run", False, "not selected")


def test_a_call_says_where_it_led_and_how_to_repeat_it() -> None:
    (call,) = _run(GOOD).calls

    assert (call.path, call.took_s, call.unknown, call.body_cut) == ("/users?a=1", 0.5, False, True)
    assert '-H "Authorization: Bearer $TOKEN"' in call.curl
    assert "«" not in call.curl


def test_steps_are_laid_over_what_is_written() -> None:
    ada = next(_run(GOOD).scenarios)

    assert [(one.keyword, one.passed) for one in ada.steps] == [("When", True), ("Then", None)]
    assert ada.steps[0].table == (("a", "b"),)


def test_log_lines_of_no_scenario_belong_to_the_run() -> None:
    assert [one.message for one in _run(GOOD).logs] == ["odd"]


def test_documents_and_rigs_are_there() -> None:
    run = _run(GOOD)

    assert [one.document for one in run.documents] == [{"services": []}]
    assert [(one.rig, one.critical_path) for one in run.opened] == [("rig1", (("eu-1", 1.0),))]


@settings(max_examples=300, deadline=None)
@given(st.integers(min_value=0, max_value=len(GOOD)))
def test_every_beginning_of_a_file_can_be_read(size: int) -> None:
    run = _run(GOOD[:size])

    if size < len(GOOD) - 1:
        assert run.problems, "what is missing is said"
    assert all(scenario.id for scenario in run.scenarios)


@pytest.mark.parametrize("size", range(60))
def test_every_beginning_of_the_first_line_is_a_run(
    size: int, written: Callable[[bytes], Path]
) -> None:
    assert reading.read(written(GOOD[:size])).problems


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
_FIELDS = sorted({key for record in _journal() for key in record})


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(min_value=0, max_value=len(_journal()) - 1),
            st.sampled_from(_FIELDS),
            _JSON,
        ),
        max_size=5,
    )
)
def test_whatever_stands_in_a_field_a_run_is_read(changes: list[tuple[int, str, Any]]) -> None:
    records = _journal()
    for number, field, value in changes:
        records[number][field] = value

    run = _run(b"".join(json.dumps(one).encode() + b"\n" for one in records))

    assert sum(run.counts.values()) == len(list(run.scenarios))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.integers(min_value=0, max_value=len(GOOD)))
def test_rubbish_in_the_middle_does_no_harm(rubbish: bytes, place: int) -> None:
    _run(GOOD[:place] + rubbish + GOOD[place:])


def test_a_broken_line_is_named_and_the_others_are_read() -> None:
    content = GOOD.replace(b"\n", b"\n{broken\n", 1)

    assert _run(content).problems == ("line 2 cannot be read: left out",)
    assert len(_run(content).calls) == 1


def test_a_cut_off_file_says_where_it_ends() -> None:
    problems = _run(GOOD[: len(GOOD) - 20]).problems

    assert problems == (
        f"the file ends in the middle of a line (line {len(_journal())})",
        "the run did not finish: no closing record",
    )


def test_what_was_under_way_when_the_run_ended_is_unknown() -> None:
    records = [one for one in _journal() if one["kind"] not in ("verdict", "verdict-changed")]
    ada, _, nobody = _run(_bytes(records)).scenarios

    assert (ada.verdict, ada.reason) == ("unknown", "the run ended while it was under way")
    assert nobody.verdict == "not run"


def test_what_was_selected_and_never_began_says_so() -> None:
    ada = next(_run(_bytes(_journal()[:2])).scenarios)

    assert (ada.verdict, ada.reason) == ("not run", "the run ended before its turn")


def test_a_file_of_an_older_version_has_its_scenarios_by_id() -> None:
    older = [one for one in _journal() if one["kind"] in ("begun", "verdict", "call", "arrival")]
    run = _run(_bytes(older))

    assert run.problems == (
        "written by an older version: what it ran on and the specification are missing",
    )
    assert [(one.id, one.area) for one in run.scenarios] == [(ID, "quotas"), (OTHER, "quotas")]
    assert run.id == "k3f9"
    assert reading.said(run.gateway) == "not recorded"


def test_a_newer_format_is_named() -> None:
    newer = [{**_journal()[0], "format": 2}, *_journal()[1:]]

    assert _run(_bytes(newer)).problems == (
        "written by a newer format 2: what is new in it is not shown",
    )


def test_an_empty_file_is_a_run_that_ended_early(written: Callable[[bytes], Path]) -> None:
    assert reading.read(written(b"")).problems == (
        "the file is empty: the run ended before it could write anything",
    )


@pytest.mark.parametrize(
    "content", [b"# A page\n", b'{"run": "k3f9"}\n', b"\x00\x01", b"[1]\n", b"7"]
)
def test_something_else_is_refused_in_one_line(
    content: bytes, written: Callable[[bytes], Path]
) -> None:
    with pytest.raises(NotARun, match="is no run: its first line is not a record") as refused:
        reading.read(written(content))
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(NotARun, match="cannot be read: No such file"):
        reading.read(tmp_path / "nowhere.ndjson")


def test_half_a_character_can_be_written_again() -> None:
    half = GOOD.replace(b'"body":"{}"', b'"body":"\\ud83d"')

    assert _run(half).calls[0].body == "\ufffd"


def test_bytes_on_a_socket_have_the_target_that_they_name() -> None:
    journal = _journal()
    call = next(one for one in journal if one["kind"] == "call")
    call.update(method="RAW", url="http://127.0.0.1:1", request_body="GET /a b\r\n\r\n")

    (read,) = _run(_bytes(journal)).calls

    assert read.path == "/a"
    assert read.curl.endswith("| nc 127.0.0.1 1")


def test_events_that_were_only_counted_are_told_and_are_no_problem(tmp_path: Path) -> None:
    path = tmp_path / "run.ndjson"
    header = {"kind": "run", "format": 1, "run": "k3f9"}
    left_out = {"kind": "left-out", "rig": "rig1", "index": "i", "total": 50001, "recorded": 10000}
    rest = [{"kind": "specification", "features": []}, {"kind": "finished", "exit": 0}]
    path.write_text("".join(json.dumps(one) + "\n" for one in (header, left_out, *rest)))

    found = reading.read(path)

    assert found.left_out == ("10,000 of 50,001 events in i",)
    assert found.problems == ()
