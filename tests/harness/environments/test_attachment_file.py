"""A TOML file of addresses: what it may say, and one line for what it may not."""

import re
from pathlib import Path

import pytest

from harness.environments.attachment import Attachment
from harness.environments.attachment_file import BadFile, read
from harness.environments.contract import Identity
from harness.settings import ROOT

GATEWAY = '[eu-1]\nproxy = "http://g:8000"\nadmin = "http://g:8001/"\n'


def _read(tmp_path: Path, text: str, *single: str, **variables: str) -> Attachment:
    file = tmp_path / "gateway.toml"
    file.write_text(text)
    return read(str(file), dict(one.split("=", 1) for one in single), variables.get)


def test_a_gateway_to_look_at(tmp_path: Path) -> None:
    found = _read(tmp_path, GATEWAY)

    assert found.addresses == {"eu-1.proxy": "http://g:8000", "eu-1.admin": "http://g:8001"}
    assert not found.own
    assert found.source.endswith("gateway.toml")


def test_a_gateway_of_ones_own_that_is_fed_by_a_cloud_gate(tmp_path: Path) -> None:
    (tmp_path / "management.token").write_text("a token\n")
    found = _read(
        tmp_path,
        'own = true\nadvertise = "10.0.0.9"\nbind = "0.0.0.0"\n'
        f"{GATEWAY}"
        '[gate-eu]\nmanagement = "http://c:1"\nenvironment = "prod"\nindex = "events"\n'
        '[secrets]\nmanagement = {file = "management.token"}\nadmin = {variable = "ADMIN"}\n',
        ADMIN="another",
    )

    assert found.secrets == {"management": "a token", "admin": "another"}
    assert found.identities == {"eu": Identity("", "prod", "events")}
    assert (found.own, found.advertise, found.bind) == (True, "10.0.0.9", "0.0.0.0")
    assert found.gate_of("eu") == "http://c:1"


def test_a_service_is_where_the_gateway_reaches_it_and_where_we_do(tmp_path: Path) -> None:
    found = _read(
        tmp_path,
        GATEWAY
        + '[upstream]\nurl = "http://up:80"\ndirect = "http://127.0.0.1:81"\n'
        + 'control = "http://127.0.0.1:82"\n',
    )

    assert found.inside["upstream.url"] == "http://up:80"
    assert found.addresses["upstream.url"] == "http://127.0.0.1:81"


def test_a_single_address_wins_over_the_file_and_can_do_without_one(tmp_path: Path) -> None:
    assert _read(tmp_path, GATEWAY, "eu-1.proxy=http://h:9").addresses["eu-1.proxy"] == "http://h:9"
    alone = read("", {"eu-1.proxy": "http://g:1", "eu-1.admin": "http://g:2"}, {}.get)
    assert alone.parts == {"eu-1"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("own = maybe", "is no TOML: Invalid value (at line 1, column 7)"),
        ("own = 1\n" + GATEWAY, "own has to be true or false, found 1"),
        ("advertise = true\n" + GATEWAY, "advertise has to be a text, found True"),
        ("eu-1 = 3", "[eu-1] has to be a table, found 3"),
        ("[eu-1]\nproxy = 3\n", "eu-1.proxy has to be a text, found 3"),
        ("[moon]\n", "nothing here is called 'moon'"),
        ("[eu-1]\nadress = 'http://g:1'\n", "eu-1 has no address 'adress'"),
        (GATEWAY + '[secrets]\njwt = "Too many"\n', "secrets.jwt has to say where the secret is"),
        (GATEWAY + '[secrets]\njwt = {variable = "NONE"}\n', "the variable NONE is not set"),
        (GATEWAY + '[secrets]\njwt = {file = "none"}\n', "none cannot be read: no such file"),
        (GATEWAY + '[secrets]\njwt = {file = "gateway.toml"}\n', "has to hold one line"),
        (GATEWAY + '[secrets]\nkey = {file = "none"}\n', "there is no secret 'key'"),
        ("own = true\n" + GATEWAY, "under which address the gateway reaches"),
        ("", "names no gateway"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line_with_the_file(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(BadFile) as bad:
        _read(tmp_path, text)

    line = str(bad.value)
    assert words in line
    assert "gateway.toml" in line
    assert "\n" not in line
    assert "Too many" not in line


def test_no_file_and_one_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="no addresses are given: --config FILE"):
        read("", {}, {}.get)
    with pytest.raises(BadFile, match=r"none\.toml cannot be read: no such file or directory"):
        read(str(tmp_path / "none.toml"), {}, {}.get)
    with pytest.raises(BadFile, match=r"--address: eu-9\.proxy there is no part"):
        read("", {"eu-9.proxy": "http://g:1"}, {}.get)


PAGE = ROOT / "docs" / "how-to" / "your-own-gateway.md"
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE.read_text(), re.DOTALL)


@pytest.mark.parametrize("text", EXAMPLES, ids=range(len(EXAMPLES)))
def test_the_examples_that_people_copy_can_be_used(tmp_path: Path, text: str) -> None:
    for name in ("admin.token", "management.token"):
        (tmp_path / name).write_text("a token")
    named = dict.fromkeys(re.findall(r'variable = "(\w+)"', text), "a secret")

    found = _read(tmp_path, text, **named)

    assert found.own
    assert "eu-1" in found.parts
