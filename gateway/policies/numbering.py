"""Ids for requests that came without one."""

from collections.abc import Callable
from itertools import count
from uuid import UUID, uuid4


class Numbering:
    """Ids of one gateway process: new ones, or one id and a number that grows with every request."""

    def __init__(self, new: Callable[[], UUID] = uuid4) -> None:
        self._new = new
        self._own = str(new())
        self._numbers = count(1)

    def uuid(self) -> str:
        return str(self._new())

    def counted(self) -> str:
        return f"{self._own}#{next(self._numbers)}"
