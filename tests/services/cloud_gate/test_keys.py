"""services.cloud_gate.keys"""

import asyncio
import json
import os
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import pytest

from services.cloud_gate.keys import (
    FileKeys,
    Keys,
    UrlKeys,
    open_keys,
    read_jwks,
    verified,
)
from services.cloud_gate.tokens import Refused
from services.failures import Failure


@pytest.fixture
def file(tmp_path: Path, issuer: Any) -> Path:
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps(issuer.key_set()))
    return file


def judged(token: str, keys: Keys) -> str:
    found = asyncio.run(verified(token, keys))
    return found.code if isinstance(found, Refused) else f"of {found['org']}"


def test_a_token_of_a_published_key_is_verified(file: Path, issuer: Any) -> None:
    assert judged(issuer.token(), open_keys(str(file))) == "of acme"


def test_time_and_region_are_not_judged_here(file: Path, issuer: Any) -> None:
    token = issuer.token(exp=1, aud=7, iss=None, nbf=9e9, cpg="mars", jti=1, iat="x")
    assert judged(token, open_keys(str(file))) == "of acme"


def test_another_key_under_the_same_id_does_not_fit(file: Path, other_issuer: Any) -> None:
    assert judged(other_issuer.token(), open_keys(str(file))) == "bad-signature"


def test_a_changed_token_does_not_fit(file: Path, issuer: Any) -> None:
    head, _, signature = issuer.token().split(".")
    claims = urlsafe_b64encode(b'{"org":"other"}').decode().rstrip("=")
    assert judged(f"{head}.{claims}.{signature}", open_keys(str(file))) == "bad-signature"


def test_an_unknown_key_is_told_apart(file: Path, issuer: Any) -> None:
    assert judged(issuer.token(kid="key-9"), open_keys(str(file))) == "unknown-key"


def test_only_rs512_counts(file: Path, issuer: Any) -> None:
    assert judged(issuer.token(alg="RS256"), open_keys(str(file))) == "malformed-token"


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "e30.e30.", "é.é.é", "." * 10])
def test_what_is_no_jwt_is_malformed(file: Path, token: str) -> None:
    assert judged(token, open_keys(str(file))) == "malformed-token"


@pytest.mark.parametrize(
    "head",
    [
        '{"alg":"none","kid":"key-1"}',
        '{"alg":"RS512"}',
        '{"alg":"RS512","kid":7}',
        '{"alg":' + "[" * 50_000,
        "[]",
    ],
    ids=len,
)
def test_a_hostile_head_is_malformed(file: Path, head: str) -> None:
    encoded = urlsafe_b64encode(head.encode()).decode().rstrip("=")
    assert judged(f"{encoded}.e30.AAAA", open_keys(str(file))) == "malformed-token"


def test_a_rotated_file_is_read_again(file: Path, issuer: Any, other_issuer: Any) -> None:
    keys = open_keys(str(file))
    assert judged(issuer.token(), keys) == "of acme"
    file.write_text(json.dumps(other_issuer.key_set()))
    os.utime(file, (1, 1))
    assert judged(issuer.token(), keys) == "bad-signature"
    assert judged(other_issuer.token(), keys) == "of acme"


@pytest.mark.parametrize("broken", ["{", '{"keys": []}', None])
def test_a_broken_rotation_leaves_the_last_keys(
    file: Path, issuer: Any, broken: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = open_keys(str(file))
    file.unlink() if broken is None else file.write_text(broken)
    assert judged(issuer.token(), keys) == "of acme"
    assert "keeping the last keys" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "no such file"),
        ("{", "not JSON at line 1, column 2"),
        ("[]", 'an object with a list of "keys"'),
        ('{"keys": [7]}', 'a list of "keys"'),
        ('{"keys": [{"kty": "EC", "kid": "k"}]}', "no RSA key"),
    ],
)
def test_an_unusable_key_set_is_one_line(tmp_path: Path, text: str | None, says: str) -> None:
    file = tmp_path / "jwks.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(Failure) as failure:
        open_keys(str(file))
    assert failure.value.line.startswith(f"cloud_gate: cannot use --jwks {file}: ")
    assert says in failure.value.line


def test_keys_for_encryption_do_not_count(issuer: Any) -> None:
    (key,) = issuer.key_set()["keys"]
    with pytest.raises(ValueError, match="no RSA key"):
        read_jwks(json.dumps({"keys": [{**key, "use": "enc"}]}).encode())


def test_a_url_is_fetched_once_until_a_key_is_unknown(issuer: Any) -> None:
    asked: list[str] = []
    now_s = 100.0

    def get(url: str) -> bytes:
        asked.append(url)
        return json.dumps(issuer.key_set()).encode()

    keys = UrlKeys("http://issuer.test/jwks", get, lambda: now_s)
    assert judged(issuer.token(), keys) == "of acme"
    assert judged(issuer.token(), keys) == "of acme"
    assert judged(issuer.token(kid="new"), keys) == "unknown-key"
    assert len(asked) == 1
    now_s = 102.0
    assert judged(issuer.token(kid="new"), keys) == "unknown-key"
    assert len(asked) == 2


def test_a_url_that_is_away_costs_nobody_the_known_keys(
    issuer: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    def away(_url: str) -> bytes:
        raise ConnectionRefusedError("refused")

    keys = UrlKeys("http://issuer.test/jwks", away)
    assert judged(issuer.token(), keys) == "unknown-key"
    assert "cannot use http://issuer.test/jwks" in capsys.readouterr().err


def test_a_source_is_a_url_or_a_file(file: Path) -> None:
    assert isinstance(open_keys("https://issuer.test/jwks"), UrlKeys)
    assert isinstance(open_keys(str(file)), FileKeys)
