"""A request with markup wherever a caller can put some."""

from harness.scenario import markup
from harness.scenario.markup import MARKUP
from harness.scenario.odd_requests import Place


def test_markup_stands_in_every_place() -> None:
    sent = markup.everywhere(Place("/echo", "h.test", "X-Gateproof-Marker: m"), "a.b.c").decode()

    head, _, body = sent.partition("\r\n\r\n")
    lines = head.split("\r\n")
    assert lines[0] == f"POST /echo/{MARKUP}?{MARKUP}={MARKUP} HTTP/1.1"
    for name in ("User-Agent", "Referer", "X-Markup"):
        assert f"{name}: {MARKUP}" in lines
    assert f"Content-Length: {len(body)}" in lines
    assert MARKUP in body


def test_what_did_not_come_through_is_named() -> None:
    headers = [[name, MARKUP] for name in ("User-Agent", "Referer", "Cookie", "X-Markup")]
    whole = {"path": MARKUP, "body": MARKUP, "headers": [*headers, ["X-Consumer-Username", MARKUP]]}

    assert markup.missing_in(whole) == []
    assert markup.missing_in({**whole, "path": "/", "headers": headers[1:]}) == [
        "the path", "User-Agent", "the consumer's name",
    ]  # fmt: skip
