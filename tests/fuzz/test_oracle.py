"""The oracle: it must see what a gateway may not do, and be quiet about what it may."""

from tests.fuzz import oracle
from tests.fuzz.caller import Received
from tests.fuzz.meaning import Message, requests_in
from tests.fuzz.witness import Seen

HONEST = (
    b"POST /fuzz/5/0 HTTP/1.1\r\nHost: fuzz.test\r\nX-Fuzz: 5-0\r\nContent-Length: 3\r\n\r\nabc"
    b"GET /fuzz/5/1 HTTP/1.1\r\nHost: fuzz.test\r\nX-Fuzz: 5-1\r\nConnection: close\r\n\r\n"
)
SMUGGLING = HONEST.replace(b"Content-Length: 3", b"Content-Length: 3\r\nTransfer-Encoding: chunked")


def _seen(serial: int, target: str, body: bytes = b"", **fields: str) -> Seen:
    pairs = tuple((n.replace("_", "-").encode(), v.encode()) for n, v in fields.items())
    method = "POST" if body else "GET"
    return Seen(serial, Message((method, target), pairs, body, closes=False))


FIRST = _seen(1, "/fuzz/5/0", b"abc", x_fuzz="5-0", host="fuzz.test")
SECOND = _seen(2, "/fuzz/5/1", x_fuzz="5-1", host="fuzz.test")


def _answers(*serials: int, end: bytes = b"") -> Received:
    head = b"HTTP/1.1 200 OK\r\nX-Serial: %d\r\nContent-Length: 4\r\n"
    whole = [head % serial + b"\r\nseen" for serial in serials[:-1]]
    last = head % serials[-1] + b"Connection: close\r\n\r\nseen"
    return Received(b"".join([*whole, last]) + end, closed=True, reset=False)


def test_what_was_meant_belongs_to_its_case() -> None:
    owned, strangers = oracle.owners([FIRST, SECOND], {5: HONEST})

    assert (owned, strangers) == ({5: [FIRST, SECOND]}, [])


def test_what_arrives_twice_or_out_of_order_or_changed_was_meant_by_nobody() -> None:
    for seen in (
        [FIRST, FIRST],
        [SECOND, FIRST],
        [_seen(1, "/fuzz/5/0", b"abX", x_fuzz="5-0")],
        [_seen(1, "/fuzz/5/smuggled", x_fuzz="5-1")],
        [_seen(1, "/fuzz/6/1", x_fuzz="6-1")],
        [_seen(1, "/elsewhere")],
    ):
        assert len(oracle.owners(seen, {5: HONEST})[1]) == 1


def test_what_names_nobody_is_his_who_alone_meant_exactly_that() -> None:
    spoilt = HONEST.replace(b"/fuzz/5/0", b"/fuzz/:5/0").replace(b"X-Fuzz: 5-0", b"X-Fux: 5-0")
    seen = _seen(1, "/fuzz/:5/0", b"abc", host="fuzz.test")

    assert oracle.owners([seen], {5: spoilt})[0] == {5: [seen]}
    assert len(oracle.owners([seen, seen], {5: spoilt})[1]) == 1
    assert not oracle.owners([seen], {5: spoilt.replace(b"/:5/", b"/:5//")})[1]
    assert len(oracle.owners([seen], {5: spoilt, 6: spoilt})[1]) == 1
    assert len(oracle.owners([seen], {5: HONEST})[1]) == 1


def test_several_spaces_in_a_request_line_count_as_one() -> None:
    read = requests_in(HONEST.replace(b"GET /fuzz/5/1 HTTP", b"GET   /fuzz/5/1  HTTP"))

    assert [one.target for one in read.messages] == ["/fuzz/5/0", "/fuzz/5/1"]
    assert requests_in(HONEST.replace(b"/fuzz/5/0 HTTP", b"/fuzz/5/0 x HTTP")).messages == ()


def test_nothing_behind_a_doubt_was_meant() -> None:
    assert requests_in(SMUGGLING.replace(b"Length: 3", b"Length: 4, 3")).messages == ()


def test_a_service_is_not_handed_what_belongs_to_the_hop_or_names_an_identity() -> None:
    flaws = [
        *oracle.flaws(_seen(1, "/", x_consumer_username="root").message),
        *oracle.flaws(_seen(1, "/", te="trailers").message),
        *oracle.flaws(Message(("GET", "/"), ((b"host", b"a"), (b"host", b"b")), b"", False)),
    ]

    assert flaws == ["x-consumer-username was forged", "te was handed on", "host stands twice"]
    assert oracle.flaws(FIRST.message) == []


def test_whole_answers_in_order_are_all_right() -> None:
    assert oracle.odd_answers(HONEST, _answers(1, 2), [FIRST, SECOND]) == []


def test_other_peoples_answers_too_many_and_half_ones_are_told() -> None:
    for received in (
        _answers(2, 1),
        _answers(1, 9),
        _answers(1, 2, end=b"x"),
        Received(_answers(1, 2).data[:-1], closed=True, reset=False),
        Received(b"nonsense", closed=True, reset=False),
        Received(_answers(1).data, closed=True, reset=False),
    ):
        assert oracle.odd_answers(HONEST, received, [FIRST, SECOND])


def test_a_failure_of_the_gateway_is_no_answer_to_what_a_caller_sent() -> None:
    failed = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

    assert oracle.odd_answers(HONEST, Received(failed, closed=True, reset=False), [])


def test_silence_is_told_apart_from_an_end() -> None:
    silent = Received(b"", closed=False, reset=False)

    assert oracle.unanswered(HONEST, silent)
    assert not oracle.unanswered(HONEST[:40], silent)
    assert not oracle.unanswered(HONEST, _answers(1, 2))
