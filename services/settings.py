"""Every argument and environment variable of every service, read once, as plain values.

Secrets come from files or the environment, never from the command line.
"""

import argparse
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from services.failures import Failure, notice

DATA = Path(__file__).parent / "data"
MARKER_HEADER = "X-Gateproof-Marker"
# Printed in the walkthrough that the demo follows, so everybody has it.
PUBLISHED_SECRET = "Too many secrets."
HS256_BYTES = 32

WHAT_IT_IS = {
    "users": "Users: the whole list for admins, the own record for everybody else, one public line.",
    "orders": "Orders: the orders of one user, for that user and for admins, and one public line.",
    "auth": "Auth: a login function behind the Lambda Invoke API. The key that calls are signed with "
    "comes from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
    "upstream": "Echoes what arrives, or behaves as a script says that its control port was given.",
    "cloud_gate": "The Cloud Gate of one region: hands out documents, takes events.",
    "ingest": "Reads events from Kafka into an index, and answers questions about them.",
}
SERVING = (
    "It prints one JSON line with its addresses when it serves; port 0 means any free port. SIGTERM "
    "ends it with 0. Other exit codes: 1 it broke, 2 it cannot start like this, 4 it lost messages."
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; port 0 means any free one."""

    host: str
    port: int


ANY_PORT = Address("127.0.0.1", 0)


@dataclass(frozen=True, slots=True)
class CalledSettings:
    """What Users, Orders, Auth and Upstream have in common."""

    name: str
    listen: Address
    control: Address
    marker_header: str


@dataclass(frozen=True, slots=True)
class RecordsSettings(CalledSettings):
    """Users and Orders: a file of records, and the secret that tokens are signed with."""

    data: Path
    jwt_secret: str


@dataclass(frozen=True, slots=True)
class AuthSettings(RecordsSettings):
    """The function: whom it trusts to call it, and the `kid` it writes unless configured."""

    aws_key: str
    aws_secret: str
    aws_region: str
    kid: str


@dataclass(frozen=True, slots=True)
class GateSettings:
    """One region's Cloud Gate."""

    name: str
    region: str
    listen: Address
    management: Address
    jwks: str
    issuer: str
    kafka: str | None
    topic: str
    store: Path
    management_token: str


@dataclass(frozen=True, slots=True)
class IngestSettings:
    """From which topic into which index file."""

    name: str
    listen: Address
    kafka: str
    topic: str
    index: Path
    fetch_wait_ms: int


Settings = CalledSettings | GateSettings | IngestSettings


def read(name: str, argv: Sequence[str], environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of service `name`; a Failure names the first thing that is wrong."""
    env = os.environ if environ is None else environ  # noqa: TID251 - this is settings.py
    reader = READERS[name]
    return reader(name, argv, env)


def _called(name: str, argv: Sequence[str], env: Mapping[str, str]) -> CalledSettings:
    given = parser_of(name).parse_args(argv)
    return CalledSettings(name, given.listen, given.control, given.marker_header)


def _records(name: str, argv: Sequence[str], env: Mapping[str, str]) -> RecordsSettings:
    given = parser_of(name).parse_args(argv)
    return RecordsSettings(
        name,
        given.listen,
        given.control,
        given.marker_header,
        given.data,
        _jwt_secret(name, given.jwt_secret_file, env),
    )


def _auth(name: str, argv: Sequence[str], env: Mapping[str, str]) -> AuthSettings:
    given = parser_of(name).parse_args(argv)
    return AuthSettings(
        name,
        given.listen,
        given.control,
        given.marker_header,
        given.data,
        _jwt_secret(name, given.jwt_secret_file, env),
        _variable(name, env, "AWS_ACCESS_KEY_ID"),
        _variable(name, env, "AWS_SECRET_ACCESS_KEY"),
        given.aws_region,
        given.kid,
    )


def _gate(name: str, argv: Sequence[str], env: Mapping[str, str]) -> GateSettings:
    given = parser_of(name).parse_args(argv)
    variable = "CLOUD_GATE_MANAGEMENT_TOKEN"
    token = _secret(name, given.management_token_file, "--management-token-file", env, variable)
    return GateSettings(
        name,
        given.region,
        given.listen,
        given.management,
        given.jwks,
        given.issuer,
        None if given.kafka == "none" else given.kafka,
        given.topic,
        given.store,
        token,
    )


def _ingest(name: str, argv: Sequence[str], env: Mapping[str, str]) -> IngestSettings:
    given = parser_of(name).parse_args(argv)
    if given.kafka == "none":
        raise Failure(f"{name}: --kafka none leaves nothing to ingest; name a broker as HOST:PORT")
    return IngestSettings(
        name, given.listen, given.kafka, given.topic, given.index, given.fetch_wait_ms
    )


READERS: dict[str, Callable[[str, Sequence[str], Mapping[str, str]], Settings]] = {
    "users": _records,
    "orders": _records,
    "auth": _auth,
    "upstream": _called,
    "cloud_gate": _gate,
    "ingest": _ingest,
}


class _OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage above it."""

    def error(self, message: str) -> NoReturn:
        raise Failure(f"{self.prog.split()[-1]}: {message}; try python -m services --help")


def _parser(name: str) -> argparse.ArgumentParser:
    parser = _OneLineParser(
        prog=f"python -m services {name}", description=WHAT_IT_IS[name], epilog=SERVING,
        allow_abbrev=False,
    )  # fmt: skip
    parser.add_argument(
        "--listen", type=_address, default=ANY_PORT, metavar="HOST:PORT",
        help="where it is called (default 127.0.0.1:0)",
    )  # fmt: skip
    return parser


def _called_parser(name: str) -> argparse.ArgumentParser:
    parser = _parser(name)
    parser.add_argument(
        "--control", type=_address, default=ANY_PORT, metavar="HOST:PORT",
        help="where its health and its ledger can be asked for (default 127.0.0.1:0)",
    )  # fmt: skip
    parser.add_argument(
        "--marker-header", default=MARKER_HEADER, metavar="NAME",
        help="the request header that the ledger files arrivals under (default %(default)s)",
    )  # fmt: skip
    return parser


def _records_parser(name: str) -> argparse.ArgumentParser:
    data = DATA / ("credentials.json" if name == "auth" else f"{name}.json")
    parser = _called_parser(name)
    parser.add_argument(
        "--data", type=Path, default=data, metavar="FILE.json",
        help=f"its records (default: {data.name} of this package)",
    )  # fmt: skip
    parser.add_argument(
        "--jwt-secret-file", type=Path, metavar="FILE",
        help="the secret that people's tokens are signed with, also JWT_SECRET",
    )  # fmt: skip
    return parser


def _auth_parser(name: str) -> argparse.ArgumentParser:
    parser = _records_parser(name)
    parser.add_argument(
        "--aws-region", default="eu-west-1", metavar="REGION",
        help="the region that calls must be signed for (default %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--kid", default="demo-key", metavar="KEY",
        help="the kid of tokens from functions without a configuration (default %(default)s)",
    )  # fmt: skip
    return parser


def _gate_parser(name: str) -> argparse.ArgumentParser:
    parser = _parser(name)
    parser.add_argument(
        "--region", required=True, choices=("eu", "us"),
        help="the region that Cloud Tokens must name",
    )  # fmt: skip
    parser.add_argument(
        "--management", type=_address, default=ANY_PORT, metavar="HOST:PORT",
        help="where documents are published and tokens revoked (default 127.0.0.1:0)",
    )  # fmt: skip
    parser.add_argument(
        "--jwks",
        required=True,
        metavar="FILE|URL",
        help="the public keys of the Cloud Tokens' issuer",
    )
    parser.add_argument("--issuer", required=True, metavar="NAME", help="who issues Cloud Tokens")
    parser.add_argument(
        "--kafka", type=_bootstrap, required=True, metavar="HOST:PORT|none",
        help="the broker for analytics; none refuses reports",
    )  # fmt: skip
    parser.add_argument("--topic", default="reports", help="its topic (default %(default)s)")
    parser.add_argument(
        "--store", type=Path, required=True, metavar="FILE",
        help="where documents, versions and revoked tokens are kept",
    )  # fmt: skip
    parser.add_argument(
        "--management-token-file", type=Path, metavar="FILE",
        help="what management requests must bear, also CLOUD_GATE_MANAGEMENT_TOKEN",
    )  # fmt: skip
    return parser


def _ingest_parser(name: str) -> argparse.ArgumentParser:
    parser = _parser(name)
    parser.add_argument(
        "--kafka",
        type=_bootstrap,
        required=True,
        metavar="HOST:PORT",
        help="the broker to read from",
    )
    parser.add_argument("--topic", default="reports", help="its topic (default %(default)s)")
    parser.add_argument(
        "--index", type=Path, required=True, metavar="FILE.sqlite", help="where events are kept"
    )
    parser.add_argument(
        "--fetch-wait-ms", type=int, default=10, metavar="MS",
        help="how long the broker may wait for more before it answers (default %(default)s)",
    )  # fmt: skip
    return parser


PARSERS: dict[str, Callable[[str], argparse.ArgumentParser]] = {
    "users": _records_parser,
    "orders": _records_parser,
    "auth": _auth_parser,
    "upstream": _called_parser,
    "cloud_gate": _gate_parser,
    "ingest": _ingest_parser,
}


def parser_of(name: str) -> argparse.ArgumentParser:
    """The command line of a service."""
    return PARSERS[name](name)


def _address(text: str) -> Address:
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isascii() and port.isdigit() and int(port) < 65536):
        raise argparse.ArgumentTypeError(f'expected HOST:PORT, found "{text}"')
    return Address(host.removeprefix("[").removesuffix("]"), int(port))


def _bootstrap(text: str) -> str:
    if text != "none" and not re.fullmatch(r"[^\s,:]+:\d+(,[^\s,:]+:\d+)*", text):
        raise argparse.ArgumentTypeError(f'expected HOST:PORT[,HOST:PORT…], found "{text}"')
    return text


def _jwt_secret(name: str, file: Path | None, env: Mapping[str, str]) -> str:
    secret = _secret(name, file, "--jwt-secret-file", env, "JWT_SECRET")
    if secret == PUBLISHED_SECRET:
        raise Failure(
            f"{name}: the JWT secret is the one printed in the walkthrough; make your own"
        )
    if len(secret.encode()) < HS256_BYTES:
        notice(name, f"the JWT secret is short; HS256 wants {HS256_BYTES} bytes (RFC 7518, 3.2)")
    return secret


def _secret(
    name: str, file: Path | None, option: str, env: Mapping[str, str], variable: str
) -> str:
    """The secret from the file if one is named, else from the environment; never a default."""
    if file is None:
        return _variable(name, env, variable, f" or give {option} FILE")
    try:
        secret = file.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as found:
        raise Failure(f"{name}: cannot read {option} {file}: {_reason(found)}") from None
    if not secret:
        raise Failure(f"{name}: {option} {file} is empty; write the secret into it")
    return secret


def _variable(name: str, env: Mapping[str, str], variable: str, otherwise: str = "") -> str:
    if not env.get(variable):
        raise Failure(f"{name}: no {variable} and no default for it; set {variable}{otherwise}")
    return env[variable]


def _reason(found: OSError | UnicodeDecodeError) -> str:
    return (found.strerror or "unreadable").lower() if isinstance(found, OSError) else "not UTF-8"
