"""What a gate must not forget: documents with their versions, and revoked tokens. One JSON file."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.failures import Failure
from services.strict_json import parse, render


@dataclass(frozen=True, slots=True)
class Publication:
    """The newest document of an environment; `sync_body` is the answer to every gateway."""

    environment: str
    version: int
    document: dict[str, Any]
    sync_body: bytes


@dataclass(slots=True)
class Store:
    """Versions grow by one per environment and never go back, over restarts too."""

    file: Path
    _published: dict[str, Publication] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)

    def publish(self, environment: str, document: dict[str, Any]) -> Publication:
        """Keep `document` as the next version; it is on disk when this returns."""
        version = self._published[environment].version + 1 if environment in self._published else 1
        publication = _publication(environment, version, document)
        self._save({**self._published, environment: publication}, self.revoked)
        self._published[environment] = publication
        return publication

    def newest(self, environment: str) -> Publication | None:
        """The newest publication of an environment, if it has any."""
        return self._published.get(environment)

    def revoke(self, token_id: str) -> None:
        """Let no token with this `jti` in again; it is on disk when this returns."""
        self._save(self._published, self.revoked | {token_id})
        self.revoked.add(token_id)

    def load(self) -> None:
        """Read what an earlier run kept; a Failure if the file is there and cannot be used."""
        try:
            kept = parse(self.file.read_bytes())
            self._published = {
                name: _publication(name, int(one["version"]), dict(one["document"]))
                for name, one in kept["environments"].items()
            }
            self.revoked.update(str(one) for one in kept["revoked"])
        except FileNotFoundError:
            pass  # the first run
        except OSError as found:
            raise self._unusable((found.strerror or "unreadable").lower()) from None
        except json.JSONDecodeError as found:
            where = f"line {found.lineno}, column {found.colno}"
            raise self._unusable(f"{where}: {found.msg.lower()}") from None
        except (ValueError, TypeError, KeyError, AttributeError):
            raise self._unusable("not a store that a gate has written") from None

    def check_writable(self) -> None:
        """Write what is known; a Failure if that cannot be done, before anybody relies on it."""
        try:
            self._save(self._published, self.revoked)
        except OSError as found:
            raise self._unusable((found.strerror or "unwritable").lower()) from None

    def _save(self, published: dict[str, Publication], revoked: set[str]) -> None:
        environments = {
            name: {"version": one.version, "document": one.document}
            for name, one in published.items()
        }
        kept = render({"environments": environments, "revoked": sorted(revoked)})
        beside = self.file.with_name(self.file.name + ".new")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(kept)
        beside.replace(self.file)

    def _unusable(self, what: str) -> Failure:
        line = f"cloud_gate: the store {self.file} is unusable: {what}; name another with --store"
        return Failure(line)


def _publication(environment: str, version: int, document: dict[str, Any]) -> Publication:
    shown = {"environment": environment, "version": version, "document": document}
    return Publication(environment, version, document, render(shown))
