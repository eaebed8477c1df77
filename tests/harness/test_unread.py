"""A reader that has seen enough ends a command, and neither of them hears a complaint."""

import os
import subprocess
import sys

import pytest

from harness import unread


@pytest.mark.parametrize(
    "command",
    [
        "from harness.cli import main; raise SystemExit(main(['--help']))",
        "from harness.cli import main; raise SystemExit(main(['images', '--help']))",
        "from harness import quality as q; q.CHECKS = q.CHECKS[:1]; raise SystemExit(q.main())",
    ],
)
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_command_that_nobody_reads_ends_quietly(command: str, unbuffered: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = subprocess.run(
            [sys.executable, "-c", command], env={"PATH": "/bin", "PYTHONUNBUFFERED": unbuffered},
            stdout=writing, stderr=subprocess.PIPE, check=False, timeout=30,
        )  # fmt: skip
    finally:
        os.close(writing)

    assert ended.stderr == b""
    assert ended.returncode in (0, unread.CODE)  # argparse does not mind that nobody reads its help


def test_a_command_that_is_read_to_its_end_has_its_own_code() -> None:
    assert unread.quietly(lambda: 7) == 7
