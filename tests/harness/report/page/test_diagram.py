"""The sequence diagram shows what was observed, in its order."""

from dataclasses import replace

from harness.report.page import diagram, evidence
from harness.report.page.diagram import Diagram
from harness.report.run import Call, Run, Scenario


def _scenario(run: Run, suffix: str) -> Scenario:
    return next(one for one in run.scenarios if one.suffix == suffix)


def _drawn(scenario: Scenario, run: Run) -> Diagram:
    published = evidence.publications_by_rig(run).get(scenario.rig, ())
    found = diagram.drawn(evidence.of(scenario, published))
    assert found is not None
    return found


def test_a_call_goes_from_caller_to_gateway_to_service_and_back(sample: Run) -> None:
    scenario = next(one for one in sample.scenarios if one.verdict == "proved")

    found = _drawn(replace(scenario, calls=scenario.calls[:1]), sample)

    assert [lane.name for lane in found.lanes] == ["caller", "eu-1", "Echo"]
    assert [arrow.look for arrow in found.arrows][:3] == ["out", "out", "back"]
    assert found.arrows[0].x1 < found.arrows[0].x2 == found.arrows[1].x1
    assert found.arrows[0].label.startswith("POST /echo/")


def test_an_arrow_never_points_up(sample: Run) -> None:
    for scenario in sample.scenarios:
        if scenario.calls:
            heights = [arrow.y for arrow in _drawn(scenario, sample).arrows]
            assert heights == sorted(heights)


def test_a_call_without_an_answer_is_marked_unknown(sample: Run) -> None:
    scenario = next(one for one in sample.scenarios if one.verdict == "unknown")

    found = _drawn(scenario, sample)

    unknown = [arrow for arrow in found.arrows if arrow.look == "unknown"]
    assert [arrow.label[:11] for arrow in unknown] == ["? no answer"]
    assert "no answer, so the outcome is unknown" in found.words


def test_a_fault_is_shaded_from_its_beginning_to_its_end(sample: Run) -> None:
    scenario = next(one for one in sample.scenarios if one.rig == "rig1")

    found = _drawn(scenario, sample)

    words = [note.label for note in found.notes]
    assert words[:2] == ["control plane: version eu 1 published", "Redis link cut"]
    assert "Redis link healed" in words
    (band,) = found.bands
    cut = next(note for note in found.notes if note.label == "Redis link cut")
    healed = next(note for note in found.notes if note.label == "Redis link healed")
    assert band.y < cut.y < healed.y <= band.y + band.height + 13


def test_a_fault_that_was_never_healed_is_shaded_to_the_end(sample: Run) -> None:
    scenario = next(one for one in sample.scenarios if one.rig == "rig1")
    cut = tuple(fault for fault in scenario.faults if fault.action == "cut")

    found = _drawn(replace(scenario, faults=cut), sample)

    assert [band.y + band.height for band in found.bands] == [found.height - 16]


def _alike(call: Call, count: int, **change: object) -> tuple[Call, ...]:
    return tuple(
        replace(call, marker=f"m-{n}", path="/echo", **change)  # type: ignore[arg-type]
        for n in range(count)
    )


def test_calls_that_look_alike_are_drawn_once(sample: Run) -> None:
    scenario = next(one for one in sample.scenarios if one.verdict == "proved")
    answered = _alike(scenario.calls[0], 5, status=200)
    refused = _alike(scenario.calls[0], 55, status=429)

    found = _drawn(replace(scenario, calls=(*answered, *refused), arrivals=()), sample)

    labels = [arrow.label for arrow in found.arrows if arrow.look == "out"]
    assert labels == ["5 × POST /echo", "55 × POST /echo"]
    assert "55 times POST /echo to eu-1: answered 429, reached nothing behind it" in found.words


def test_many_kinds_of_calls_are_cut_in_the_middle(sample: Run) -> None:
    scenario = next(one for one in sample.scenarios if one.verdict == "proved")
    calls = tuple(replace(scenario.calls[0], marker=f"m{n}", path=f"/{n}") for n in range(50))

    found = _drawn(replace(scenario, calls=calls, arrivals=()), sample)

    assert [note.label for note in found.notes] == ["… 36 more kinds of calls"]
    assert len([arrow for arrow in found.arrows if arrow.look == "out"]) == 14


def test_nothing_is_drawn_where_no_call_was_made(sample: Run) -> None:
    scenario = replace(next(iter(sample.scenarios)), calls=())

    assert diagram.drawn(evidence.of(scenario)) is None
