"""The runner's side of the warden's socket, before a server that says what the test wants."""

import json
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from harness.eventually import eventually
from harness.warden.client import WardenClient, listen_for_news
from harness.warden.wire import EnvironmentDied, Refused, WardenLost

Answer = Callable[[dict[str, Any]], Any]
HANG_UP = object()
SILENCE = object()


class TinyWarden:
    """Accepts clients and answers their requests by a function; remembers what it heard."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.heard: list[dict[str, Any]] = []
        self.answer: Answer = lambda message: {"result": None}
        self.connections: list[socket.socket] = []
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(self.path)
        self._listening.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as lines:
            for line in lines:
                message = json.loads(line)
                self.heard.append(message)
                if "op" not in message:
                    continue
                answer = {"result": {"run": "k3f9"}} if message["op"] == "hello" else (
                    self.answer(message)
                )  # fmt: skip
                if answer is HANG_UP:
                    connection.shutdown(socket.SHUT_RDWR)
                elif answer is not SILENCE:
                    connection.sendall(json.dumps({"id": message["id"], **answer}).encode() + b"\n")

    def say(self, news: dict[str, Any]) -> None:
        for connection in self.connections:
            connection.sendall(json.dumps(news).encode() + b"\n")

    def hang_up(self) -> None:
        for connection in self.connections:
            connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for connection in self.connections:
            connection.close()


@pytest.fixture
def warden(tmp_path: Path) -> Iterator[TinyWarden]:
    tiny = TinyWarden(tmp_path / "w.sock")
    yield tiny
    tiny.close()


@pytest.fixture
def client(warden: TinyWarden) -> Iterator[WardenClient]:
    one = WardenClient(warden.path, "worker")
    yield one
    one.close()


def test_it_says_hello_with_its_role_and_keeps_the_facts(
    warden: TinyWarden, client: WardenClient
) -> None:
    assert warden.heard[0] == {"id": 1, "op": "hello", "args": {"role": "worker"}}
    assert client.facts == {"run": "k3f9"}


def test_an_answer_comes_back(warden: TinyWarden, client: WardenClient) -> None:
    warden.answer = lambda message: {"result": [message["op"], message["args"]]}

    assert client.call("fault", rig="rig1", action="cut") == [
        "fault",
        {"rig": "rig1", "action": "cut"},
    ]


@pytest.mark.parametrize(
    ("kind", "raised"), [("refused", Refused), ("died", EnvironmentDied), ("new kind", Refused)]
)
def test_an_error_comes_back_as_what_it_is(
    warden: TinyWarden, client: WardenClient, kind: str, raised: type[Exception]
) -> None:
    warden.answer = lambda message: {"error": {"kind": kind, "text": "because"}}

    with pytest.raises(raised, match=r"^because$"):
        client.call("plan")


def test_a_record_is_told_without_waiting_and_before_the_next_question(
    warden: TinyWarden, client: WardenClient
) -> None:
    client.tell({"kind": "call", "marker": "a"})
    client.call("drain")

    assert warden.heard[1:] == [
        {"record": {"kind": "call", "marker": "a"}},
        {"id": 2, "op": "drain", "args": {}},
    ]


def test_a_record_does_not_wait_for_the_answer_to_somebody_elses_question(
    warden: TinyWarden, client: WardenClient
) -> None:
    told = threading.Event()
    warden.answer = lambda message: {"result": told.wait(10)}
    with ThreadPoolExecutor() as pool:
        asking = pool.submit(client.call, "fault")
        eventually(
            lambda: warden.heard[-1].get("op"), until=lambda op: op == "fault", within_s=5,
            reason="the question",
        )  # fmt: skip
        client.tell({"kind": "call"})
        told.set()

        assert asking.result() is True
    client.call("drain")
    assert {"record": {"kind": "call"}} in warden.heard


def test_a_warden_that_goes_away_during_a_question_is_lost(
    warden: TinyWarden, client: WardenClient
) -> None:
    warden.answer = lambda message: HANG_UP

    with pytest.raises(WardenLost, match="the warden went away during 'plan'"):
        client.call("plan")
    with pytest.raises(WardenLost):
        client.tell({"kind": "call"})


def test_a_warden_that_does_not_answer_in_time_is_lost(
    warden: TinyWarden, client: WardenClient
) -> None:
    warden.answer = lambda message: SILENCE

    with pytest.raises(WardenLost, match="did not answer 'plan' in time"):
        client.call("plan", within_s=0.02)


def test_a_warden_that_is_not_there_is_lost_with_its_address(tmp_path: Path) -> None:
    with pytest.raises(WardenLost, match=r"does not answer at .*gone\.sock: No such file"):
        WardenClient(str(tmp_path / "gone.sock"), "runner")


def test_the_hang_up_of_the_warden_is_its_confirmed_end(
    warden: TinyWarden, client: WardenClient
) -> None:
    warden.say({"news": "ended"})
    warden.hang_up()

    client.wait_for_hang_up()

    with pytest.raises(WardenLost):
        client.call("plan")


def test_threads_of_one_process_do_not_mix_their_answers(
    warden: TinyWarden, client: WardenClient
) -> None:
    warden.answer = lambda message: {"result": message["args"]["n"]}
    found: list[tuple[int, int]] = []
    threads = [
        threading.Thread(target=lambda n=n: found.append((n, client.call("x", n=n))))
        for n in range(20)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 20
    assert all(asked == answered for asked, answered in found)


def test_a_listener_hears_the_news_and_that_the_warden_is_gone(warden: TinyWarden) -> None:
    news: queue.Queue[dict[str, Any]] = queue.Queue()
    thread = listen_for_news(warden.path, news.put)

    warden.say({"news": "died", "text": "users died"})
    assert news.get(timeout=5) == {"news": "died", "text": "users died"}
    warden.hang_up()
    assert news.get(timeout=5) == {"news": "lost"}
    thread.join(5)

    assert not thread.is_alive()
    assert warden.heard[0]["args"] == {"role": "listener"}


def test_who_cannot_listen_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(WardenLost):
        listen_for_news(str(tmp_path / "gone.sock"), print)


def test_news_that_comes_before_an_answer_is_no_answer(
    warden: TinyWarden, client: WardenClient
) -> None:
    def answer(message: dict[str, Any]) -> Any:
        warden.say({"news": "ended", "left": ""})
        return {"result": "the end"}

    warden.answer = answer

    assert client.call("end") == "the end"
