"""The runs of shards become the records of one run, or it is said why they cannot."""

from typing import Any

import pytest

from harness.report import merging
from harness.report.lines import Lines
from harness.report.merging import CannotMerge
from harness.report.reading import run_of

FEATURE = "features/q.feature"


def _shard(run: str, ran: str, *, verdict: str = "proved", **header: Any) -> list[dict[str, Any]]:
    examples: list[dict[str, Any]] = [
        {"id": f"{FEATURE}::{title}", "title": title, "selected": title == ran, "steps": []}
        for title in ("One", "Two")
    ]
    rule = {"title": "r", "examples": examples}
    specification = [{"file": FEATURE, "area": "q", "title": "Q", "rules": [rule]}]
    suffix = f"s1-{run}"
    name = f"{FEATURE}::{ran}"
    head = {"environment": "containers", "commit": "c", **header}
    return [
        {"kind": "run", "format": 1, "run": run, "began": float(len(ran)), **head},
        {"kind": "specification", "features": specification},
        {"kind": "begun", "scenario": suffix, "id": name},
        {"kind": "opened", "rig": "rig1", "parts": ["eu-1"], "took_s": 1.0},
        {"kind": "fault", "rig": "rig1", "at": 3.0, "action": "cut", "target": "redis"},
        {"kind": "verdict", "scenario": suffix, "id": name, "verdict": verdict, "rig": "rig1"},
        {
            "kind": "finished", "at": 9.0, "exit": 0 if verdict == "proved" else 1,
            "counts": {verdict: 1}, "cost": {"cpu_s": 2.5, "memory_mib": 70, "processes": 3},
            "waits": {"a thing": 1.5},
        },
    ]  # fmt: skip


def _both(**other: Any) -> dict[str, list[dict[str, Any]]]:
    return {"a": _shard("k1", "One"), "b": _shard("k2", "Two", **other)}


def test_two_shards_are_one_run_with_everything_that_was_selected() -> None:
    run = run_of(Lines(merging.merged(_both())))

    assert run.problems == ()
    assert run.id == "k1+k2"
    assert [(one.title, one.verdict) for one in run.scenarios] == [
        ("One", "proved"), ("Two", "proved"),
    ]  # fmt: skip
    assert (run.exit, run.counts["proved"]) == (0, 2)
    assert run.cost == {"cpu_s": 5, "memory_mib": 70, "processes": 3}
    assert dict(run.waits) == {"a thing": 3.0}


def test_rigs_of_different_shards_are_not_taken_for_one_another() -> None:
    run = run_of(Lines(merging.merged(_both())))

    assert [one.rig for one in run.opened] == ["rig1", "rig1@k2"]
    one, two = run.scenarios
    assert [fault.rig for fault in one.faults] == ["rig1"]
    assert [fault.rig for fault in two.faults] == ["rig1@k2"]


def test_what_one_shard_broke_is_broken() -> None:
    assert run_of(Lines(merging.merged(_both(verdict="broken")))).exit == 1


def _closed_with(shard: list[dict[str, Any]], **said: Any) -> list[dict[str, Any]]:
    return [*shard[:-1], shard[-1] | said]


def _closing(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    first, second = (_shard("k1", "One"), _shard("k2", "Two"))
    shards = {"a": _closed_with(first, **one), "b": _closed_with(second, **other)}
    return merging.merged(shards)[-1]


@pytest.mark.parametrize(
    ("exits", "exit_code"),
    [
        ((0, 3), 3),
        ((130, 3), 3),
        ((1, 130), 130),
        ((0, 1), 1),
        ((0, 2), 0),
        ((0, 77), 3),
        ((0, None), 3),
    ],
)
def test_the_worst_that_befell_a_shard_befell_the_run(
    exits: tuple[int | None, int | None], exit_code: int
) -> None:
    for one, other in (exits, exits[::-1]):
        assert _closing({"exit": one}, {"exit": other})["exit"] == exit_code


def test_what_only_one_shard_tells_of_is_told() -> None:
    told = {"death": "users died", "interrupted": True, "stray": ["a"], "listed": ["b"]}

    for one, other in ((told, {}), ({}, told)):
        closing = _closing(one, other)
        assert {what: closing[what] for what in told} == told


def test_it_began_with_the_first_and_ended_with_the_last_shard_at_its_widest() -> None:
    cost = {"cpu_s": 1, "memory_mib": 90, "processes": 2}

    head, *_, closing = merging.merged(
        {
            "a": _shard("k1", "One", began=7.0),
            "b": _closed_with(_shard("k2", "Two", began=4.0), at=11.0, cost=cost),
        }
    )

    assert (head["began"], closing["at"]) == (4.0, 11.0)
    assert closing["cost"] == {"cpu_s": 3.5, "memory_mib": 90, "processes": 3}


def test_what_another_shard_selected_was_selected() -> None:
    specification = merging.merged(_both())[1]

    (rule,) = specification["features"][0]["rules"]
    assert [one["selected"] for one in rule["examples"]] == [True, True]


def test_a_shard_that_did_not_finish_is_told() -> None:
    shards = _both()
    del shards["b"][-1]

    run = run_of(Lines(merging.merged(shards)))

    assert "the run did not finish: no closing record" in run.problems


@pytest.mark.parametrize("what", ["environment", "gateway", "commit", "gateproof"])
def test_runs_of_different_things_are_refused(what: str) -> None:
    with pytest.raises(CannotMerge, match=rf"^a and b are no shards of one run: {what} .*'other'$"):
        merging.merged(_both(**{what: "other"}))


def test_a_scenario_that_ran_in_two_shards_is_refused() -> None:
    with pytest.raises(CannotMerge, match=r"::One ran in a and in b: .* --times$"):
        merging.merged({"a": _shard("k1", "One"), "b": _shard("k2", "One")})


def test_one_shard_is_what_it_was() -> None:
    shard = _shard("k1", "One")

    assert run_of(Lines(merging.merged({"a": shard}))).exit == 0
