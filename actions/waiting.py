"""Owns waiting that ends at once when the person stops the hands."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from actions.errors import Stopped

Stop = Callable[[], bool]

_SLICE: Final = 0.05


def wait(seconds: float, stop: Stop, until: Callable[[], bool] = lambda: False) -> bool:
    """Wait some seconds, or until something is so; returns whether it was.

    Raises:
        Stopped: `stop()` became true.
    """
    end = time.monotonic() + seconds
    while not (so := until()) and (left := end - time.monotonic()) > 0:
        check(stop)
        time.sleep(min(_SLICE, left))
    return so


def check(stop: Stop) -> None:
    """Go on, or raise Stopped when `stop()` is true."""
    if stop():
        raise Stopped("The hands were stopped.")
