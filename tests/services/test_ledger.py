"""services.ledger"""

from hypothesis import given
from hypothesis import strategies as st

from services.ledger import Arrival, Ledger, shown


def arrival(marker: str | None = None, function: str | None = None) -> Arrival:
    return Arrival("users", 1.0, "GET", "/", (), marker, function, 0, "")


def test_arrivals_are_numbered_from_one() -> None:
    ledger = Ledger()
    assert [ledger.arrive(arrival()), ledger.arrive(arrival())] == [1, 2]
    assert [one.seq for one in ledger.after(0).arrivals] == [1, 2]


def test_a_status_is_added_when_the_answer_is_known() -> None:
    ledger = Ledger()
    seq = ledger.arrive(arrival())
    assert ledger.after(0).arrivals[0].status is None
    ledger.answered(seq, 204)
    assert ledger.after(0).arrivals[0].status == 204


def test_a_status_for_what_is_gone_is_no_error() -> None:
    ledger = Ledger(capacity=1)
    seq = ledger.arrive(arrival())
    ledger.arrive(arrival())
    ledger.answered(seq, 200)
    assert ledger.after(0).arrivals[0].status is None


def test_marker_and_function_select() -> None:
    ledger = Ledger()
    for marker, function in (("a", None), ("b", "login"), ("a", "login")):
        ledger.arrive(arrival(marker, function))
    assert [one.seq for one in ledger.after(0, marker="a").arrivals] == [1, 3]
    assert [one.seq for one in ledger.after(0, function="login").arrivals] == [2, 3]
    assert [one.seq for one in ledger.after(0, "a", "login").arrivals] == [3]
    assert ledger.after(0, marker="c").next == 3


@given(st.integers(1, 8), st.lists(st.integers(0, 5), max_size=20))
def test_a_reader_gets_each_arrival_once_or_is_told_that_it_is_gone(
    capacity: int, bursts: list[int]
) -> None:
    ledger, cursor, read, missed = Ledger(capacity), 0, list[int](), 0
    for burst in [*bursts, 0]:
        for _ in range(burst):
            ledger.arrive(arrival())
        page = ledger.after(cursor)
        read += [one.seq for one in page.arrivals]
        missed += page.dropped
        cursor = page.next
    assert cursor == sum(bursts)
    assert len(read) + missed == sum(bursts)
    assert read == sorted(set(read))


@given(st.integers(-5, 50), st.integers(0, 30))
def test_any_cursor_is_answered(cursor: int, arrived: int) -> None:
    ledger = Ledger(capacity=10)
    for _ in range(arrived):
        ledger.arrive(arrival())
    page = ledger.after(cursor)
    expected = [seq for seq in range(max(arrived - 9, 1), arrived + 1) if seq > cursor]
    assert [one.seq for one in page.arrivals] == expected


def test_a_body_is_shown_in_part_and_whatever_it_holds() -> None:
    assert shown(b"\xff" + b"a" * 5000) == "\ufffd" + "a" * 4095
