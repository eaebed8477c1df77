"""Added latency: what a gateway adds to the same calls without it, round by round."""

from load.bench.latency import DIRECT, compared
from load.bench.open_model import Latencies


def turn(direct_s, through_s, late_s=0.0):
    return {
        DIRECT: Latencies((direct_s,) * 100, (late_s,) * 100, 0),
        "envoy": Latencies((through_s,) * 100, (0.0,) * 100, 0),
    }


def test_the_median_of_the_differences():
    found = compared("envoy", [turn(0.001, 0.003), turn(0.010, 0.013), turn(0.001, 0.005)])
    assert (found.p50_ms, found.p99_ms, found.rounds) == (3.0, 3.0, 3)
    assert (
        str(found) == "added latency: envoy: p50 +3.00 ms, p99 +3.00 ms at 1000 requests/s, routing"
    )


def test_a_round_that_says_nothing_is_left_out_and_named():
    found = compared("envoy", [turn(0.001, 0.003), turn(0.001, 0.9, late_s=0.5)])
    assert (found.p50_ms, found.rounds) == (2.0, 1)
    assert str(found).endswith("1 rounds void: the generator was 500.0 ms late (p99)")
    assert "no figure" in str(compared("envoy", [turn(0, 0, late_s=1.0)]))
