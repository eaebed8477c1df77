"""Evidence is joined by marker, and the call that a failure is about is never left out."""

from dataclasses import replace

from harness.report.page import evidence
from harness.report.run import Run


def test_what_a_call_caused_stands_with_it(sample: Run) -> None:
    scenario = next(one for one in sample.scenarios if one.verdict == "proved")

    found = evidence.of(scenario)

    for made in found.made:
        assert [one.marker for one in made.arrivals] == [made.call.marker]
        assert [one.marker for one in made.events] == [made.call.marker]
        assert [one.marker for one in made.logs] == [made.call.marker]
    assert (found.loose, found.loose_events, found.logs) == ((), (), ())


def test_what_carries_no_marker_stands_by_itself(sample: Run) -> None:
    scenario = next(one for one in sample.scenarios if one.verdict == "proved")
    loose = replace(scenario.arrivals[0], marker="", function="login-s1")

    found = evidence.of(replace(scenario, arrivals=(loose,)))

    assert found.loose == (loose,)
    assert not any(made.arrivals for made in found.made)


def test_the_call_that_failed_is_told_apart_by_its_whole_marker(sample: Run) -> None:
    scenario = next(one for one in sample.scenarios if one.verdict == "proved")
    calls = tuple(replace(scenario.calls[0], marker=f"k.s1.gw0-{n}") for n in range(1, 61))

    found = evidence.of(replace(scenario, calls=calls, shown=("> X-Marker: k.s1.gw0-50", "< 200")))

    assert [made.number for made in found.made if made.telling] == [50]
    assert [len(found.first), len(found.rest), found.left_out] == [12, 29, 19]
    assert found.rest[-1].number == 50
