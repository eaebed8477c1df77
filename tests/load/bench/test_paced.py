"""A steady rate: wrk keeps to it, and what falls short of it says so."""

import http.server
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from load.bench import paced
from load.bench.paced import Paced

GOOD = Paced(answered=1000, errors=0, under_way=2, rate=99.5, asked=100.0, load=0.1)


@pytest.mark.parametrize(
    ("ran", "why"),
    [
        (GOOD, None),
        (replace(GOOD, rate=98.9), "99 calls a second were reached, 100 were asked for"),
        (replace(GOOD, errors=3), "3 calls were not answered as expected"),
    ],
)
def test_a_rate_that_was_not_reached_is_told(ran: Paced, why: str | None) -> None:
    assert ran.void == why


@pytest.fixture
def url() -> Iterator[str]:
    class Answering(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.mark.skipif(shutil.which("wrk") is None, reason="no wrk on PATH")
def test_wrk_does_not_call_more_often_than_it_is_told_to(url: str, tmp_path) -> None:
    ran = paced.measure("wrk", url, 100.0, 1.0, tmp_path, connections=4)

    assert 60 <= ran.answered <= 115
    assert ran.under_way == 4
