"""What a soak's samples prove."""

from dataclasses import replace

import pytest

from load.verdict import End, Sample, findings, growth_mib

SAMPLE = Sample(0.0, 40.0, 30, 5, 1, 1.0, 100, 90, 89, 1, 0)
END = End(0, 0, 100, 100, 100, 0, 0, 100, {})


def samples(*rss_mib):
    return [replace(SAMPLE, at_s=float(n), rss_mib=rss) for n, rss in enumerate(rss_mib)]


def test_memory_that_grows_in_the_first_half_only_is_flat():
    assert growth_mib(samples(10, 20, 30, 40, 50, 50, 50, 50, 50)) == 0


def test_a_leak_shows_through_noise():
    assert growth_mib(samples(*[40 + n + n % 2 for n in range(20)])) == pytest.approx(9, abs=1)


def test_too_few_samples_say_nothing():
    assert growth_mib([]) == growth_mib(samples(1, 100)) == 0


def test_all_is_well():
    assert all(it.held for it in findings(samples(40, 40, 40, 40, 40, 40), END))


@pytest.mark.parametrize(
    ("end", "broken"),
    [
        ({"connections": 1}, "no connection is stuck"),
        ({"in_flight": 1}, "no connection is stuck"),
        ({"requests": 101}, "every request is one event"),
        ({"delivered": 99, "events_at_gate": 99}, "every event is delivered"),
        ({"delivered": 99, "dropped": 1, "events_at_gate": 99}, "every event is delivered"),
        ({"events_at_gate": 99}, "the gate has each event once"),
        ({"unexpected": {"plain 502": 1}}, "every answer is the expected one"),
    ],
)
def test_each_promise_can_be_broken(end, broken):
    found = findings(samples(40, 40, 40, 40), replace(END, **end))
    assert [it.promise for it in found if not it.held] == [broken]


def test_growth_beyond_the_bound_is_broken():
    found = findings(samples(*range(40, 60)), END)
    assert not found[0].held
