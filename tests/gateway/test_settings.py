"""Settings: what cannot work is one line that says what to do."""

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from gateway.settings import Address, SettingsRefused, read_settings


def token(tmp_path, **claims):
    path = tmp_path / "token"
    path.write_text(
        jwt.encode(
            {"alg": "HS256"},
            {"org": "o", "envs": ["e"], "cpg": "eu", **claims},
            OctKey.import_key("k" * 40),
        )
    )
    return str(path)


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        ([], "nothing to serve: give --config FILE or --cloud-token FILE"),
        (["--bogus"], "unrecognized arguments: --bogus"),
        (["--config", "f", "--listen", "8000"], "--listen 8000 is not HOST:PORT"),
        (["--config", "f", "--listen", "a:99999"], "--listen a:99999 is not HOST:PORT"),
        (["--config", "f", "--admin", "0.0.0.0:8001"], "--admin 0.0.0.0:8001 is not a loopback address"),
        (["--config", "f", "--redis", "http://x"], "--redis is not a Redis URL"),
        (["--config", "f", "--redis", "redis://:pw@h/0"], "--redis must not hold a password"),
        (["--config", "f", "--log-level", "loud"], "invalid choice"),
        (["--config", "f", "--transaction-header", "a b"], "is no header name"),
        (["--config", "f", "--reports", "http://x/reports"], "--reports URL needs --cloud-token"),
        (["--config", "f", "--check", "f"], "--check FILE stands alone"),
        (["--cloud-token", "/missing"], "--cloud-token /missing: cannot be read: no such file"),
        (["--config", "f", "--gate-ca", "/missing"], "--gate-ca /missing is not a file"),
        (["--config", "f", "--gate-ca", __file__], "holds no PEM certificates"),
    ],
)  # fmt: skip
def test_refusals_are_one_line(argv, expected):
    with pytest.raises(SettingsRefused) as refused:
        read_settings(argv, {})
    assert expected in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_token_names_gate_account_and_environment(tmp_path):
    settings = read_settings(["--cloud-token", token(tmp_path)], {})
    assert settings.cloud is not None
    assert settings.cloud.gate == "https://eu.cloudgate.example"
    assert settings.cloud.token.account == "o"
    assert settings.cloud.environment == "e"
    assert settings.reports == "https://eu.cloudgate.example/reports"


def test_several_environments_need_a_choice(tmp_path):
    path = token(tmp_path, envs=["a", "b"])
    with pytest.raises(SettingsRefused, match=r"several environments \(a, b\)"):
        read_settings(["--cloud-token", path], {})
    settings = read_settings(["--cloud-token", path, "--environment", "b"], {})
    assert settings.cloud is not None
    assert settings.cloud.environment == "b"


@pytest.mark.parametrize("claims", [{"cpg": None}, {"cpg": "e/u"}, {"org": ""}, {"envs": "e"}])
def test_a_token_that_says_too_little(tmp_path, claims):
    with pytest.raises(SettingsRefused, match="names no"):
        read_settings(["--cloud-token", token(tmp_path, **claims)], {})


def test_a_file_that_is_no_token_is_not_shown(tmp_path):
    (tmp_path / "t").write_text("very secret")
    with pytest.raises(SettingsRefused) as refused:
        read_settings(["--cloud-token", str(tmp_path / "t")], {})
    assert "is not a Cloud Token" in str(refused.value)
    assert "very secret" not in str(refused.value)


def test_redis_from_the_environment_may_hold_a_password():
    settings = read_settings(["--config", "f"], {"GATEWAY_REDIS_URL": "redis://u:p%40@h:1/2"})
    assert settings.redis is not None
    assert (settings.redis.username, settings.redis.password) == ("u", "p@")
    assert (settings.redis.host, settings.redis.port, settings.redis.database) == ("h", 1, 2)
    unix = read_settings(["--config", "f", "--redis", "unix:///r.sock?db=3"], {}).redis
    assert unix is not None
    assert (unix.socket_path, unix.database) == ("/r.sock", 3)


def test_addresses():
    settings = read_settings(["--config", "f", "--listen", "[::1]:0", "--admin", "localhost:0"], {})
    assert settings.listen == Address("::1", 0)
    assert str(settings.listen) == "[::1]:0"
