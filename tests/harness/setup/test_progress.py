"""What is seen of a setup: one line that is drawn again, or plain lines in a log."""

import io
import os

from harness.setup.progress import Progress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_log_gets_a_line_for_every_tenth_package_and_the_last() -> None:
    log = io.StringIO()
    progress = Progress(log, clock=lambda: 0.0)
    for done in range(1, 24):
        progress.count(done, 23, f"collecting p{done}")

    assert log.getvalue() == (
        "setup: 1/23 collecting p1 (0 s)\n"
        "setup: 11/23 collecting p11 (0 s)\n"
        "setup: 21/23 collecting p21 (0 s)\n"
        "setup: 23/23 collecting p23 (0 s)\n"
    )


def test_a_terminal_gets_one_line_with_the_seconds_that_pass() -> None:
    terminal, times = _Terminal(), iter([0.0, 1.0, 2.0])
    progress = Progress(terminal, clock=lambda: next(times), columns=lambda: 80)
    progress.count(2, 60, "collecting botocore")
    progress.tick()

    assert "\n" not in terminal.getvalue()
    assert terminal.getvalue().split("\r")[1:] == [
        "setup: 2/60 collecting botocore (1 s)\x1b[K",
        "setup: 2/60 collecting botocore (2 s)\x1b[K",
    ]


def test_a_line_never_runs_over_the_edge_of_the_terminal() -> None:
    terminal = _Terminal()
    Progress(terminal, clock=lambda: 0.0, columns=lambda: 20).step("collecting a-long-name")

    assert terminal.getvalue() == "\rsetup: collecting a\x1b[K"


def test_a_line_that_stays_replaces_the_one_under_way() -> None:
    terminal = _Terminal()
    progress = Progress(terminal, clock=lambda: 0.0, columns=lambda: 80)
    progress.step("collecting")
    progress.say("ready")

    assert terminal.getvalue().endswith("\r\x1b[Ksetup: ready\n")


def test_a_reader_that_has_seen_enough_stops_nothing() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as stream:
        progress = Progress(stream, clock=lambda: 0.0)
        progress.say("first")
        progress.say("second")
