"""One call and what came of it: a value that is compared, recorded and shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness import by_hand
from harness.masking import Mask
from harness.warden.bodies import SHOWN

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A call as it was sent and answered.

    Shape: status is None when no answer came, and `error` says why; `timed_out` makes it unknown:
           nobody can tell whether it was admitted.
    Units: seconds since the epoch; `intended_s` is when it was meant to start.
    """

    marker: str
    replica: str
    method: str
    url: str
    host: str
    request_headers: Headers
    request_body: str
    intended_s: float
    started_s: float
    ended_s: float
    status: int | None = None
    headers: Headers = ()
    body: str = ""
    error: str = ""
    timed_out: bool = False

    @property
    def took_ms(self) -> float:
        return (self.ended_s - self.started_s) * 1000

    @property
    def status_in_words(self) -> str:
        return str(self.status) if self.status is not None else f"no answer ({self.error})"

    def header(self, name: str) -> str | None:
        """Return the first header of that name, whatever its case."""
        for key, value in self.headers:
            if key.lower() == name.lower():
                return value
        return None

    def number(self, name: str) -> int:
        """Return a header that is a number; -1 when it is not there."""
        value = self.header(name)
        return int(value) if value is not None and value.isdigit() else -1

    def record(self, scenario: str, rig: str, step: str, mask: Mask) -> dict[str, Any]:
        """Draw the journal's record, without a secret in it; a body that was cut says its size."""
        sent, got = self._sent(mask), mask.text(self.body)
        return {
            "kind": "call",
            "scenario": scenario,
            "rig": rig,
            "step": step,
            "marker": self.marker,
            "replica": self.replica,
            "method": self.method,
            "url": mask.text(self.url),
            "host": self.host,
            "request_headers": mask.headers(self.request_headers),
            "request_body": sent[:SHOWN],
            "request_body_size": len(sent),
            "intended": self.intended_s,
            "started": self.started_s,
            "ended": self.ended_s,
            "status": self.status,
            "headers": mask.headers(self.headers),
            "body": got[:SHOWN],
            "body_size": len(got),
            "error": self.error,
        }

    def curl(self, mask: Mask) -> str:
        """Draw the line that repeats the call by hand; a secret is a variable in it."""
        headers = ((name, mask.header(name, value)) for name, value in self.request_headers)
        return by_hand.line(self.method, mask.text(self.url), headers, self._sent(mask))

    def _sent(self, mask: Mask) -> str:
        """Return the body without a secret; where bytes were sent as they are, it has a head."""
        hide = mask.head if self.method == by_hand.RAW else mask.text
        return hide(self.request_body)


def in_words(exchange: Exchange, mask: Mask) -> Sequence[str]:
    """Draw an exchange for a terminal, request first."""
    lines = [f"> {exchange.method} {mask.text(exchange.url)}  (to {exchange.replica})"]
    lines += [f"> {name}: {value}" for name, value in mask.headers(exchange.request_headers)]
    if exchange.request_body:
        lines.append(f"> {mask.text(exchange.request_body)[:500]}")
    lines.append(f"< {exchange.status_in_words}  in {exchange.took_ms:.0f} ms")
    lines += [f"< {name}: {value}" for name, value in mask.headers(exchange.headers)]
    if exchange.body:
        lines.append(f"< {mask.text(exchange.body)[:500]}")
    return lines
