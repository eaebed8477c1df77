"""What differs between sent and arrived, expected and found."""

from dataclasses import replace

import pytest

from harness.report import evidence as drawn
from harness.report.page import differences
from harness.report.page.differences import Line, finding, first_difference

CALL = drawn.call(
    {
        "method": "GET", "url": "http://127.0.0.1:1/echo", "status": 200,
        "request_headers": [["Host", "a.test"], ["X-Kept", "1"], ["X-Gone", "2"], ["X-Two", "a"],
                            ["X-Two", "b"]],
    }
)  # fmt: skip
ARRIVAL = replace(
    drawn.arrival({"method": "GET", "path": "/"}),
    headers=(
        ("host", "127.0.0.1:9"),
        ("x-kept", "1"),
        ("X-Two", "b"),
        ("Via", "1.1 gw"),
        ("Accept", "*/*"),
    ),
)


def test_every_header_is_as_sent_changed_added_or_gone() -> None:
    assert differences.headers(CALL, ARRIVAL) == [
        Line("~", "host", "127.0.0.1:9", "a.test"),
        Line("", "x-kept", "1"),
        Line("", "X-Two", "b"),
        Line("+", "Via", "1.1 gw"),
        Line("", "Accept", "*/*"),  # the client's own: nobody added it on the way
        Line("-", "X-Gone", "2"),
        Line("-", "X-Two", "a"),
    ]


@pytest.mark.parametrize(
    ("reason", "what", "wanted", "found"),
    [
        (
            "expected call 1 to be refused as expired (401): expected 401, got 200, in 7 ms "
            "[eu-1, embedded, request k.s1.1]",
            "expected call 1 to be refused as expired (401)", "401", "200",
        ),
        ("expected 3 calls of 10 to be answered, found 4: 200 200 [eu-1]",
         "", "3 calls of 10 to be answered", "4: 200 200"),
        ("the link had no effect: nothing was tried", "the link had no effect: nothing was tried",
         "", ""),
        ("", "", "", ""),
    ],
)  # fmt: skip
def test_a_reason_is_taken_apart_where_it_has_two_sides(
    reason: str, what: str, wanted: str, found: str
) -> None:
    seen = finding(reason)

    assert (seen.what, seen.wanted, seen.found) == (what, wanted, found)


def test_long_texts_say_where_they_part() -> None:
    wanted = "a" * 60 + "x" + "b" * 20
    found = "a" * 60 + "y" + "b" * 20

    assert "they part at character 61" in first_difference(wanted, found)
    assert "xbb" in first_difference(wanted, found)
    assert first_difference("401", "200") == ""
    assert first_difference(wanted, wanted) == ""
    assert "found …aaaaaaaathe end" not in first_difference(wanted, found)
