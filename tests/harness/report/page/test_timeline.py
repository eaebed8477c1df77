"""The timeline has a lane for each worker, and everything at its time."""

from dataclasses import replace

from harness.report.page import timeline
from harness.report.run import Run


def test_examples_and_faults_stand_where_they_happened(sample: Run) -> None:
    found = timeline.drawn(sample)

    assert found is not None
    assert [lane.name for lane in found.lanes] == ["environment", "gw0", "gw1", "faults"]
    assert len([bar for bar in found.bars if bar.kind.startswith("v-")]) == 23
    (fault,) = [bar for bar in found.bars if bar.kind == "fault"]
    assert fault.label == "cut redis in rig1 for 70 ms"
    assert all(92 <= bar.x <= bar.x + bar.width <= found.width for bar in found.bars)
    assert found.ticks[0].label == "0"
    assert len(found.ticks) <= 10


def test_a_run_that_recorded_no_times_has_no_timeline(sample: Run) -> None:
    assert timeline.drawn(Run()) is None
    assert timeline.drawn(replace(sample, features=())) is None
