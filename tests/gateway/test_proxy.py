"""From a request to an answer: where it goes, what it is called, and what goes wrong on the way."""

import asyncio
from types import SimpleNamespace

import pytest

from gateway.exchange import Exchange
from gateway.http.body import whole
from gateway.http.headers import index
from gateway.http.messages import Request
from gateway.proxy import Proxy, host_of, locate


def a_request(target=b"/x", headers=((b"Host", b"a"),), method="GET", flaw=None):
    return Request(
        method, target, "1.1", list(headers), index(list(headers)), whole(b""),
        ("1.2.3.4", 5), ("127.0.0.1", 80), True, flaw,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("authority", "host"),
    [
        ("A.Test", "a.test"), ("a.test:80", "a.test"), ("a.test.", "a.test"), (" a ", "a"), ("a:", "a"),
        ("", ""), ("[::1]:80", "[::1]"), ("127.0.0.1", "127.0.0.1"), ("a b", None), ("a/b", None),
        ("u@a", None), ("a,b", None), ("a:b", None), ("a:1:2", None), ("[::1", None), ("a\\b", None),
    ],
)  # fmt: skip
def test_hosts(authority, host):
    assert host_of(authority) == host


@pytest.mark.parametrize(
    ("target", "host", "path", "query"),
    [
        (b"/x?a=1?b", "a", "/x", b"a=1?b"),
        (b"/x?", "a", "/x", b""),
        (b"/x", "a", "/x", None),
        (b"/a//b/../%7ec", "a", "/a/~c", None),
        (b"http://B.test:8/x?y", "b.test", "/x", b"y"),
        (b"HTTPS://b", "b", "/", None),
        (b"http://b?y", "b", "/", b"y"),
    ],
)
def test_a_target_is_located(target, host, path, query):
    exchange = Exchange(a_request(target), "r", "t", 0.0, 0.0)
    assert locate(exchange) is None
    assert (exchange.host, exchange.path, exchange.query) == (host, path, query)


@pytest.mark.parametrize(
    ("target", "method", "flaw"),
    [
        (b"*", "OPTIONS", "bad-request"),
        (b"a:80", "GET", "bad-request"),
        (b"http://", "GET", "bad-request"),
        (b"http://u@b/", "GET", "bad-request"),
        (b"/x#y", "GET", "bad-request"),
        (b"/%", "GET", "bad-request"),
        (b"/x", "TRACE", "method-not-allowed"),
    ],
)
def test_a_target_without_a_place(target, method, flaw):
    assert locate(Exchange(a_request(target, method=method), "r", "t", 0.0, 0.0)) == flaw


def test_the_host_of_the_target_is_the_authority():
    exchange = Exchange(a_request(b"http://B:8/"), "r", "t", 0.0, 0.0)
    locate(exchange)
    assert exchange.authority == "B:8"


class Reply:
    def __init__(self, status=0):
        self.status, self.sent, self.aborted = status, None, False

    def send(self, status, headers, body, reason=b""):
        self.status, self.sent = status, (dict(headers), body)

    def abort(self):
        self.aborted = True


def answered(pipeline, reply, request=None):
    """One request through a proxy with this pipeline; what was written down and logged."""
    seen, logged = [], []
    witness = SimpleNamespace(began=lambda: None, answered=lambda *one: seen.append(one[0]))
    log = SimpleNamespace(error=lambda message, **fields: logged.append((message, fields)))
    proxy = Proxy(SimpleNamespace(pipeline=pipeline), witness, log, "X-T")
    asyncio.run(proxy(request or a_request(), reply))
    return seen, logged


class Failing:
    token_parameters = frozenset()

    def __init__(self, error):
        self._error = error

    async def answer(self, exchange, reply):
        raise self._error


def test_without_a_pipeline_nothing_has_a_route():
    reply = Reply()
    (exchange,), _ = answered(None, reply)
    assert (reply.status, exchange.refusal.code) == (404, "no-route")


def test_a_flaw_is_refused_and_ends_the_connection():
    reply, request = Reply(), a_request(flaw="head-too-large")
    (exchange,), _ = answered(None, reply, request)
    assert (reply.status, exchange.refusal.code, request.keep_alive) == (
        431,
        "head-too-large",
        False,
    )


def test_a_surprise_is_500_and_logged_without_its_details_to_the_client():
    reply = Reply()
    _, logged = answered(Failing(ValueError("secret")), reply)
    assert reply.status == 500
    assert b"secret" not in reply.sent[1]
    assert logged[0][1]["error"] == "ValueError: secret"


def test_a_surprise_in_the_middle_of_an_answer_cuts_it():
    reply = Reply(status=200)
    answered(Failing(ValueError("late")), reply)
    assert (reply.aborted, reply.sent) == (True, None)


def test_the_transaction_is_the_clients_and_cut():
    (exchange,), _ = answered(
        None, Reply(), a_request(headers=[(b"Host", b"a"), (b"x-t", b"m" * 80)])
    )
    assert exchange.transaction == "m" * 64
    (exchange,), _ = answered(None, Reply())
    assert exchange.transaction == exchange.request_id
