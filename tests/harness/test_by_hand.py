"""The line that repeats a call by hand."""

import shlex
import subprocess

from hypothesis import given
from hypothesis import strategies as st

from harness.by_hand import curl, line

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00«"), max_size=30)


def test_a_secret_is_a_variable_wherever_it_stands() -> None:
    line = curl(
        "POST", "http://h/?jwt=«jwt 0123abcd»", [("apikey", "«secret 0123abcd»")],
        '{"password": "«secret 0123abcd»"}',
    )  # fmt: skip

    assert "«" not in line
    assert '-H "apikey: $TOKEN"' in line
    assert line.endswith('"http://h/?jwt=$TOKEN"')
    assert '--data-raw "{\\"password\\": \\"$TOKEN\\"}"' in line


@given(TEXTS, TEXTS)
def test_what_stands_around_a_secret_means_itself(before: str, after: str) -> None:
    words = shlex.split(curl("GET", "/", [("X-A", f"{before}«jwt 0123abcd»{after}")], ""))

    if "$" not in before + after and "`" not in before + after:  # which shlex knows nothing of
        assert words[5] == f"X-A: {before}$TOKEN{after}"


def test_nothing_in_a_header_is_run() -> None:
    line = curl("GET", "/", [("X-A", "$(id) `id` «jwt 0123abcd»")], "")

    assert '"X-A: \\$(id) \\`id\\` $TOKEN"' in line


def test_bytes_are_sent_again_as_they_were() -> None:
    sent = "GET / HTTP/1.1\r\nX-Odd: it's\\n\r\nAuthorization: Bearer «jwt 0123abcd»\r\n\r\n"

    again = line("RAW", "http://127.0.0.1:4000", [], sent)

    assert again.endswith('Bearer $TOKEN\\\\r\\\\n\\\\r\\\\n" | nc 127.0.0.1 4000')
    assert shlex.split(again)[:2] == ["printf", "%b"]


def test_a_shell_prints_the_bytes_that_were_sent() -> None:
    sent = "GET /%41 HTTP/1.1\r\nX-Odd: it's \\n `id` $(id)\r\n\r\n"
    words = line("RAW", "http://127.0.0.1:4000", [], sent).partition(" | ")[0]

    shown = subprocess.run(["bash", "-c", words], capture_output=True, check=True)

    assert shown.stdout.decode() == sent
