"""What a load of journeys came to, added up from Locust's statistics."""

from typing import Any

from load.tally import Tally, counted


def _row(name: str, requests: int, *, failures: int = 0, silent: int = 0) -> dict[str, Any]:
    return {
        "name": name, "num_requests": requests, "num_failures": failures,
        "num_none_requests": silent, "response_times": {"2": requests - 1, "40": 1},
    }  # fmt: skip


def test_refusals_over_quota_are_answers_and_counted_apart() -> None:
    found = counted([_row("own orders", 8), _row("own orders (over quota)", 4)], 20, 12)

    assert (found.sent, found.answered, found.over_quota, found.unexpected) == (12, 12, 4, 0)
    assert (found.median_ms, found.worst_ms) == (2.0, 40.0)
    assert found.complaints == []
    assert "60% of that" in found.lines()[1]


def test_what_is_not_as_it_should_be_is_told() -> None:
    failed = counted([_row("sign in", 5, failures=2, silent=1)], 5, 3)

    assert failed.complaints == [
        "2 calls had an answer that nobody promised, or none",
        "4 calls were answered, 3 are in the index",
    ]
    assert counted([], 5, 0).complaints == ["nothing was sent"]


def test_the_lines_name_every_count() -> None:
    lines = "\n".join(Tally(10, 8, 8, 2, 0, 8, 3.0, 9.0).lines())

    for word in ("offered", "sent", "answered", "unexpected", "in the index", "latency"):
        assert word in lines
