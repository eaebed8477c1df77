"""debootstrap and apt are this machine's; what they say becomes one line with a remedy."""

import io
import os
import tarfile
from pathlib import Path

import pytest

from harness.images import debian
from harness.images.debian import NoDebian


@pytest.fixture(autouse=True)
def apt_of_a_debian_machine(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What /etc/apt says, whichever machine this is."""
    folder = tmp_path_factory.mktemp("apt")
    (folder / "sources.list").write_text("deb http://mirror.test/debian bookworm main\n")
    monkeypatch.setattr(debian, "APT", folder)


def _program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def _status() -> list[bytes]:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        entry = tarfile.TarInfo("dpkg/status")
        entry.size = 4
        tar.addfile(entry, io.BytesIO(b"held"))
    return [file.getvalue()]


APT = """
echo "$@" >> "$HOME/asked"
for one in "$@"; do case "$one" in
    Dir::Cache::archives=*) archives="${one#*=}";;
    Dir::State::status=*) cat "${one#*=}" >> "$HOME/status";;
    install) : > "$archives/redis_1.deb";;
esac; done
"""


def test_packages_are_resolved_against_what_the_base_has(tmp_path: Path) -> None:
    _program(tmp_path / "bin", "apt-get", APT)
    environ = {"PATH": f"{tmp_path / 'bin'}:/bin:/usr/bin", "HOME": str(tmp_path)}

    found = debian.fetch(
        ["redis"], tmp_path / "cache" / "redis", _status(), "amd64", tmp_path / "cache", environ
    )

    assert [file.name for file in found.iterdir()] == ["redis_1.deb"]
    assert (tmp_path / "status").read_text() == "heldheld"
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked[0].endswith("update")
    assert "APT::Architecture=amd64" in asked[1]
    assert asked[1].endswith("--no-install-recommends --download-only install redis")
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["redis"]


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ("E: Failed to fetch http://x  Temporary failure resolving 'x'", "set http_proxy"),
        ("W: odd\nE: You don't have enough free space: No space left on device", "make room"),
        ("Release signed by unknown key (key id 0)", "apt install debian-archive-keyring"),
        ("something else", "run it again"),
    ],
)
def test_a_failure_is_one_line_with_a_remedy(said: str, remedy: str, tmp_path: Path) -> None:
    script = "cat <<'END'\n" + said + "\nEND\nexit 100"
    _program(tmp_path / "bin", "apt-get", script)
    environ = {"PATH": f"{tmp_path / 'bin'}:/bin:/usr/bin", "HOME": str(tmp_path)}

    with pytest.raises(NoDebian) as raised:
        debian.fetch(["redis"], tmp_path / "c" / "r", _status(), "amd64", tmp_path / "c", environ)

    assert str(raised.value).startswith("cannot read Debian's list of packages: ")
    assert remedy in str(raised.value)
    assert "\n" not in str(raised.value)
    assert list((tmp_path / "c").iterdir()) == []


def test_a_machine_without_apt_is_told_where_to_build(tmp_path: Path) -> None:
    with pytest.raises(NoDebian, match=r"no apt-get on PATH; build on a Debian or Ubuntu"):
        debian.fetch(
            ["redis"], tmp_path / "r", [], "amd64", tmp_path, {"PATH": str(tmp_path / "none")}
        )


def test_what_keeps_a_base_from_being_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "_with_sbin", lambda path: path)
    _program(tmp_path / "bin", "debootstrap", ":")

    assert "apt install debootstrap" in debian.obstacle(str(tmp_path), 0)
    assert "has to run as root" in debian.obstacle(str(tmp_path / "bin"), 1000)
    assert debian.obstacle(str(tmp_path / "bin"), 0) == ""


@pytest.mark.skipif(os.getuid() != 0, reason="debootstrap is asked as root only")
def test_a_base_is_packed_without_what_no_container_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debian, "_with_sbin", lambda path: path)
    making = 'while [ $# -gt 2 ]; do shift; done; mkdir -p "$1/etc/apt" "$1/usr/share/doc/x" "$1/bin"; : > "$1/bin/sh"'
    _program(tmp_path / "bin", "debootstrap", making)
    environ = {"PATH": f"{tmp_path / 'bin'}:/bin:/usr/bin"}
    file = tmp_path / "base.tar"

    with file.open("wb") as tar:
        debian.write_base(tar, "amd64", tmp_path / "cache", environ)

    with tarfile.open(file) as held:
        names = held.getnames()
        sources = held.extractfile("./etc/apt/sources.list")
        assert sources is not None
        assert b"bookworm-security" in sources.read()
    assert "./bin/sh" in names
    assert "./usr/share/doc/x" not in names
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        (
            "sources.list",
            "# deb http://old.test/debian x main\ndeb http://m.test/debian/ bookworm main\n",
            ("http://m.test/debian", "http://m.test/debian-security"),
        ),
        (
            "sources.list.d/debian.sources",
            "Types: deb\nURIs: http://m.test/debian\nSuites: bookworm\n\n"
            "Types: deb\nURIs: https://s.test/debian-security\nSuites: bookworm-security\n",
            ("http://m.test/debian", "https://s.test/debian-security"),
        ),
    ],
)
def test_the_mirror_is_the_one_of_this_machines_apt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, found: tuple[str, str]
) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / name).write_text(text)
    monkeypatch.setattr(debian, "APT", tmp_path)

    assert debian.mirrors() == found


def test_without_a_mirror_of_debian_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debian, "APT", tmp_path)

    with pytest.raises(debian.NoDebian, match="names no mirror of Debian"):
        debian.mirrors()
