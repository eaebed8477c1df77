"""The people of the demo, as the sample services know them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    name: str
    email: str
    is_admin: bool
    password: str

    @property
    def claims(self) -> Mapping[str, Any]:
        return {"id": self.id, "email": self.email, "isAdmin": self.is_admin}


PEOPLE: dict[str, Person] = {
    person.name: person
    for person in (
        Person(1, "Ada", "ada@example.com", True, "analytical-engine"),
        Person(2, "Grace", "grace@example.com", False, "nanosecond"),
        Person(3, "Linus", "linus@example.com", False, "just-for-fun"),
    )
}
"""Ada is an admin; the others may see what is theirs. The passwords are public on purpose."""

APPLICATION_USER = PEOPLE["Ada"]
"""On whose behalf an application calls when a feature speaks of the application alone."""
