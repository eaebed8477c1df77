"""Who calls: people and applications, and the credentials they bring."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from harness import tokens, topology
from harness.scenario import markup, odd_tokens, people
from harness.scenario.calls import Call
from harness.scenario.exchange import Headers
from harness.scenario.stage import Stage

SOMEBODY = "somebody"
"""A caller without credentials."""


@dataclass(slots=True)
class Caller:
    """Makes calls on behalf of the people and applications of one scenario.

    `handed` are tokens that somebody was given during the scenario: they are used first.
    """

    stage: Stage
    handed: dict[str, str]

    @property
    def first_replica(self) -> str:
        return self.stage.replicas[0]

    @property
    def admin(self) -> str:
        """Where a call to the first replica's admin port goes."""
        return f"{self.first_replica}.admin"

    def part(self, service: str) -> str:
        return topology.SPOKEN[service]

    def credentials_of(self, who: str) -> Headers:
        if who == SOMEBODY:
            return ()
        return (("Authorization", f"Bearer {self.token_of(who)}"),)

    def token_of(self, who: str) -> str:
        return self.handed.get(who) or self._honest(who).signed()

    def odd_credentials(self, words: str) -> Headers:
        token = odd_tokens.ODD_TOKENS[words](self._honest(people.APPLICATION_USER.name))
        return (("Authorization", f"Bearer {token}"),)

    def key(self, plain: str) -> str:
        """An API key as this scenario knows it."""
        return f"{plain}-{self.stage.scope.suffix}"

    def another_token_of(self, who: str) -> str:
        """A second good token of the same consumer."""
        return self._honest(who).signed(jti="another")

    @property
    def token_with_markup(self) -> str:
        """A good token of the scenario's one consumer, with markup among its claims."""
        return self._honest(people.APPLICATION_USER.name).signed(note=markup.MARKUP)

    def short_lived_token_of(self, who: str) -> tuple[str, Callable[[], float]]:
        """A token that is good for a second or two, and how long it still is."""
        expires = int(time.time()) + 2
        return self._honest(who).signed(exp=expires), lambda: max(0.0, expires - time.time() + 0.05)

    def same_calls(self, who: str, path: str, count: int) -> list[Call]:
        return [Call("GET", path, self.first_replica, self.credentials_of(who))] * count

    def spread_calls(self, who: str, path: str, count: int) -> list[Call]:
        replicas = self.stage.replicas
        credentials = self.credentials_of(who)
        return [
            Call("GET", path, replicas[number % len(replicas)], credentials)
            for number in range(count)
        ]

    def _honest(self, who: str) -> odd_tokens.Honest:
        now = int(time.time())
        claims, secrets = self._claims(who, now), self.stage.desk.secrets
        if self._credential_of(who).get("algorithm") == "ES256":
            private, public = secrets["ec_private"], secrets["ec_public"]
            return odd_tokens.Honest(claims, private, now, "ES256", public)
        return odd_tokens.Honest(claims, secrets["jwt"], now)

    def _claims(self, who: str, now_s: int) -> dict[str, Any]:
        """A person's claims under the key of the consumer that she uses."""
        person = people.PEOPLE.get(who, people.APPLICATION_USER)
        return tokens.person_claims(person.claims, self.key_of(who), now_s)

    def key_of(self, who: str) -> str:
        """The credential key of a consumer; for a person, of the scenario's one consumer."""
        key = str(self._credential_of(who).get("key", "no-consumer"))
        return key.replace("${suffix}", self.stage.scope.suffix)

    def _credential_of(self, who: str) -> Mapping[str, Any]:
        consumers = self.stage.entry.fragment.consumers
        named = consumers.get(who.lower().replace(" ", "-"))
        chosen = named or next(iter(consumers.values()), {})
        credentials: list[Mapping[str, Any]] = chosen.get("jwt_secrets", [])
        return credentials[0] if credentials else {}
