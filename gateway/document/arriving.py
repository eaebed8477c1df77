"""Documents that come over the network are read beside the traffic, whatever their size.

Long JSON is parsed in a thread, which lets others run every few milliseconds. The YAML parser
does not, so it runs in a process of its own; what it cannot survive ends only that.
"""

import asyncio
import pickle
import sys
from pathlib import Path
from typing import Any

from gateway import collector
from gateway.document.loading import Unreadable, load_json, load_yaml

SHORT_JSON = 32 * 1024
SHORT_YAML = 4 * 1024
"""What takes a few milliseconds is read at once."""
LONGEST_S = 60.0


async def arrived_json(text: str, source: Path) -> Any:
    """The document in a text of JSON. Errors: Unreadable."""
    with collector.at_rest():
        if len(text) <= SHORT_JSON:
            return load_json(text, source)
        return await asyncio.to_thread(load_json, text, source)


async def arrived_yaml(text: str, source: Path) -> Any:
    """The document in a text of YAML. Errors: Unreadable."""
    if len(text) <= SHORT_YAML:
        return load_yaml(text, source)
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, str(source),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(LONGEST_S):
            said, _ = await child.communicate(text.encode())
    except TimeoutError as error:
        raise Unreadable(f"{source}: not read within {LONGEST_S:g} seconds") from error
    finally:
        if child.returncode is None:
            child.kill()
    if child.returncode != 0:
        raise Unreadable(f"{source}: reading it ended with {child.returncode}")
    with collector.at_rest():
        found = pickle.loads(said)
    if isinstance(found, Unreadable):
        raise found
    return found


def answer(text: bytes, source: Path) -> bytes:
    """The child's part: the document, or why there is none."""
    try:
        found = load_yaml(text.decode(), source)
    except Unreadable as unreadable:
        found = unreadable
    return pickle.dumps(found, pickle.HIGHEST_PROTOCOL)


if __name__ == "__main__":
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read(), Path(sys.argv[1])))
