"""Answers that no sound service gives, by the words a feature uses: scripts for the upstream."""

from typing import Any

_OK = "HTTP/1.1 200 OK\r\n"

ODD_ANSWERS: dict[str, dict[str, Any]] = {
    "answers with garbage": {"raw": "hello world\r\n\r\n", "close": "fin"},
    "answers in HTTP/2.0": {"raw": "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"},
    "answers with two lengths": {"raw": f"{_OK}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"},
    "answers with a length and chunks": {
        "raw": f"{_OK}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    },
    "answers with a length that is none": {"raw": f"{_OK}Content-Length: three\r\n\r\nabc"},
    "answers with a status that is none": {"raw": "HTTP/1.1 99 Odd\r\nContent-Length: 0\r\n\r\n"},
    "answers with a folded header": {
        "raw": f"{_OK}X-Folded: one\r\n two\r\nContent-Length: 0\r\n\r\n"
    },
    "hangs up without a word": {"raw": "", "close": "fin"},
    "resets the connection": {"raw": "", "close": "reset"},
    "hangs up in the middle of its head": {"status": 200, "body": "whole", "cut_after_bytes": 20},
    "hangs up in the middle of its body": {"body": "whole" * 2000, "cut_after_bytes": 5000},
    "hangs up in the middle of its chunks": {
        "body": "whole" * 2000,
        "chunked": True,
        "piece_bytes": 1000,
        "cut_after_bytes": 5000,
    },
    "resets in the middle of its body": {
        "body": "whole" * 2000,
        "cut_after_bytes": 5000,
        "close": "reset",
    },
}
"""Every odd answer that a feature may name."""
