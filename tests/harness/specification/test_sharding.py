"""A split has every scenario once, is the same everywhere, and is even."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.specification.sharding import BadShard, Shard, chosen, parse, split, times_in

NAMES = st.text("abcdef", min_size=1, max_size=4)
TIMES = st.dictionaries(NAMES, st.floats(0, 60))


@given(st.frozensets(NAMES, max_size=60), TIMES, st.integers(1, 9))
def test_every_scenario_is_in_exactly_one_shard(
    ids: frozenset[str], times: dict[str, float], count: int
) -> None:
    shards = [chosen(ids, times, Shard(number, count)) for number in range(1, count + 1)]

    assert sum(len(shard) for shard in shards) == len(ids)
    assert frozenset().union(*shards) == ids


@given(st.lists(NAMES, unique=True), TIMES, st.integers(1, 9), st.randoms())
def test_the_order_in_which_they_are_found_does_not_matter(
    ids: list[str], times: dict[str, float], count: int, chance: object
) -> None:
    shuffled = list(ids)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    assert split(ids, times, count) == split(shuffled, dict(reversed(times.items())), count)


@given(st.dictionaries(NAMES, st.floats(0.01, 60), min_size=1), st.integers(1, 9))
def test_no_shard_is_longer_than_an_even_share_and_one_scenario(
    times: dict[str, float], count: int
) -> None:
    loads = [sum(times[one] for one in shard) for shard in split(times, times, count)]

    assert max(loads) <= sum(times.values()) / count + max(times.values()) + 1e-6


def test_a_new_scenario_counts_as_the_median_of_the_others() -> None:
    times = {"a": 1.0, "b": 2.0, "c": 9.0}

    assert split(["a", "b", "c", "new"], times, 2) == [{"c"}, {"a", "b", "new"}]


def test_without_times_there_are_about_as_many_in_each() -> None:
    sizes = [len(shard) for shard in split([str(number) for number in range(10)], {}, 4)]

    assert sorted(sizes) == [2, 2, 3, 3]


def test_scenarios_that_take_no_time_are_spread_as_well() -> None:
    ids = [str(number) for number in range(8)]

    assert [len(shard) for shard in split(ids, dict.fromkeys(ids, 0.0), 4)] == [2, 2, 2, 2]


@pytest.mark.parametrize("text", ["", "2", "0/4", "5/4", "2/0", "a/b", "2/4/6", "-1/4", " 2/4"])
def test_what_is_no_shard_is_said(text: str) -> None:
    with pytest.raises(BadShard, match="--shard takes NUMBER/COUNT, as in 2/4, found "):
        parse(text)


def test_times_come_from_an_earlier_runs_verdicts(tmp_path: Path) -> None:
    file = tmp_path / "verdict.json"
    file.write_text(json.dumps({"scenarios": [{"id": "a", "took_s": 1.5, "verdict": "proved"}]}))

    assert times_in(file) == {"a": 1.5}
    assert parse("2/4") == Shard(2, 4)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"scenarios": [{"id": "a"}]}'])
def test_a_file_without_times_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "verdict.json"
    file.write_text(text)

    with pytest.raises(BadShard, match="is no verdict"):
        times_in(file)
    with pytest.raises(BadShard, match="cannot be read: no such file"):
        times_in(tmp_path / "none.json")
