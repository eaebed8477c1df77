"""The fields of each kind of entity: which there are, their defaults, what is refused."""

import re
from typing import Any
from urllib.parse import urlsplit

from gateway.document.field_names import FIELD_NAME
from gateway.document.fields import Fields, shown
from gateway.paths import normalise

NAME = re.compile(r"[\w.~-]+")
IDENTITY = re.compile(r"[A-Za-z0-9._~-]+")
METHOD = re.compile(r"[A-Z]+")
HOST = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?")
WILDCARD_HOST = re.compile(r"\*(\.[A-Za-z0-9_-]+)+|([A-Za-z0-9_-]+\.)+\*")
LONGEST_MS = 2**31 - 2
PROTOCOLS = frozenset({"http", "https", "grpc", "grpcs", "tcp", "tls", "udp", "ws", "wss"})


def neutral(fields: Fields) -> None:
    """Fields that say nothing about what the gateway does."""
    fields.ignore("created_at", "updated_at", "_info", "_comment", "_transform")
    fields.texts("tags")
    identity = fields.text("id")
    if identity is not None and not IDENTITY.fullmatch(identity):
        fields.complain("id", f"must be an id such as a UUID, found {shown(identity)}")


def protocols(fields: Fields) -> None:
    """This gateway listens to plain HTTP: a list that names it covers every request there is."""
    value = fields.raw("protocols")
    if value is None:
        return
    known = isinstance(value, list) and all(
        isinstance(item, str) and item in PROTOCOLS for item in value
    )
    if not known or "http" not in value:
        fields.complain(
            "protocols",
            'is not in this version unless it holds "http": what it names would never match',
        )


def name(fields: Fields) -> str | None:
    value = fields.text("name")
    if value is not None and not NAME.fullmatch(value):
        fields.complain("name", f"may hold letters, digits and . _ ~ - only, found {shown(value)}")
    return value


def service(fields: Fields, listeners: tuple[tuple[str, int], ...]) -> dict[str, Any]:
    neutral(fields)
    fields.only("tls_verify", True)
    for later in ("client_certificate", "ca_certificates", "tls_verify_depth"):
        fields.only(later)
    address = service_address(fields)
    if (address["host"], address["port"]) in listeners:
        field = "url" if fields.has("url") else "host"
        fields.complain(field, "points at this gateway itself: requests would go round in circles")
    return {
        "name": name(fields),
        **address,
        "connect_timeout_ms": fields.number("connect_timeout", 60000, 1, LONGEST_MS),
        "read_timeout_ms": fields.number("read_timeout", 60000, 1, LONGEST_MS),
        "write_timeout_ms": fields.number("write_timeout", 60000, 1, LONGEST_MS),
        "retries": fields.number("retries", 5, 0, 32767),
    }


def service_address(fields: Fields) -> dict[str, Any]:
    """Protocol, host, port and path, from `url` or one by one."""
    url = fields.text("url")
    protocol = fields.choice("protocol", ("http", "https"), "http")
    host = fields.text("host", required=url is None)
    path = fields.text("path")
    port = fields.number("port", None, 1, 65535)
    if url is None:
        if host is not None and not valid_host(host):
            fields.complain("host", f"must be a host name or an address, found {shown(host)}")
        if path is not None:
            check_path(fields, "path", path)
        default = 443 if protocol == "https" else 80
        return {
            "protocol": protocol,
            "host": (host or "").lower(),
            "port": port or default,
            "path": path or "/",
        }
    for given in ("protocol", "host", "port", "path"):
        if fields.has(given):
            fields.complain(given, "and url exclude each other")
    return url_address(fields, url)


def url_address(fields: Fields, url: str) -> dict[str, Any]:
    stand_in = {"protocol": "http", "host": "", "port": 80, "path": "/"}
    try:
        split = urlsplit(url)
        port = split.port
    except ValueError as error:
        fields.complain("url", f"must be a URL, found {shown(url)} ({error})")
        return stand_in
    if (
        split.scheme not in ("http", "https")
        or not split.hostname
        or not valid_host(split.hostname)
    ):
        fields.complain("url", f"must be like http://host:port/path, found {shown(url)}")
        return stand_in
    if split.query or split.fragment or split.username is not None or "?" in url or "#" in url:
        fields.complain("url", "must not hold a query, a fragment or credentials")
    if split.path:
        check_path(fields, "url", split.path)
    return {
        "protocol": split.scheme,
        "host": split.hostname,
        "port": port or (443 if split.scheme == "https" else 80),
        "path": split.path or "/",
    }


def valid_host(host: str) -> bool:
    return bool(HOST.fullmatch(host)) or (
        ":" in host and bool(re.fullmatch(r"[0-9A-Fa-f:.]+", host))
    )


def check_path(fields: Fields, field: str, path: str) -> None:
    if path.startswith("~"):
        fields.complain(field, f"is a regex, which is not in this version, found {shown(path)}")
    elif not path.startswith("/"):
        fields.complain(field, f'must start with "/", found {shown(path)}')
    elif "//" in path:
        fields.complain(field, f"must not have empty segments, found {shown(path)}")
    elif "?" in path or "#" in path or not path.isascii() or " " in path:
        fields.complain(field, f"must be a percent-encoded path alone, found {shown(path)}")
    elif normalise(path) != path:
        fields.complain(field, f"must be written as {shown(normalise(path))}, found {shown(path)}")


def route(fields: Fields) -> dict[str, Any]:
    neutral(fields)
    unsupported_of_routes(fields)
    paths, methods, hosts = (fields.texts(field) for field in ("paths", "methods", "hosts"))
    for index, path in enumerate(paths):
        check_path(fields, f"paths/{index}", path)
    for index, method in enumerate(methods):
        if not METHOD.fullmatch(method):
            fields.complain(
                f"methods/{index}", f"must be in capital letters, found {shown(method)}"
            )
    for index, host in enumerate(hosts):
        if "*" in host:
            if not WILDCARD_HOST.fullmatch(host):
                fields.complain(
                    f"hosts/{index}",
                    f"may be a wildcard in its first or last label only, found {shown(host)}",
                )
        elif not HOST.fullmatch(host):
            fields.complain(
                f"hosts/{index}", f"must be a host name without port, found {shown(host)}"
            )
    headers = route_headers(fields)
    if not (paths or methods or hosts or headers):
        fields.complain("", "must have at least one of paths, methods, hosts, headers")
    return {
        "name": name(fields),
        "paths": tuple(dict.fromkeys(paths)),
        "methods": frozenset(methods),
        "hosts": frozenset(host.lower().rstrip(".") for host in hosts),
        "headers": headers,
        "strip_path": fields.flag("strip_path", True),
        "preserve_host": fields.flag("preserve_host", False),
    }


def unsupported_of_routes(fields: Fields) -> None:
    """Accepted where an export of Kong's tools writes the default, else refused."""
    protocols(fields)
    fields.only("https_redirect_status_code", 426)
    fields.only("regex_priority", 0)
    fields.only("path_handling", "v0")
    fields.only("request_buffering", True)
    fields.only("response_buffering", True)
    for later in ("snis", "sources", "destinations"):
        fields.only(later, [])


def route_headers(fields: Fields) -> tuple[tuple[str, frozenset[str]], ...]:
    rules = fields.object("headers")
    if rules is None:
        return ()
    found = []
    for header in rules.names():
        values = rules.texts(header)
        if not FIELD_NAME.fullmatch(header) or header.lower() == "host":
            rules.complain(header, "must be the name of a header other than Host")
        if not values:
            rules.complain(header, "must have at least one value")
        if any(value.startswith("~*") for value in values):
            rules.complain(header, "is a regex, which is not in this version")
        found.append((header.lower(), frozenset(value.lower() for value in values)))
    return tuple(sorted(found))


def consumer(fields: Fields) -> dict[str, Any]:
    neutral(fields)
    for later in ("basicauth_credentials", "hmacauth_credentials", "oauth2_credentials", "groups"):
        fields.only(later, [])
    username, custom_id = fields.text("username"), fields.text("custom_id")
    if username is None and custom_id is None:
        fields.complain("", "must have a username or a custom_id")
    return {
        "username": username,
        "custom_id": custom_id,
        "tags": fields.texts("tags") if fields.has("tags") else None,
        "created_at": fields.number("created_at", None, 0, 2**53),
    }
