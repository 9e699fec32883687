"""Owns where a step's time went: every moment belongs to exactly one part, so that the parts add up to the whole."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

PARTS = ("capture", "encode", "prefill", "decode", "parse", "guard", "wait", "act", "settle", "store")
"""What a step's time is spent on. `encode` includes handing the conversation over, `wait` is for the person and for
the pace they set, `store` is writing the record and telling whoever listens."""


class Stopwatch:
    """Divides the time since it was made among named parts, in seconds; what is timed inside a part is taken from it.

    Args:
        now: the clock to read, in seconds.
    """

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self._now = now
        self._began = self._since = now()
        self._part = "store"
        self._seconds = dict.fromkeys(PARTS, 0.0)

    @contextmanager
    def timing(self, part: str) -> Iterator[None]:
        """Count the time inside the with-statement for `part`, and then again for what was timed before."""
        before = self._switch(part)
        try:
            yield
        finally:
            self._switch(before)

    @contextmanager
    def thinking(self, mind: dict[str, float]) -> Iterator[None]:
        """Count the time inside as a mind's: by what it says in `mind` at the end, the rest for handing over.

        A mind in another process works on while its words are being told, so that what was told meanwhile counts only
        as far as the mind did not need that time itself.
        """
        told = self._seconds["store"]
        try:
            with self.timing("think"):
                yield
        finally:
            told = self._seconds["store"] - told
            self._seconds["store"] -= told
            for part, seconds in _divided(self._seconds.pop("think") + told, told, mind).items():
                self._seconds[part] = self._seconds.get(part, 0.0) + seconds

    @property
    def waited(self) -> float:
        """Seconds that passed waiting for the person, or for the pace they set."""
        return self._seconds["wait"]

    def parts(self) -> dict[str, float]:
        """The seconds of each part until now."""
        self._switch(self._part)
        return dict(self._seconds)

    def wall(self) -> float:
        """Seconds since the beginning."""
        return self._now() - self._began

    def _switch(self, part: str) -> str:
        now, before = self._now(), self._part
        self._seconds[before] = self._seconds.get(before, 0.0) + now - self._since
        self._since, self._part = now, part
        return before


def _divided(whole: float, told: float, mind: Mapping[str, float]) -> dict[str, float]:
    """`whole` seconds as the mind spent them; what it does not claim was for telling, and for handing over."""
    claimed = sum(mind.values())
    scale = min(1.0, whole / claimed) if claimed else 1.0  # the clocks of two processes never agree to the last digit
    parts = {part: seconds * scale for part, seconds in mind.items()}
    rest = whole - claimed * scale
    parts["store"] = parts.get("store", 0.0) + min(told, rest)
    parts["encode"] = parts.get("encode", 0.0) + max(rest - told, 0.0)
    return parts
