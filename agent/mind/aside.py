"""Owns waiting for something that comes piece by piece over a network, in a way that can be broken off at any moment."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")

_TICK = 0.02
"""Seconds between two looks at whether to break off."""
_PARTING = 1.0
"""Seconds to wait for what was broken off; a name server that does not answer cannot be hurried."""


class Aside(Generic[Item]):
    """A coroutine in a thread of its own. Iterating it gives what it tells; then whatever it raised is raised.

    Args:
        work: the coroutine; it is given a function to tell items with.
    """

    def __init__(self, work: Callable[[Callable[[Item], None]], Awaitable[None]]) -> None:
        self._work = work
        self._told: queue.SimpleQueue[Item] = queue.SimpleQueue()
        self._over = threading.Event()
        self._raised: BaseException | None = None
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="remote", daemon=True)

    def items(self, cancelled: Callable[[], bool]) -> Iterator[Item]:
        """What it tells, as it comes; ends early when `cancelled` comes true, or when nobody takes the next item."""
        self._thread.start()
        try:
            while not cancelled():
                over = self._over.is_set()
                try:
                    yield self._told.get(timeout=0 if over else _TICK)
                except queue.Empty:
                    if over:
                        break
        finally:
            self._break_off()
        if self._raised is not None and not isinstance(self._raised, asyncio.CancelledError):
            raise self._raised

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._main())
        except BaseException as error:  # noqa: BLE001 - raised again where the items are taken
            self._raised = error
        finally:
            self._over.set()

    async def _main(self) -> None:
        self._task = asyncio.current_task()
        await self._work(self._told.put)

    def _break_off(self) -> None:
        with contextlib.suppress(RuntimeError):  # its loop is closed: it is over already
            self._loop.call_soon_threadsafe(self._cancel)
        self._thread.join(_PARTING)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
