"""Calls that no HTTP client would make: bytes to a socket, and whatever comes back."""

import socket
import time
from dataclasses import replace
from http.client import HTTPException, HTTPResponse
from urllib.parse import urlsplit

from harness import patience
from harness.scenario.exchange import Exchange


def exchanged(base: str, replica: str, sent: bytes) -> Exchange:
    """Send the bytes on a connection of their own and read one answer.

    Shape: an exchange without a marker: there is no header that could carry one.
    """
    where = urlsplit(base)
    started = time.time()
    asked = Exchange(
        marker="",
        replica=replica,
        method="RAW",
        url=base,
        host="",
        request_headers=(),
        request_body=sent.decode(errors="replace"),
        intended_s=started,
        started_s=started,
        ended_s=started,
    )
    try:
        with socket.create_connection(
            (where.hostname, where.port), timeout=patience.CALL_S
        ) as connection:
            connection.sendall(sent)
            answer = HTTPResponse(connection)
            answer.begin()
            body = answer.read().decode(errors="replace")
    except TimeoutError as error:
        return replace(asked, ended_s=time.time(), error=str(error), timed_out=True)
    except (OSError, HTTPException) as error:
        return replace(asked, ended_s=time.time(), error=f"{type(error).__name__}: {error}")
    headers = tuple(answer.getheaders())
    return replace(asked, ended_s=time.time(), status=answer.status, headers=headers, body=body)
