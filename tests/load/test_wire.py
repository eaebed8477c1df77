"""As much HTTP as the load needs."""

import asyncio

import pytest

from load.wire import answer, read_message, request


def read(content):
    async def scenario():
        reader = asyncio.StreamReader()
        reader.feed_data(content)
        reader.feed_eof()
        return await read_message(reader)

    return asyncio.run(scenario())


def test_requests_and_answers_are_read_back():
    found = read(request("POST", "/a?b", b"body", X_Kind="slow"))
    assert (found.target, found.body, found.fields["x-kind"]) == ("/a?b", b"body", "slow")
    found = read(answer(404, b"{}"))
    assert (found.status, found.body) == (404, b"{}")


@pytest.mark.parametrize(
    "content", [b"", b"GET / HT", b"HTTP/1.1 200 X\r\nContent-Length: 5\r\n\r\nab"]
)
def test_what_ends_too_early_is_none(content):
    assert read(content) is None
