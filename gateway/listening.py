"""Binding a port before anything else is decided, so that a busy one is one clear line."""

import os
import resource
import socket

from gateway.settings import Address, SettingsRefused

FILES_BESIDE_SOCKETS = 128


def bind(option: str, address: Address) -> socket.socket:
    """A bound socket for the first meaning of the address."""
    try:
        # asyncio switches Nagle's algorithm off only where it sees that the protocol is TCP:
        # without it an answer in two pieces waits 40 ms for the client's delayed acknowledgement.
        family, kind, protocol, _, where = socket.getaddrinfo(
            address.host,
            address.port,
            type=socket.SOCK_STREAM,
            proto=socket.IPPROTO_TCP,
            flags=socket.AI_PASSIVE,
        )[0]
        sock = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise SettingsRefused(f"cannot listen on {address}: {reason(error)}") from error
    try:
        if os.name == "posix":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(where)
        sock.setblocking(False)
    except OSError as error:
        sock.close()
        raise SettingsRefused(
            f"cannot listen on {address}: {reason(error)}; choose another {option}"
        ) from error
    return sock


def reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()


def bound(sock: socket.socket) -> Address:
    name = sock.getsockname()
    return Address(name[0], name[1])


def same_as(address: Address) -> tuple[tuple[str, int], ...]:
    """The names under which a service could point at this listener."""
    names = {address.host}
    if address.is_loopback or address.host in ("0.0.0.0", "::"):
        names |= {"localhost", "127.0.0.1", "::1"}
    return tuple((name, address.port) for name in sorted(names))


def allow_files(sockets: int) -> None:
    """Raise this process's own bound on open files as far as it may, for so many sockets."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = sockets + FILES_BESIDE_SOCKETS
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
