"""What fetches goes out through the network's proxies and trust; what is local never does."""

from pathlib import Path

import pytest

from harness import maven, network
from harness.network import BadNetwork, outward, read

PEM = "-----BEGIN CERTIFICATE-----\nextra\n-----END CERTIFICATE-----\n"
OWN = "-----BEGIN CERTIFICATE-----\nsystem\n-----END CERTIFICATE-----\n"


def test_a_plain_network_changes_nothing(tmp_path: Path) -> None:
    environ = {"PATH": "/bin", "SSL_CERT_FILE": "/mine.pem", "NO_PROXY": "corp.test"}

    assert outward(environ, tmp_path) == environ
    assert read(environ).is_plain
    assert list(tmp_path.iterdir()) == []


def test_a_proxy_is_told_in_both_cases_and_what_is_local_is_exempt(tmp_path: Path) -> None:
    environ = {"HTTPS_PROXY": "proxy.corp.test:3128", "no_proxy": "corp.test, 10.0.0.0/8"}

    told = outward(environ, tmp_path, ["redis", "eu-1"])

    assert told["https_proxy"] == told["HTTPS_PROXY"] == "http://proxy.corp.test:3128"
    assert "http_proxy" not in told
    exempt = told["no_proxy"].split(",")
    assert told["NO_PROXY"] == told["no_proxy"]
    assert exempt[:2] == ["corp.test", "10.0.0.0/8"]
    assert {"localhost", "127.0.0.1", "::1", "172.16.0.0/12", "redis", "eu-1"} <= set(exempt)


def test_lower_case_wins_and_all_proxy_is_for_both(tmp_path: Path) -> None:
    environ = {"http_proxy": "http://a:1", "HTTP_PROXY": "http://b:2", "ALL_PROXY": "http://c:3"}

    assert read(environ).proxies == {"http": "http://a:1", "https": "http://c:3"}


@pytest.mark.parametrize("url", ["http://:8080", "http://h:port", "http://[::1"])
def test_a_proxy_that_is_none_is_refused_without_repeating_it(url: str, tmp_path: Path) -> None:
    with pytest.raises(
        BadNetwork, match=r"HTTPS_PROXY is no address of a proxy; .*HOST:PORT"
    ) as raised:
        outward({"HTTPS_PROXY": url}, tmp_path)
    assert url not in str(raised.value)


def test_the_extra_bundle_is_joined_to_the_systems_and_told_to_every_tool(tmp_path: Path) -> None:
    (tmp_path / "extra.pem").write_text(PEM)
    (tmp_path / "system.pem").write_text(OWN)
    environ = {
        network.CA_BUNDLE: str(tmp_path / "extra.pem"),
        "SSL_CERT_FILE": str(tmp_path / "system.pem"),
    }

    told = outward(environ, tmp_path / "cache")

    joined = Path(told["SSL_CERT_FILE"])
    assert joined.read_text() == f"{OWN}\n{PEM}"
    assert {told[name] for name in network.CA_VARIABLES} == {str(joined)}
    assert "PIP_CERT" in network.CA_VARIABLES
    assert outward(environ, tmp_path / "cache") == told


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(None, "cannot be read: No such file"), (b"\x30\x82DER", "holds no PEM certificate")],
)
def test_a_bundle_that_cannot_be_used_is_named(
    content: bytes | None, complaint: str, tmp_path: Path
) -> None:
    file = tmp_path / "extra.pem"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(BadNetwork, match=complaint) as raised:
        outward({network.CA_BUNDLE: str(file)}, tmp_path)
    assert f"GATEPROOF_CA_BUNDLE names {file}" in str(raised.value)


def test_maven_gets_the_proxies_as_settings_that_leave_the_users_own_in_force(
    tmp_path: Path,
) -> None:
    program = tmp_path / "bin" / "mvn"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\nfor one in "$@"; do echo "$one"; done > "$HOME/arguments"\n')
    program.chmod(0o755)
    environ = {
        "PATH": f"{program.parent}:/bin:/usr/bin", "HOME": str(tmp_path),
        "HTTPS_PROXY": "http://ada:p%40ss@proxy.test:3128", "NO_PROXY": "corp.test",
    }  # fmt: skip

    maven.copy(["a.b:c:1"], tmp_path / "jars", environ, tmp_path / "cache")

    settings = (tmp_path / "jars" / "settings.xml").read_text()
    assert f"--global-settings={tmp_path / 'jars' / 'settings.xml'}" in (
        tmp_path / "arguments"
    ).read_text()  # fmt: skip
    assert "<protocol>https</protocol><host>proxy.test</host><port>3128</port>" in settings
    assert "<username>ada</username><password>p@ss</password>" in settings
    assert "corp.test|localhost|127.0.0.1" in settings
    assert (tmp_path / "jars" / "settings.xml").stat().st_mode & 0o077 == 0


def test_the_jvm_gets_a_trust_store(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.serialization import pkcs12

    bundle = tmp_path / "ca.pem"
    bundle.write_text(_certificate() + _certificate())

    store = maven.trust_store(bundle)

    held = pkcs12.load_pkcs12(store.read_bytes(), b"changeit")
    assert len(held.additional_certs) == 2
    assert maven.trust_store(bundle) == store


def _certificate() -> str:
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Corp CA")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(datetime.datetime(2046, 1, 1, tzinfo=datetime.UTC))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()
