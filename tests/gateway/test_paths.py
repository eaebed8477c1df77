"""What a path is taken for: Kong's table, and what has no safe meaning."""

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.paths import normalise, safe_path


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("/users//1", "/users/1"),
        ("//users//", "/users/"),
        ("/users/../orders/1", "/orders/1"),
        ("/users/%2e%2e/orders/1", "/orders/1"),
        ("/users/%2E%2e/orders", "/orders"),
        ("/users/.%2e/orders", "/orders"),
        ("/us%65rs/a%2fb", "/users/a%2Fb"),
        ("/users/a%20b", "/users/a%20b"),
        ("/users/%c3%a9", "/users/%C3%A9"),
        ("/users/a+b", "/users/a+b"),
        ("/users/./x", "/users/x"),
        ("/users/..", "/"),
        ("/users/x/..", "/users/"),
        ("/users/.", "/users/"),
        ("/../..", "/"),
        ("/users..", "/users.."),
        ("/.well-known/x", "/.well-known/x"),
        ("/users/..%2Forders", "/users/..%2Forders"),
        ("/users/%252e%252e/x", "/users/%252e%252e/x"),
        ("/users;v=1/x", "/users;v=1/x"),
        ("/users/..\\orders", "/users/..%5Corders"),
        ('/"<>^`{|}', "/%22%3C%3E%5E%60%7B%7C%7D"),
        ("/", "/"),
        ("", "/"),
    ],
)
def test_normalised_paths(raw, expected):
    assert normalise(raw) == safe_path(raw) == expected


@pytest.mark.parametrize(
    "raw",
    [
        "/%",
        "/%2",
        "/%zz",
        "/users/%2%65%2%65/orders",
        "/users/%%32%65",
        "/users/a%00b",
        "/users/..;/orders",
        "/users/.;x=1/orders",
        "/users/%2e%2e;x/orders",
        "/users/..%3b/..;/orders",
    ],
)
def test_a_path_without_a_safe_meaning_is_none(raw):
    assert safe_path(raw) is None


PATHS = st.text("abX/.%2eEfF5C~;3\\{", max_size=30).map(lambda text: "/" + text)
ANY = st.text(st.characters(max_codepoint=255), max_size=30).map(lambda text: "/" + text)


@given(PATHS | ANY)
def test_a_safe_path_is_stable_and_has_no_tricks(raw):
    path = safe_path(raw)
    if path is None:
        return
    assert normalise(path) == safe_path(path) == path
    assert path.startswith("/")
    assert "//" not in path
    assert not {".", ".."} & {segment.partition(";")[0] for segment in path.split("/")}
    assert re.fullmatch(r"([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2})*", path)


@given(PATHS | ANY)
def test_a_safe_path_means_what_was_sent(raw):
    """Decoded once, segment for segment, it is what a reader of the raw path finds after resolving."""
    path = safe_path(raw)
    if path is None:
        return
    kept = []
    for segment in raw.split("/"):
        plain = unquote(segment, "latin-1")
        if plain == "..":
            del kept[-1:]
        elif plain not in ("", "."):
            kept.append(plain)
    assert [unquote(segment, "latin-1") for segment in path.split("/") if segment] == kept
