"""Owns how many actions are done in a minute: what comes too soon waits."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Final

from actions.waiting import check, wait

_MINUTE: Final = 60.0


class Pace:
    """Lets so many through in any minute.

    Args:
        most: actions in a minute.
        now: the clock to read, in seconds.
    """

    def __init__(self, most: int, now: Callable[[], float] = time.monotonic) -> None:
        self._most, self._now = most, now
        self._done: deque[float] = deque(maxlen=most)

    @property
    def full(self) -> bool:
        """Whether the next has to wait."""
        return len(self._done) == self._most and self._done[0] + _MINUTE > self._now()

    def keep(self, stop: Callable[[], bool]) -> None:
        """Wait until one more may be done, and count it.

        Raises:
            Stopped: `stop` came true meanwhile.
        """
        if len(self._done) == self._most:
            wait(self._done[0] + _MINUTE - self._now(), stop)
        check(stop)
        self._done.append(self._now())
