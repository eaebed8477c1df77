"""Masking: no secret is left, everything else is."""

from gateway.masking import masked


def test_secrets_of_entities_are_masked():
    document = {
        "consumers": [
            {
                "username": "acme",
                "jwt_secrets": [{"key": "issuer", "secret": "S1", "rsa_public_key": None}],
                "keyauth_credentials": [{"key": "S2", "tags": ["a"]}],
            }
        ],
        "jwt_secrets": [{"key": "issuer", "secret": "S3", "consumer": "acme"}],
        "keyauth_credentials": [{"key": "S4", "consumer": "acme"}],
        "plugins": [
            {"name": "rate-limiting", "config": {"redis": {"host": "r", "password": "S5"}}},
            {"name": "aws-lambda", "config": {"aws_key": "S6", "aws_secret": "S7", "port": 1}},
        ],
    }
    shown = masked(document)
    assert not [number for number in range(1, 8) if f"S{number}" in str(shown)]
    assert shown["consumers"][0]["jwt_secrets"] == [
        {"key": "issuer", "secret": "***", "rsa_public_key": None}
    ]
    assert shown["plugins"][0]["config"]["redis"] == {"host": "r", "password": "***"}
    assert shown["plugins"][1]["config"]["port"] == 1


def test_secrets_inside_texts_are_masked():
    assert masked("https://user:pw@host/path") == "https://***@host/path"
    assert masked("Authorization:Bearer abc") == "Authorization:***"
    assert masked("X-Api-Key: abc") == "X-Api-Key:***"
    assert masked("http://tokens.test/path") == "http://tokens.test/path"
    assert masked("X-Colour:blue") == "X-Colour:blue"


def test_what_is_absent_stays_absent():
    assert masked({"secret": None, "retries": 0, "enabled": True}) == {
        "secret": None,
        "retries": 0,
        "enabled": True,
    }
