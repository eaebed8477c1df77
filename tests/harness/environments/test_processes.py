"""Child processes: they announce themselves or say why not, and nothing of them is left over."""

import asyncio
import os
import socket
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import psutil
import pytest

from harness import patience
from harness.environments.contract import CannotStart
from harness.environments.processes import Child, Command
from harness.eventually import eventually

# a test session may have threads of its own; the warden has none when it starts children
pytestmark = pytest.mark.filterwarnings("ignore:This process .*multi-threaded:DeprecationWarning")

WAIT = "import sys, signal; signal.pause()"
ANNOUNCE = 'print(\'{"url": "http://127.0.0.1:1"}\', flush=True); '


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., Command]:
    """A child that runs this Python program."""

    def make(program: str, **changed: Any) -> Command:
        fields: dict[str, Any] = {
            "name": "users",
            "argv": [sys.executable, "-S", "-c", program],
            "folder": tmp_path,
            "environment": {"PATH": os.defpath},
            "log": tmp_path / "users.log",
        }
        return Command(**(fields | changed))

    return make


def _with(command: Command, scenario: Callable[[Child], Coroutine[Any, Any, Any]]) -> Any:
    """Start a child, run the scenario, end the child."""

    async def bounded() -> Any:
        async with asyncio.timeout(30):
            child = Child(command)
            try:
                return await scenario(child)
            finally:
                await child.end()

    return asyncio.run(bounded())


def _gone(process: psutil.Process) -> bool:
    """Wait for the end of a process that somebody else has to bury."""

    def ended() -> bool:
        try:
            return process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    return eventually(ended, until=bool, within_s=5, reason="a process to end")


def test_a_child_is_ready_when_it_has_announced_itself(command: Callable[..., Command]) -> None:
    async def scenario(child: Child) -> Any:
        await child.ready()
        return child.announced

    assert _with(command(ANNOUNCE + WAIT), scenario) == {"url": "http://127.0.0.1:1"}


def test_only_the_first_line_is_the_announcement(command: Callable[..., Command]) -> None:
    program = ANNOUNCE + 'print(\'{"url": "another"}\', flush=True); ' + WAIT

    async def scenario(child: Child) -> Any:
        await child.ready()
        return child.announced

    assert _with(command(program), scenario) == {"url": "http://127.0.0.1:1"}


def test_an_announcement_in_pieces_is_put_together(command: Callable[..., Command]) -> None:
    program = (
        "import os, sys; os.write(1, b'{\"url\": '); os.write(2, b'half'); "
        "sys.stdin.read(); os.write(1, b'\"x\"}\\n'); " + WAIT
    )

    async def scenario(child: Child) -> Any:
        await child.ready()
        return child.announced

    assert _with(command(program), scenario) == {"url": "x"}


def test_a_child_that_ends_before_it_serves_is_told_with_its_last_words(
    command: Callable[..., Command],
) -> None:
    program = "import sys; sys.exit('users: cannot listen on 127.0.0.1:80: permission denied')"

    with pytest.raises(CannotStart) as error:
        _with(command(program), lambda child: child.ready())

    assert str(error.value) == (
        "users ended with 1 before it served: "
        "users: cannot listen on 127.0.0.1:80: permission denied"
    )


def test_a_child_that_ends_without_a_word_is_told_so(command: Callable[..., Command]) -> None:
    with pytest.raises(CannotStart, match="users ended with 3 before it served: it said nothing"):
        _with(command("import sys; sys.exit(3)"), lambda child: child.ready())


def test_a_child_that_never_announces_itself_is_given_up(
    command: Callable[..., Command], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "CHILD_READY_S", 0.3)
    program = "import sys; print('still loading', file=sys.stderr, flush=True); " + WAIT

    with pytest.raises(CannotStart) as error:
        _with(command(program), lambda child: child.ready())

    text = str(error.value)
    assert text.startswith("users did not serve within 0.3 s (last: ")
    assert text.endswith("users.log")


def test_a_child_that_announces_nonsense_is_told_so(command: Callable[..., Command]) -> None:
    with pytest.raises(CannotStart, match="announced itself with b'hello', not with a line of"):
        _with(command("print('hello', flush=True); " + WAIT), lambda child: child.ready())


def test_a_program_that_is_not_there_is_named_with_the_remedy(
    command: Callable[..., Command],
) -> None:
    with pytest.raises(CannotStart) as error:
        _with(command("", argv=["/no/such/redis-server"]), lambda child: child.ready())

    assert str(error.value) == (
        "users cannot be started: /no/such/redis-server: No such file or directory; "
        "run `make doctor`"
    )


def test_a_child_without_an_announcement_is_ready_when_its_socket_answers(
    command: Callable[..., Command], tmp_path: Path
) -> None:
    path = tmp_path / "redis.sock"
    program = (
        "import socket; s = socket.socket(socket.AF_UNIX); s.bind('redis.sock'); s.listen(); "
        "print('output goes into the log', flush=True); " + WAIT
    )

    async def scenario(child: Child) -> list[str]:
        await child.ready()
        with socket.socket(socket.AF_UNIX) as asking:
            asking.connect(str(path))
        while not await child.logs(1):  # noqa: ASYNC110 - a file tells nobody that it grew
            await asyncio.sleep(0)
        return await child.logs(5)

    assert _with(command(program, answers_when=path), scenario) == ["output goes into the log"]


def test_a_child_without_an_announcement_may_end_early_too(
    command: Callable[..., Command], tmp_path: Path
) -> None:
    never = tmp_path / "never.sock"

    with pytest.raises(CannotStart, match="users ended with 1 before it served: out of memory"):
        _with(
            command("import sys; sys.exit('out of memory')", answers_when=never),
            lambda child: child.ready(),
        )


def test_a_child_gets_its_own_environment_and_nothing_of_ours(
    command: Callable[..., Command], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEPROOF_SECRET_OF_THE_RUNNER", "x")
    program = "import os, json; print(json.dumps(dict(os.environ)), flush=True); " + WAIT

    async def scenario(child: Child) -> Any:
        await child.ready()
        return child.announced

    seen = _with(command(program, environment={"JWT_SECRET": "s"}), scenario)

    assert seen["JWT_SECRET"] == "s"
    assert "GATEPROOF_SECRET_OF_THE_RUNNER" not in seen


@pytest.mark.parametrize(
    "program", [WAIT, "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + WAIT]
)
def test_ended_it_is_gone_whether_it_listens_or_not(
    command: Callable[..., Command], program: str
) -> None:
    async def scenario(child: Child) -> tuple[int, bool]:
        await child.ready()
        await child.end()
        return child.pid, child.end_expected

    pid, expected = _with(command(ANNOUNCE + program), scenario)

    assert not psutil.pid_exists(pid)
    assert expected


def test_grandchildren_end_with_it(command: Callable[..., Command]) -> None:
    program = (
        "import subprocess, sys, json\n"
        "p = subprocess.Popen([sys.executable, '-S', '-c', 'import signal; signal.pause()'])\n"
        "print(json.dumps({'pid': p.pid}), flush=True)\n" + WAIT
    )

    async def scenario(child: Child) -> psutil.Process:
        await child.ready()
        return psutil.Process(child.announced["pid"])

    grandchild = _with(command(program), scenario)

    assert _gone(grandchild)


def test_a_child_that_ends_by_itself_is_noticed_and_not_expected(
    command: Callable[..., Command],
) -> None:
    async def scenario(child: Child) -> tuple[int, bool]:
        await child.ready()
        return await child.ended(), child.end_expected

    assert _with(command(ANNOUNCE + "import sys; sys.exit(7)"), scenario) == (7, False)


def test_a_killed_child_tells_the_signal_and_was_expected_to_end(
    command: Callable[..., Command],
) -> None:
    async def scenario(child: Child) -> tuple[int, bool]:
        await child.ready()
        await child.kill()
        return await child.ended(), child.end_expected

    assert _with(command(ANNOUNCE + WAIT), scenario) == (-9, True)


def test_a_paused_child_stands_still_until_it_is_resumed(command: Callable[..., Command]) -> None:
    async def scenario(child: Child) -> list[bool]:
        await child.ready()
        seen = [await child.stands_still()]
        for do in (child.pause, child.resume):
            before = await child.stands_still()
            await do()
            while await child.stands_still() is before:  # noqa: ASYNC110 - no event tells it
                await asyncio.sleep(0)
            seen.append(psutil.Process(child.pid).status() == psutil.STATUS_STOPPED)
        return seen

    assert _with(command(ANNOUNCE + WAIT), scenario) == [False, True, False]


def test_a_child_that_is_gone_does_not_stand_still(command: Callable[..., Command]) -> None:
    async def scenario(child: Child) -> bool:
        await child.ready()
        await child.end()
        return await child.stands_still()

    assert _with(command(ANNOUNCE + WAIT), scenario) is False


def test_a_paused_child_can_be_ended(command: Callable[..., Command]) -> None:
    async def scenario(child: Child) -> int:
        await child.ready()
        await child.pause()
        await child.end()
        return await child.ended()

    assert _with(command(ANNOUNCE + WAIT), scenario) == -9


def test_signals_to_a_child_that_is_gone_do_nothing(command: Callable[..., Command]) -> None:
    async def scenario(child: Child) -> int:
        code = await child.ended()
        await child.pause()
        await child.resume()
        await child.kill()
        await child.end()
        return code

    assert _with(command("pass"), scenario) == 0


def test_logs_are_the_last_lines_and_grow_over_a_restart(
    command: Callable[..., Command], tmp_path: Path
) -> None:
    (tmp_path / "users.log").write_text("from before\n")
    program = "import sys; print('one\\ntwo', file=sys.stderr)"

    async def scenario(child: Child) -> tuple[list[str], list[str]]:
        await child.ended()
        return await child.logs(2), await child.logs(10)

    last, everything = _with(command(program), scenario)

    assert last == ["one", "two"]
    assert everything == ["from before", "one", "two"]


@pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux's")
def test_a_child_does_not_outlive_a_killed_mother(tmp_path: Path) -> None:
    """The mother is a process of its own; it is killed in a way that it cannot answer."""
    import subprocess

    mother_program = (
        "import asyncio, sys\nfrom pathlib import Path\n"
        "from harness.environments.processes import Child, Command\n"
        "async def main():\n"
        f"    child = Child(Command('c', [sys.executable, '-S', '-c', {ANNOUNCE + WAIT!r}],"
        f" Path({str(tmp_path)!r}), {{}}, Path({str(tmp_path / 'c.log')!r})))\n"
        "    await child.ready()\n"
        "    print(child.pid, flush=True)\n"
        "    await child.ended()\n"
        "asyncio.run(main())\n"
    )
    mother = subprocess.Popen([sys.executable, "-c", mother_program], stdout=subprocess.PIPE)
    assert mother.stdout is not None
    with mother.stdout as output:
        child = psutil.Process(int(output.readline()))

    mother.kill()
    mother.wait(5)

    assert _gone(child)


def test_a_paused_child_stands_still_when_the_pause_has_returned(
    command: Callable[..., Command],
) -> None:
    async def scenario(child: Child) -> None:
        await child.ready()
        await child.pause()
        assert psutil.Process(child.pid).status() == psutil.STATUS_STOPPED
        await child.resume()

    _with(command(ANNOUNCE + "\nwhile True: pass"), scenario)


def test_the_output_of_a_child_that_does_not_announce_goes_into_its_log(
    command: Callable[..., Command],
) -> None:
    async def scenario(child: Child) -> list[str]:
        await child.ended()
        return await child.logs(5)

    assert _with(command("print('a line')", announces=False), scenario) == ["a line"]
