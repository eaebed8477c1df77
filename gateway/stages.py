"""Which instance of a plugin runs for a request, by Kong's precedence. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from gateway.document.entities import PRECEDENCE, Consumer, Scope

T = TypeVar("T")
Key = tuple[str | None, str | None, str | None]
MOST_SPECIFIC_FIRST = tuple(reversed(PRECEDENCE))


@dataclass(frozen=True, slots=True)
class Stage(Generic[T]):
    """One kind of plugin on one route: the instance for everyone, and where a consumer's own
    would come before it."""

    everyone: T | None
    special: tuple[tuple[str | None, str | None], ...]
    instances: Mapping[Key, T]

    def policy(self, consumer: Consumer | None) -> T | None:
        if consumer is not None:
            for route_id, service_id in self.special:
                own = self.instances.get((route_id, service_id, consumer.id))
                if own is not None:
                    return own
        return self.everyone


class Instances(Generic[T]):
    """The instances of one kind, by where they stand."""

    def __init__(self) -> None:
        self._found: dict[Key, T] = {}
        self._personal = False

    def __bool__(self) -> bool:
        return bool(self._found)

    def put(self, scope: Scope, instance: T) -> None:
        self._found[scope.route_id, scope.service_id, scope.consumer_id] = instance
        self._personal = self._personal or scope.consumer_id is not None

    def stage(self, route_id: str, service_id: str | None) -> Stage[T] | None:
        """What covers a route; None when nothing can."""
        everyone, special = None, []
        for by_route, by_service, by_consumer in MOST_SPECIFIC_FIRST:
            if by_service and service_id is None:
                continue
            place = (route_id if by_route else None, service_id if by_service else None)
            if by_consumer:
                special.append(place)
            elif (everyone := self._found.get((*place, None))) is not None:
                break
        if everyone is None and not self._personal:
            return None
        return Stage(everyone, tuple(special) if self._personal else (), self._found)
