"""References are read as Docker reads them, and only those that name one thing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.images.reference import BadReference, Reference, parse

DIGEST = f"sha256:{'a' * 64}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("redis:7.2", Reference("docker.io", "library/redis", "7.2")),
        ("library/redis:7.2", Reference("docker.io", "library/redis", "7.2")),
        ("apache/kafka:4.1.0", Reference("docker.io", "apache/kafka", "4.1.0")),
        ("docker.io/redis:7", Reference("docker.io", "library/redis", "7")),
        ("index.docker.io/redis:7", Reference("docker.io", "library/redis", "7")),
        ("localhost/redis:7", Reference("localhost", "redis", "7")),
        ("localhost:5000/a/b:7", Reference("localhost:5000", "a/b", "7")),
        ("reg.corp.test:443/team/redis:7", Reference("reg.corp.test:443", "team/redis", "7")),
        ("[::1]:5000/redis:7", Reference("[::1]:5000", "redis", "7")),
        (f"redis@{DIGEST}", Reference("docker.io", "library/redis", "", DIGEST)),
        (f"reg:5000/redis:7@{DIGEST}", Reference("reg:5000", "redis", "7", DIGEST)),
        ("a/b__c-d.e:1_x.y-z", Reference("docker.io", "a/b__c-d.e", "1_x.y-z")),
    ],
)
def test_a_reference_is_taken_apart(text: str, expected: Reference) -> None:
    assert parse(text) == expected
    assert parse(str(expected)) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        ("redis :7", "spaces"),
        ("https://reg.test/redis:7", "scheme"),
        ("redis", "means `latest`"),
        ("reg.test:5000/redis", "means `latest`"),
        ("redis:latest", "means `latest`"),
        (f"redis:latest@{DIGEST}", "means `latest`"),
        ("Redis:7", "'Redis' in its path"),
        ("a//b:7", "'' in its path"),
        ("redis:7:8", "for a tag"),
        ("redis:", "for a tag"),
        (f"redis:{'x' * 129}", "for a tag"),
        ("redis:7@sha256:abc", "64 hexadecimal"),
        (f"redis:7@md5:{'a' * 32}", "64 hexadecimal"),
        ("reg.test:99999/redis:7", "port 99999"),
        ("-reg.test/redis:7", "for a registry"),
        (f"{'a/' * 130}b:1", "longer than"),
    ],
)
def test_what_is_no_reference_is_named_with_the_way_to_write_it(text: str, why: str) -> None:
    with pytest.raises(BadReference) as raised:
        parse(text)

    assert why in str(raised.value)
    assert repr(text[:120]) in str(raised.value)
    assert "[REGISTRY[:PORT]/]NAME:TAG" in str(raised.value)
    assert "\n" not in str(raised.value)


@given(st.text(max_size=60))
def test_any_text_is_a_reference_or_refused_in_one_line(text: str) -> None:
    refusal = ""
    try:
        found = parse(text)
    except BadReference as error:
        refusal = str(error)
    if refusal:
        assert len(refusal.splitlines()) == 1
    else:
        assert found.tag != "latest"
        assert found.tag or found.digest
        assert parse(str(found)) == found
