"""How much of a body is written down."""

from harness.warden import bodies


def test_a_short_body_is_left_alone() -> None:
    record = {"kind": "call", "body": "x" * 4096, "body_size": 4096}

    assert bodies.bounded(record, 0) is record


def test_a_long_body_is_cut_and_says_how_long_it_was() -> None:
    cut = bodies.bounded({"kind": "call", "body": "x" * 5000, "request_body": "y"}, 0)

    assert (len(cut["body"]), cut["body_size"], cut["request_body"]) == (4096, 5000, "y")


def test_a_size_that_is_known_already_stays() -> None:
    record = {"kind": "call", "body": "x" * 4096, "body_size": 9000}

    cut = bodies.bounded(record, bodies.LARGE)

    assert (len(cut["body"]), cut["body_size"]) == (bodies.SHOWN_WHEN_LARGE, 9000)


def test_what_arrived_is_cut_and_says_so_beside_its_own_count_of_bytes() -> None:
    cut = bodies.bounded({"kind": "arrival", "body": "x" * 200, "body_bytes": 200}, bodies.LARGE)

    assert (len(cut["body"]), cut["body_bytes"], cut["body_cut"]) == (128, 200, True)
