"""The signals that end the process: the first asks it to finish, the second not to wait for that."""

import asyncio
import signal

ENDING = (signal.SIGTERM, signal.SIGINT)


class Signals:
    """`first` and `second` are futures of the numbers of the signals that came."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.first: asyncio.Future[int] = loop.create_future()
        self.second: asyncio.Future[int] = loop.create_future()
        for number in ENDING:
            loop.add_signal_handler(number, self._came, number)

    def _came(self, number: int) -> None:
        for future in (self.first, self.second):
            if not future.done():
                future.set_result(number)
                return
