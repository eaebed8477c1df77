"""The signals that end the process: the first asks it to finish, the second not to wait for that."""

import asyncio
import signal
from types import FrameType

ENDING = (signal.SIGTERM, signal.SIGINT)


class Signals:
    """`first` and `second` are futures of the numbers of the signals that came.

    The handlers are Python's and not the loop's: those end with the loop, and a third signal
    would then kill a process that is about to end with an exit code of its own.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.first: asyncio.Future[int] = self._loop.create_future()
        self.second: asyncio.Future[int] = self._loop.create_future()
        self._left = [self.first, self.second]
        for number in ENDING:
            signal.signal(number, self._came)

    def ignore(self) -> None:
        """From now on no signal changes how the process ends."""
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)

    def _came(self, number: int, frame: FrameType | None) -> None:
        self._loop.call_soon_threadsafe(self._left.pop(0).set_result, number)
        if not self._left:
            self.ignore()
