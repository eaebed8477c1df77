"""The page of settings: what gateway and services can be told, and what the environment says."""

import ast
import re
from collections.abc import Iterator

from docs.handbook.gaps import NoWords
from docs.handbook.markdown import code, codes, page, table
from docs.handbook.options import options_of
from gateway import arguments
from harness import network
from harness.settings import ROOT
from services.cli import SERVICES
from services.settings import parser_of

READERS = ("gateway/settings.py", "services/settings.py", "harness/settings.py")
"""The only modules that read the environment once everything is set up."""

WORDS: dict[str, str] = {
    "GATEWAY_ADMIN_TOKEN": "What every request to the admin port must bear.",
    "GATEWAY_REDIS_URL": "The gateway's own Redis; the only place for a URL with a password.",
    "GATEWAY_SNAPSHOT_KEY": "Authenticates the last good document.",
    "JWT_SECRET": "What people's tokens are signed with.",
    "AWS_ACCESS_KEY_ID": "Who calls the login function.",
    "AWS_SECRET_ACCESS_KEY": "What calls to the login function are signed with.",
    "CLOUD_GATE_MANAGEMENT_TOKEN": "What requests to the management port must bear.",
    "GITHUB_STEP_SUMMARY": "The file that a run adds its summary to; GitHub Actions sets and shows it.",
    "PATH": "Where `redis-server` is looked for first; handed on to every part.",
    "HOME": "Handed on to every part.",
    "LANG": "Handed on to every part.",
    "LC_ALL": "Handed on to every part.",
    "TMPDIR": "Where runs keep their folders; handed on to every part.",
    "SSL_CERT_FILE": "Handed on to every part: certificates that Python trusts.",
    "SSL_CERT_DIR": "Handed on to every part: a folder of such certificates.",
    "GATEPROOF_CA_BUNDLE": "A PEM file that is trusted besides the system's, by everything that fetches.",
    "HTTP_PROXY": "What fetching goes through, in small letters too; never what a run does.",
    "HTTPS_PROXY": "The same for https.",
    "NO_PROXY": "What is exempt; everything local always is.",
    "GATEPROOF_CACHE": "Where wheels, jars and Debian packages are kept (default ~/.cache/gateproof).",
    "XDG_CACHE_HOME": "The folder of caches that `gateproof` is kept in, without GATEPROOF_CACHE.",
    "GATEPROOF_IMAGES": "A list of other images, in the format of compose/images.toml.",
    "GATEPROOF_IMAGE_": "And a name, as in GATEPROOF_IMAGE_REDIS: another image for it.",
}
_NAME = re.compile(r"[A-Z][A-Z0-9_]{3,}")


def draw() -> str:
    gateway = arguments.parser()
    blocks = [
        "What is set per run is on the page of [commands](commands.md); what a gateway does is in its "
        "[document](document.md).",
        "## python -m gateway", _shown(gateway.description), options_of(gateway),
        _shown(gateway.epilog), "## python -m services NAME",
        f"NAME is one of {codes(SERVICES)}.",
    ]  # fmt: skip
    for name in SERVICES:
        parser = parser_of(name)
        blocks += [f"### {name}", _shown(parser.description), options_of(parser)]
    blocks += [_shown(parser_of("users").epilog), "## Environment variables", _variables()]
    return page("Settings", *blocks)


def _shown(text: str | None) -> str:
    return text or ""


def _variables() -> str:
    rows = []
    for file, name in variables():
        if name not in WORDS:
            raise NoWords(f"{name} of {file} has no words; add them in handbook/settings_page.py")
        rows.append([code(name), file.partition("/")[0], WORDS[name]])
    return table(["variable", "read by", "says"], rows)


def variables() -> Iterator[tuple[str, str]]:
    """Every name of an environment variable that a settings module spells out."""
    for file in READERS:
        seen = {
            node.value
            for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8")))
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and _NAME.fullmatch(node.value)
        }
        # without an underscore it is more likely what an option calls its value
        yield from ((file, name) for name in sorted(seen) if "_" in name or name in WORDS)
    yield from (("harness/network.py", name) for name in network.READ)
