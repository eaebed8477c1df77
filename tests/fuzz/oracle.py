"""Judges cases: what the service saw was meant by exactly one caller, every answer is a whole one. Pure."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import unquote

from tests.fuzz.caller import Received
from tests.fuzz.case import FIELD, cases_of
from tests.fuzz.meaning import Message, Read, answers_in, requests_in
from tests.fuzz.witness import Seen

_ONCE = (b"content-length", b"transfer-encoding", b"host")
_HOP_BY_HOP = {b"te", b"trailer", b"upgrade", b"keep-alive", b"proxy-connection"}
_IDENTITY = (b"x-consumer", b"x-authenticated", b"x-credential")
_FAILURES = {500, 502, 503, 504}
_PLAIN = re.compile(r"(?:/[A-Za-z0-9]+)+(?:\?[a-z0-9=]*)?")


def owners(
    seen: Iterable[Seen], sent: Mapping[int, bytes]
) -> tuple[dict[int, list[Seen]], list[str]]:
    """Find the one case that meant each arrival; what nobody meant is told.

    Shape: sent maps a case to its bytes. An arrival is owned once, in the order it was meant in. One
           whose names are spoilt is his who alone meant exactly that.
    """
    meant = {number: list(requests_in(data).messages) for number, data in sent.items()}
    owned: dict[int, list[Seen]] = defaultdict(list)
    strangers: list[str] = []
    for one in seen:
        message = one.message
        named = cases_of(message.target, message.values(FIELD))
        for number in (*named, *_meaning_exactly(message, meant)):
            places = meant.get(number, [])
            place = next((i for i, it in enumerate(places) if _same(it, message)), None)
            if place is not None:
                del places[: place + 1]
                owned[number].append(one)
                break
        else:
            strangers.append(f"nobody meant {message.start} with {message.body[:80]!r}")
    return owned, strangers


def _meaning_exactly(seen: Message, meant: Mapping[int, Sequence[Message]]) -> list[int]:
    found = [
        number
        for number, messages in meant.items()
        if any(_place(one) == _place(seen) and _same(one, seen) for one in messages)
    ]
    return found if len(found) == 1 else []


def _place(message: Message) -> tuple[str, str]:
    """Where a request goes, however its path is written."""
    path, _, query = message.target.partition("?")
    return posixpath.normpath("/" + unquote(path).lstrip("/")), query


def _same(meant: Message, seen: Message) -> bool:
    return (
        meant.method == seen.method
        and meant.body == seen.body
        and meant.values(FIELD) == seen.values(FIELD)
        and (meant.target == seen.target or not _PLAIN.fullmatch(meant.target))
    )


def flaws(message: Message) -> list[str]:
    """Say what no gateway may hand to a service."""
    names = [name.replace(b"_", b"-") for name, _ in message.fields]
    found = [f"{one.decode()} stands twice" for one in _ONCE if names.count(one) > 1]
    found += [f"{one.decode()} was handed on" for one in sorted(_HOP_BY_HOP & set(names))]
    found += [f"{one.decode()} was forged" for one in names if one.startswith(_IDENTITY)]
    return found


def odd_answers(sent: bytes, received: Received, seen: Sequence[Seen]) -> list[str]:
    """Say what is wrong with what the caller got."""
    meant = requests_in(sent).messages
    answers = _answers(sent, received)
    found = _broken_off(received, answers)
    if len(answers.messages) > len(meant) + 1:
        found.append(f"{len(answers.messages)} answers to {len(meant)} requests")
    found += [
        f"a {answer.status} for what a caller sent: {answer.body[:100]!r}"
        for answer in answers.messages
        if answer.status in _FAILURES
    ]
    said = [int(value) for answer in answers.messages for value in answer.values(b"x-serial")]
    arrived = [one.serial for one in seen]
    if said != arrived[: len(said)]:
        found.append(f"the answers are those to the arrivals {said}, its own are {arrived}")
    if len(said) < len(arrived) and received.closed and not received.reset:
        found.append(f"{len(arrived)} requests arrived and {len(said)} were answered")
    return found


def _answers(sent: bytes, received: Received) -> Read:
    """Read the answers. What was refused before its method was known has a body, also for a HEAD."""
    methods = [one.method for one in requests_in(sent).messages]
    read = answers_in(received.data, methods, closed=received.closed)
    if not _broken_off(received, read):
        return read
    last = max(0, len(read.messages) - (read.ended == "closed"))
    methods += ["GET"] * (last + 1 - len(methods))
    methods[last] = "GET" if methods[last] == "HEAD" else "HEAD"
    other = answers_in(received.data, methods, closed=received.closed)
    refused = len(other.messages) == last + 1 and other.messages[last].status >= 400
    return other if refused and other.ended == "closed" and not other.rest else read


def _broken_off(received: Received, answers: Read) -> list[str]:
    if answers.ended == "closed" and answers.rest:
        return [f"bytes after the last answer: {answers.rest[:100]!r}"]
    if answers.ended in ("the end", "closed"):
        return []
    if received.reset or not received.closed:
        return []
    return [f"not a whole answer ({answers.ended}): {answers.rest[:100]!r}"]


def unanswered(sent: bytes, received: Received) -> bool:
    """Was there a whole request that nobody answered before its caller gave up?"""
    if received.closed:
        return False
    meant = requests_in(sent).messages
    answers = answers_in(received.data, [one.method for one in meant], closed=False)
    return len(answers.messages) < len(meant)
