"""The grammar of answers, and how what a caller got is compared with what a service sent."""

import pytest

from tests.fuzz import fuzz_answers
from tests.fuzz.answers import raw_answer
from tests.fuzz.caller import Received
from tests.fuzz.meaning import Message
from tests.fuzz.witness import Seen

ARRIVED = [Seen(4, Message(("GET", "/fuzz/0/0"), (), b"", closes=True))]
OWN = b'HTTP/1.1 502 Bad Gateway\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}'  # fmt: skip


def _without_a_mistake() -> int:
    return next(n for n in range(0, 400, 4) if not raw_answer(n, 1, 4, "GET").mistakes
                and raw_answer(n, 1, 4, "GET").ends == "stay")  # fmt: skip


def _judged(number: int, data: bytes) -> list[str]:
    return fuzz_answers.judged(number, 1, Received(data, closed=True, reset=False), ARRIVED)


def test_an_honest_answer_has_to_be_passed_on_whole() -> None:
    number = _without_a_mistake()
    honest = raw_answer(number, 1, 4, "GET").bytes

    assert _judged(number, honest) == []
    assert _judged(number, OWN) == ["an honest answer became a 502"]
    assert _judged(number, honest.replace(b"X-Serial: 4", b"X-Serial: 5"))
    assert _judged(number, honest + honest)
    assert _judged(number, b"")


def test_half_an_answer_may_not_look_whole() -> None:
    number = next(
        n for n in range(0, 4000, 4) if raw_answer(n, 1, 4, "GET").mistakes == ("broken off",)
    )
    looks_whole = b"HTTP/1.1 200 OK\r\nX-Serial: 4\r\nContent-Length: 0\r\n\r\n"

    assert _judged(number, looks_whole)
    assert _judged(number, OWN) == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_the_same_numbers_draw_the_same_answer(method: str) -> None:
    assert raw_answer(9, 2, 1, method) == raw_answer(9, 2, 1, method)
