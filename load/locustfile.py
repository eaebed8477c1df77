"""The journeys of people, for Locust: sign in, look at one's own things, sometimes at those of others.

Runs in Locust's own process and environment, and knows nothing of Gateproof but what it is told:

    locust -f load/locustfile.py --host http://127.0.0.1:8000 --marker load

A refusal for want of budget (429) is an expected answer and counted apart, not a failure.
"""

import itertools
import json
import random
import uuid

from locust import FastHttpUser, events, task
from locust.argument_parser import LocustArgumentParser

PEOPLE = (
    {"id": 1, "email": "ada@example.com", "password": "analytical-engine", "admin": True},
    {"id": 2, "email": "grace@example.com", "password": "nanosecond", "admin": False},
    {"id": 3, "email": "linus@example.com", "password": "just-for-fun", "admin": False},
)
"""The people of the demo; their passwords are public on purpose."""

_marks = itertools.count(1)


@events.init_command_line_parser.add_listener
def _arguments(parser: LocustArgumentParser) -> None:
    parser.add_argument("--marker", default="load", help="marks every call, in header and event")
    parser.add_argument(
        "--pause",
        type=float,
        default=1.0,
        help="seconds that a person waits between two calls, on average",
    )
    parser.add_argument(
        "--gateway-host", default="", help="the Host that the gateway's routes are bound to"
    )


class Person(FastHttpUser):
    """Signs in once, then looks at orders more often than at profiles."""

    def on_start(self) -> None:
        options = self.environment.parsed_options
        self.own_mark = f"{options.marker}-{uuid.uuid4().hex[:6]}"
        self.pace = options.pause
        self.who = random.choice(PEOPLE)
        self.token = ""
        self.sign_in()

    def wait_time(self) -> float:
        return random.uniform(0.5, 1.5) * self.pace

    def headers(self) -> dict[str, str]:
        found = {"X-Gateproof-Marker": f"{self.own_mark}-{next(_marks)}"}
        if self.environment.parsed_options.gateway_host:
            found["Host"] = self.environment.parsed_options.gateway_host
        if self.token:
            found["Authorization"] = f"Bearer {self.token}"
        return found

    def sign_in(self) -> None:
        said = {"email": self.who["email"], "password": self.who["password"]}
        self.token = ""
        with self.client.post(
            "/login", json=said, headers=self.headers(), name="sign in", catch_response=True
        ) as answer:
            self._judge(answer, 200)
            if answer.status_code == 200:  # the function's own answer, as Lambda hands it over
                self.token = json.loads(answer.text).get("body", "")

    @task(6)
    def own_orders(self) -> None:
        self._look(f"/orders/{self.who['id']}", "own orders", 200)

    @task(3)
    def own_profile(self) -> None:
        self._look(f"/users/{self.who['id']}", "own profile", 200)

    @task(1)
    def everybody(self) -> None:
        self._look("/users", "everybody", 200 if self.who["admin"] else 403)

    @task(1)
    def public_page(self) -> None:
        self._look("/users/public", "public page", 200)

    def _look(self, path: str, name: str, expected: int) -> None:
        if not self.token:
            self.sign_in()
            return
        with self.client.get(
            path, headers=self.headers(), name=name, catch_response=True
        ) as answer:
            self._judge(answer, expected)

    def _judge(self, answer: object, expected: int) -> None:
        """Accept what was promised: the answer itself, or a refusal for want of budget."""
        status = answer.status_code  # type: ignore[attr-defined]
        if status == 429:
            answer.request_meta["name"] += " (over quota)"  # type: ignore[attr-defined]
        if status in (expected, 429):
            answer.success()  # type: ignore[attr-defined]
        else:
            answer.failure(f"expected {expected} or 429, got {status}")  # type: ignore[attr-defined]
