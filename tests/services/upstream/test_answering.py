"""services.upstream.answering"""

import json
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.upstream.answering import Request, answer
from services.upstream.scripts import ECHO, Script


def request(method: str = "GET", target: str = "/a/b", keep_alive: bool = True) -> Request:
    return Request(method, target, (("Host", "h"), ("a", "1"), ("A", "2")), b"hi\xff", keep_alive)


def test_the_first_segment_names_the_script() -> None:
    names = [
        request(target=one).script_name
        for one in ("/slow", "/slow/x?y=/z", "/slow?x", "//slow/", "/", "*")
    ]
    assert names == ["slow", "slow", "slow", "slow", "", "*"]


def test_an_echo_shows_what_arrived() -> None:
    head, _, body = answer(request("POST", "/a?b=%20"), ECHO).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: application/json")
    assert json.loads(body) == {
        "method": "POST",
        "path": "/a?b=%20",
        "headers": [["Host", "h"], ["a", "1"], ["A", "2"]],
        "body": "hi\ufffd",
    }


def test_a_script_says_status_headers_and_body() -> None:
    script = Script(status=418, headers={"X": "1", "content-type": "text/html"}, body="é")
    expected = "HTTP/1.1 418 {}\r\nX: 1\r\ncontent-type: text/html\r\nContent-Length: 2\r\n\r\né"
    assert answer(request(), script) == expected.format(HTTPStatus(418).phrase).encode()
    assert b"Content-Type: application/json" in answer(request(), Script(body={"x": 1}))


def test_a_status_without_a_name_is_sent_all_the_same() -> None:
    assert answer(request(), Script(status=599)).startswith(b"HTTP/1.1 599 \r\n")


@pytest.mark.parametrize("status", [204, 304])
def test_some_answers_have_no_body(status: int) -> None:
    assert answer(request(), Script(status=status, body="x")).endswith(b"\r\n\r\n")
    assert b"Content-Length" not in answer(request(), Script(status=status, body="x"))


def test_an_answer_to_head_has_the_length_only() -> None:
    found = answer(request("HEAD"), Script(body="abc"))
    assert found.endswith(b"Content-Length: 3\r\n\r\n")


def test_a_connection_that_ends_is_announced() -> None:
    assert b"Connection: close" in answer(request(keep_alive=False), ECHO)
    assert b"Connection: close" not in answer(request(), Script(then="close"))


@given(st.text())
def test_the_length_is_always_right(body: str) -> None:
    head, _, sent = answer(request(), Script(body=body)).partition(b"\r\n\r\n")
    assert f"Content-Length: {len(sent)}".encode() in head


def test_raw_bytes_are_the_answer() -> None:
    assert answer(request(), Script(raw=b"HTTP/0.9 nonsense")) == b"HTTP/0.9 nonsense"


def test_a_body_in_chunks_has_trailers() -> None:
    script = Script(body="abcde", chunked=True, piece_bytes=2, trailers={"X-T": "1"})
    head, _, body = answer(request(), script).partition(b"\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in head
    assert b"Content-Length" not in head
    assert body == b"2\r\nab\r\n2\r\ncd\r\n1\r\ne\r\n0\r\nX-T: 1\r\n\r\n"
    assert answer(request(), Script(body="", chunked=True)).endswith(b"\r\n\r\n0\r\n\r\n")


def test_a_function_is_its_own_script() -> None:
    invoked = request(target="/2015-03-31/functions/login-s1/invocations?Qualifier=1")
    assert (invoked.function, invoked.script_name) == ("login-s1", "login-s1")
    assert request().function is None
