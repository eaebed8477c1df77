"""The Cloud Token as a data plane reads it: what it says, and nothing of it when it says too little."""

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from gateway.cloud_token import TokenUnreadable, parse_cloud_token, read_cloud_token

CLAIMS = {"org": "acme", "envs": ["prod", "test"], "cpg": "eu"}


def raw(**claims):
    return jwt.encode({"alg": "HS256"}, {**CLAIMS, **claims}, OctKey.import_key("k" * 40))


def test_it_names_region_account_and_environments(tmp_path):
    path = tmp_path / "token"
    path.write_text(f"  {raw()}\n")
    token = read_cloud_token(path)
    assert (token.region, token.account, token.environments) == ("eu", "acme", ("prod", "test"))
    assert token.raw == raw()


@pytest.mark.parametrize(
    ("claims", "missing"),
    [
        ({"cpg": None}, "region"),
        ({"cpg": "EU west"}, "region"),
        ({"org": 7}, "account"),
        ({"org": ""}, "account"),
        ({"envs": "prod"}, "environments"),
        ({"envs": [1]}, "environments"),
    ],
)
def test_a_token_that_says_too_little(claims, missing):
    with pytest.raises(TokenUnreadable, match=f"names no {missing}"):
        parse_cloud_token(raw(**claims))


@pytest.mark.parametrize("content", [b"very secret", b"\xff\xfe", b""])
def test_what_is_no_token_is_not_shown(tmp_path, content):
    path = tmp_path / "token"
    path.write_bytes(content)
    with pytest.raises(TokenUnreadable, match="is not a Cloud Token") as unreadable:
        read_cloud_token(path)
    assert "very secret" not in str(unreadable.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(TokenUnreadable, match="cannot be read: no such file"):
        read_cloud_token(tmp_path / "missing")
