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

    Shape: an exchange without a marker: there is no header that could carry one. For a HEAD its body
           is what follows the head of the answer, up to the end of the connection.
    """
    where = urlsplit(base)
    started = time.time()
    head_alone = sent.startswith(b"HEAD ")
    asked = Exchange(
        marker="",
        replica=replica,
        method="HEAD" if head_alone else "RAW",
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
            answer = HTTPResponse(connection, method=asked.method)
            answer.begin()
            # after the head of an answer to HEAD nothing may come, so that all of it is looked at
            body = (answer.fp if head_alone else answer).read().decode(errors="replace")
    except TimeoutError as error:
        return replace(asked, ended_s=time.time(), error=str(error), timed_out=True)
    except (OSError, HTTPException) as error:
        return replace(asked, ended_s=time.time(), error=f"{type(error).__name__}: {error}")
    headers = tuple(answer.getheaders())
    return replace(asked, ended_s=time.time(), status=answer.status, headers=headers, body=body)
