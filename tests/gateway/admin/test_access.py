"""Who may ask the admin port: by the right name, with the right token, never from a web page."""

import pytest

from gateway.admin.access import NO_TOKEN, NOT_FOR_PAGES, NOT_HERE, Door, bears, document_format
from gateway.http.body import whole
from gateway.http.messages import Request

TOKEN = b"a token of sufficient length"


def asking(local="10.1.2.3", **fields):
    headers = [(name.encode(), value.encode()) for name, value in fields.items()]
    return Request("GET", b"/", "1.1", headers, dict(headers), whole(b""), ("", 0), (local, 1), True)  # fmt: skip


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("localhost", True),
        ("LocalHost:8001", True),
        ("127.0.0.1:8001", True),
        ("127.9.9.9", True),
        ("[::1]:8001", True),
        ("gw.internal:8001", True),
        ("10.1.2.3:8001", True),
        ("10.1.2.4:8001", False),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("", False),
    ],
)
def test_the_port_is_asked_by_its_own_names_only(host, allowed):
    found = Door(frozenset({"gw.internal"})).denial(asking(host=host))
    assert found == (None if allowed else NOT_HERE)


def test_a_request_without_a_host_is_not_answered():
    assert Door(frozenset()).denial(asking()) == NOT_HERE


@pytest.mark.parametrize("origin", ["http://localhost:8001", "null", ""])
def test_web_pages_are_not_answered(origin):
    assert Door(frozenset()).denial(asking(host="localhost", origin=origin)) == NOT_FOR_PAGES


@pytest.mark.parametrize(
    ("authorization", "allowed"),
    [
        (f"Bearer {TOKEN.decode()}", True),
        (f"bearer  {TOKEN.decode()} ", True),
        (f"Bearer {TOKEN.decode()}x", False),
        (f"Bearer {TOKEN.decode()[:-1]}", False),
        (f"Basic {TOKEN.decode()}", False),
        (TOKEN.decode(), False),
        ("Bearer ", False),
        ("", False),
    ],
)
def test_a_token_has_to_be_borne_whole(authorization, allowed):
    door = Door(frozenset(), TOKEN)
    found = door.denial(asking(host="localhost", authorization=authorization))
    assert found == (None if allowed else NO_TOKEN)


def test_an_absent_token_is_a_wrong_one():
    assert not bears(asking(), TOKEN)
    assert Door(frozenset(), TOKEN).denial(asking(host="localhost")) == NO_TOKEN


def test_tokens_are_compared_in_constant_time(monkeypatch):
    compared = []
    monkeypatch.setattr(
        "gateway.admin.access.hmac.compare_digest", lambda *pair: compared.append(pair) or False
    )
    assert not bears(asking(authorization="Bearer x"), TOKEN)
    assert compared == [(b"x", TOKEN)]


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        (b"application/json", "json"),
        (b"Application/JSON; charset=utf-8", "json"),
        (b"text/yaml", "yaml"),
        (b"application/yaml", "yaml"),
        (b"text/plain", None),
        (b"application/x-www-form-urlencoded", None),
        (b"multipart/form-data; boundary=x", None),
        (b"", None),
        (None, None),
    ],
)
def test_documents_are_json_or_yaml(content_type, expected):
    assert document_format(content_type) == expected
