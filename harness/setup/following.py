"""Runs a command and hears it line by line, so that there is something to show while it runs."""

import os
import selectors
import subprocess
from collections.abc import Callable, Mapping
from typing import IO

_TICK_S = 0.25
_END_S = 5.0


def follow(
    argv: list[str],
    environ: Mapping[str, str],
    inherited: int,
    heard: Callable[[str], None],
    looked: Callable[[], None],
) -> int:
    """Run a command to its end and return its exit code; it does not outlive an exception here."""
    process = subprocess.Popen(
        argv,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=(inherited,),
    )
    assert process.stdout is not None
    try:
        _read(process.stdout, heard, looked)
        return process.wait()
    except BaseException:
        process.terminate()
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
        raise
    finally:
        process.stdout.close()


def _read(output: IO[bytes], heard: Callable[[str], None], looked: Callable[[], None]) -> None:
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        while True:
            if not selector.select(_TICK_S):
                looked()
                continue
            piece = os.read(output.fileno(), 65536)
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines if piece else [*lines, rest]:
                heard(line.decode(errors="replace") + "\n")
            if not piece:
                return
