"""What is counted about requests."""

from gateway import metrics
from gateway.metrics import Metrics


def test_requests_are_counted_by_route_and_class():
    counted = Metrics()
    for route, status in (("a", 200), ("a", 204), ("a", 404), ("", 404), ("b", 499)):
        counted.answered(route, status, 0.001)
    assert counted.requests == {("a", 2): 2, ("a", 4): 1, ("", 4): 1, ("b", 4): 1}


def test_a_time_falls_into_the_bucket_that_ends_at_it():
    counted = Metrics()
    for seconds in (0.0, 0.001, 0.0011, 5.0, 5.1, 100.0):
        counted.answered("a", 200, seconds)
    assert counted.buckets == [2, 1, *[0] * 7, 1, 2]
    assert counted.seconds == 0.0 + 0.001 + 0.0011 + 5.0 + 5.1 + 100.0


def test_names_of_routes_are_bounded(monkeypatch):
    monkeypatch.setattr(metrics, "MOST_SERIES", 3)
    counted = Metrics()
    for number in range(10):
        counted.answered(f"route-{number}", 200, 0.1)
    counted.answered("route-0", 200, 0.1)
    assert counted.requests[("route-0", 2)] == 2
    assert counted.requests[(metrics.OTHER, 2)] == 7
    assert len(counted.requests) == 4
