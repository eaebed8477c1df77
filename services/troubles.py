"""Saying what is wrong once, not each time a library tries again."""

from services.failures import notice


class Troubles:
    """One line per kind of trouble, until things have gone well in between."""

    def __init__(self, service: str, about: str, consequence: str) -> None:
        self._service = service
        self._about = about
        self._consequence = consequence
        self._told: set[str] = set()

    def tell(self, kind: str, text: str) -> None:
        """Say it, unless this kind has been told."""
        if kind not in self._told:
            self._told.add(kind)
            notice(self._service, f"{self._about}: {text}; {self._consequence}")

    def over(self) -> None:
        """Things go well: the next trouble is news again."""
        self._told.clear()
