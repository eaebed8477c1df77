"""What the reader of a document has to know about a plugin; the list of them is `policies.order`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.document.fields import Fields


def no_warnings(_: Any) -> Iterable[tuple[str, str]]:
    return ()


def never(_: Any) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class PluginKind:
    """A plugin's name, how its config is read, where it may stand, what to warn
    about, whether it needs the gateway's own Redis."""

    name: str
    read: Callable[[Fields], object]
    per_consumer: bool = False
    warn: Callable[[Any], Iterable[tuple[str, str]]] = no_warnings
    needs_redis: Callable[[Any], bool] = never


Kinds = Mapping[str, PluginKind]
