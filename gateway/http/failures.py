"""Why an upstream gave no usable answer.

Each says what a caller has to know to decide whether to try again: whether a connection was made,
and whether a single byte of an answer came. `code` names the refusal that the client gets.
"""


class UpstreamFailure(Exception):
    """No usable answer."""

    code = "upstream-failed"


class ConnectFailed(UpstreamFailure):
    """Refused, reset or unreachable: nothing was sent."""


class ConnectTimedOut(UpstreamFailure):
    """No connection in time: nothing was sent."""

    code = "upstream-timeout"


class NameUnknown(UpstreamFailure):
    """The host name does not resolve: nothing was sent."""

    code = "name-unknown"


class NoAnswer(UpstreamFailure):
    """Closed or silent after the request was sent and before the first byte of an answer.

    `stale` says that the connection had been used before and was probably closed by then.
    """

    def __init__(self, message: str, stale: bool = False, timed_out: bool = False) -> None:
        super().__init__(message)
        self.stale = stale
        self.code = "upstream-timeout" if timed_out else "upstream-failed"


class BrokenAnswer(UpstreamFailure):
    """An answer began and is not HTTP, or ended in the middle."""

    def __init__(self, message: str, timed_out: bool = False) -> None:
        super().__init__(message)
        self.code = "upstream-timeout" if timed_out else "upstream-failed"
