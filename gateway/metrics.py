"""What is counted about requests. No publication resets it."""

from bisect import bisect_left

BOUNDS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
MOST_SERIES = 10_000
OTHER = "other"


class Metrics:
    """Requests by route and class of status, and how long they took.

    Names of routes come and go with documents, so their number is bounded: a route that comes
    when all places are taken is counted as `other`.
    """

    def __init__(self) -> None:
        self.requests: dict[tuple[str, int], int] = {}
        self.buckets = [0] * (len(BOUNDS_S) + 1)
        self.seconds = 0.0

    def answered(self, route: str, status: int, elapsed_s: float) -> None:
        key = (route, status // 100)
        requests = self.requests
        if key not in requests and len(requests) >= MOST_SERIES:
            key = (OTHER, status // 100)
        requests[key] = requests.get(key, 0) + 1
        self.buckets[bisect_left(BOUNDS_S, elapsed_s)] += 1
        self.seconds += elapsed_s
