"""Reads an attachment from a TOML file and from single addresses on the command line.

A secret is never written there: the file names another file or an environment variable.
"""

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from harness import topology
from harness.environments.attachment import Attachment, missing_from, problem_of
from harness.environments.contract import Identity

SECRETS = ("admin", "management", "jwt", "aws_key", "aws_secret")
_IDENTITY = ("account", "environment", "index")
_TOP: Mapping[str, type] = {"own": bool, "advertise": str, "bind": str}


class BadFile(Exception):
    """What is given cannot be used. The text is one line: where, what, what next."""


def read(path: str, single: Mapping[str, str], variable: Callable[[str], str | None]) -> Attachment:
    """Read the file, if one is given, and let single addresses win over it.

    Errors: BadFile.
    """
    if not path and not single:
        raise BadFile(
            "no addresses are given: --config FILE (EXTERNAL=FILE), or --address eu-1.proxy=URL "
            "and --address eu-1.admin=URL; docs/how-to/your-own-gateway.md has an example"
        )
    file = Path(path)
    written = _parsed(file) if path else {}
    source = path or "--address"
    attachment = _drawn(written, single, file.parent, source, variable)
    if problem := missing_from(attachment):
        raise BadFile(f"{source} {problem}")
    return attachment


def _parsed(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadFile(f"{file} cannot be read: {(error.strerror or '').lower()}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadFile(f"{file} is no TOML: {str(error).splitlines()[0]}") from None


def _drawn(
    written: Mapping[str, Any],
    single: Mapping[str, str],
    folder: Path,
    source: str,
    variable: Callable[[str], str | None],
) -> Attachment:
    settings: dict[str, Any] = {}
    addresses: dict[str, str] = {}
    identities: dict[str, Identity] = {}
    secrets: dict[str, str] = {}
    for name, value in written.items():
        if name in _TOP:
            settings[name] = _of_type(source, name, value, _TOP[name])
        elif name == "secrets":
            secrets = _secrets(source, _table(source, name, value), folder, variable)
        elif name in topology.PARTS:
            part = dict(_table(source, name, value))
            if topology.PARTS[name].kind == "gate":
                identities |= _identity(source, name, part)
            addresses |= {f"{name}.{what}": _text(source, name, what, part[what]) for what in part}
        else:
            known = ", ".join((*_TOP, "secrets", *topology.PARTS))
            raise BadFile(f"{source}: nothing here is called {name!r}; there are {known}")
    addresses |= single
    for name, address in sorted(addresses.items()):
        if problem := problem_of(name, address):
            raise BadFile(f"{source if name not in single else '--address'}: {name} {problem}")
    addresses = {name: address.rstrip("/") for name, address in addresses.items()}
    return Attachment(
        source, addresses | _reached_directly(addresses), addresses,
        **settings, secrets=secrets, identities=identities,
    )  # fmt: skip


def _reached_directly(addresses: Mapping[str, str]) -> dict[str, str]:
    """A service may be somewhere else for us than it is for the gateway."""
    return {
        f"{name.removesuffix('.direct')}.url": address
        for name, address in addresses.items()
        if name.endswith(".direct")
    }


def _identity(source: str, name: str, part: dict[str, Any]) -> dict[str, Identity]:
    """Take what is no address out of a gate's table."""
    said = {what: _text(source, name, what, part.pop(what)) for what in _IDENTITY if what in part}
    if "environment" not in said:
        return {}
    region = topology.PARTS[name].region
    return {region: Identity(said.get("account", ""), said["environment"], said.get("index", ""))}


def _secrets(
    source: str,
    table: Mapping[str, Any],
    folder: Path,
    variable: Callable[[str], str | None],
) -> dict[str, str]:
    found = {}
    for name, where in table.items():
        if name not in SECRETS:
            raise BadFile(f"{source}: there is no secret {name!r}; there are {', '.join(SECRETS)}")
        match where:
            case {"file": str(file)} if len(where) == 1:
                found[name] = _secret_in(folder / file, source, name)
            case {"variable": str(called)} if len(where) == 1:
                value = variable(called)
                if not value:
                    raise BadFile(f"{source}: secrets.{name}: the variable {called} is not set")
                found[name] = value
            case _:
                raise BadFile(
                    f"{source}: secrets.{name} has to say where the secret is: "
                    '{file = "FILE"} or {variable = "NAME"}'
                )
    return found


def _secret_in(file: Path, source: str, name: str) -> str:
    try:
        value = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not UTF-8"
        raise BadFile(f"{source}: secrets.{name}: {file} cannot be read: {why.lower()}") from None
    if not value or "\n" in value:
        raise BadFile(f"{source}: secrets.{name}: {file} has to hold one line")
    return value


def _table(source: str, name: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadFile(f"{source}: [{name}] has to be a table, found {value!r}")
    return value


def _text(source: str, name: str, what: str, value: Any) -> str:
    if not isinstance(value, str):
        raise BadFile(f"{source}: {name}.{what} has to be a text, found {value!r}")
    return value


def _of_type(source: str, name: str, value: Any, wanted: type) -> Any:
    if not isinstance(value, wanted):
        kind = "true or false" if wanted is bool else "a text"
        raise BadFile(f"{source}: {name} has to be {kind}, found {value!r}")
    return value
