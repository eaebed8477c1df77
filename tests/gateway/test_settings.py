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


GOOD_SECRET = "sixteen characters or more"


@pytest.mark.parametrize(
    ("argv", "environment", "expected"),
    [
        (["--admin-token-file", "/missing"], {}, "--admin-token-file /missing cannot be read: no such file"),
        ([], {"GATEWAY_ADMIN_TOKEN": "short"}, "GATEWAY_ADMIN_TOKEN must hold one line of at least 16"),
        ([], {"GATEWAY_SNAPSHOT_KEY": ""}, "GATEWAY_SNAPSHOT_KEY must hold one line"),
        ([], {"GATEWAY_SNAPSHOT_KEY": "two lines of\nmany characters"}, "must hold one line"),
        (["--group", "a/b"], {}, "--group 'a/b' is no name"),
        (["--group", ""], {}, "is no name"),
        (["--spill-bytes", "1"], {}, "--spill-bytes 1 is below 65536"),
        (["--spill-bytes", "many"], {}, "invalid int value"),
        (["--drain", "-1"], {}, "--drain -1 is not from 0 to 3600 seconds"),
        (["--drain", "nan"], {}, "--drain nan is not from 0"),
        (["--max-body", "-1"], {}, "--max-body -1 is not a number of bytes, or 0 for no limit"),
        (["--max-body", str(2**63)], {}, "is not a number of bytes, or 0 for no limit"),
        (["--admin", "example.test:1"], {}, "or give --admin-token-file FILE"),
        (["--environment", "e"], {"GATEWAY_REDIS_URL": "x"}, "GATEWAY_REDIS_URL is not a Redis URL"),
        (["--listen", ":1"], {}, "is not HOST:PORT"),
    ],
)  # fmt: skip
def test_what_is_kept_and_who_may_ask_is_checked(argv, environment, expected):
    with pytest.raises(SettingsRefused) as refused:
        read_settings(["--config", "f", *argv], environment)
    assert expected in str(refused.value)
    assert "\n" not in str(refused.value)


def test_secrets_come_from_files_before_the_environment_and_are_never_shown(tmp_path):
    path = tmp_path / "secret"
    path.write_text(GOOD_SECRET + "\n")
    settings = read_settings(
        ["--config", "f", "--admin", "0.0.0.0:1", "--admin-token-file", str(path)],
        {"GATEWAY_ADMIN_TOKEN": "not this one, surely", "GATEWAY_SNAPSHOT_KEY": GOOD_SECRET},
    )
    assert settings.admin_access.token == GOOD_SECRET.encode()
    assert settings.keeping.snapshot_key == GOOD_SECRET.encode()
    assert GOOD_SECRET not in repr(settings)


def test_what_outlives_the_process_has_defaults():
    settings = read_settings(["--config", "f"], {})
    assert settings.keeping.state is None
    assert settings.keeping.group == "default"
    assert settings.keeping.spill_bytes == 256 * 1024 * 1024
    assert (settings.admin_access.token, settings.drain_s) == (None, 30.0)


@pytest.mark.parametrize("gate", ["ftp://x", "http://", "http://h:0", "http://[", "nope"])
def test_a_gate_is_a_url(tmp_path, gate):
    with pytest.raises(SettingsRefused, match="is not a URL"):
        read_settings(["--cloud-token", token(tmp_path), "--gate", gate], {})


def test_reports_can_go_elsewhere_or_nowhere(tmp_path):
    path = token(tmp_path)
    there = read_settings(["--cloud-token", path, "--reports", "http://x/r"], {})
    assert there.reports == "http://x/r"
    assert read_settings(["--cloud-token", path, "--reports", "off"], {}).reports is None
    assert read_settings(["--config", "f", "--cloud-token", path], {}).reports is None


def test_the_token_may_name_no_environment(tmp_path):
    with pytest.raises(SettingsRefused, match=r"several environments \(none\)"):
        read_settings(["--cloud-token", token(tmp_path, envs=[])], {})


@pytest.mark.parametrize(("given", "bytes_"), [([], 2**63 - 1), (["0"], 2**63 - 1), (["10"], 10)])
def test_a_body_is_as_long_as_it_likes_unless_somebody_says_so(given, bytes_):
    argv = ["--config", "f", *(["--max-body", *given] if given else [])]
    assert read_settings(argv, {}).body_bytes == bytes_
