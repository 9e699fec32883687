"""Owns the question whether the desktop can be seen and worked right now, asked before each look and each event.

A system that does not let an event arrive mostly says nothing: a locked screen takes it for the password, Windows drops
it before a window with more rights, macOS without a permission. Each platform's Session knows, and these two ask it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Protocol

from actions.action import Button
from actions.desktop import Input, Screen
from actions.errors import CaptureError, ExecutionError
from actions.frame import Shot
from actions.geometry import Monitor, Point, Rect

FRESH: Final = 0.5
"""Seconds for which an answer that costs more than a moment is taken as still true."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One line for `deskhand doctor`: what was asked, what the system says, whether that is well, what to do if not."""

    what: str
    found: str
    well: bool = True
    advice: str = ""


class Session(Protocol):
    """What a platform says of the person's session; each answer is a sentence that says what to do, or None if well."""

    def sight(self) -> str | None:
        """Why the desktop cannot be seen and worked, wherever one looks."""

    def reach(self, *, keyboard: bool) -> str | None:
        """Why an event does not arrive: at the window that has the keyboard, or at the one under the pointer."""

    def ask_for_more(self) -> None:
        """Let the system ask the person for what is missing, where it can; does not wait for the answer."""

    def conditions(self) -> tuple[Condition, ...]:
        """All that it knows, for `doctor`."""

    def close(self) -> None:
        """Let everything go; safe to call twice."""


class Fresh:
    """An answer that is asked for anew only when it is older than `FRESH`.

    Args:
        ask: what asks.
        clock: seconds.
    """

    def __init__(self, ask: Callable[[], str | None], clock: Callable[[], float] = time.monotonic) -> None:
        self._ask, self._clock = ask, clock
        self._until = float("-inf")
        self._answer: str | None = None

    def __call__(self) -> str | None:
        """The answer; a bad one is never kept, so that whoever unlocks the screen can go on at once."""
        if self._answer is not None or self._clock() >= self._until:
            self._answer = self._ask()
            self._until = self._clock() + FRESH
        return self._answer


class CheckedScreen:
    """Eyes that do not take a lock screen for the desktop."""

    def __init__(self, screen: Screen, session: Session) -> None:
        self._screen, self._session = screen, session
        self.name = screen.name

    def open(self) -> None:
        """Connect; raises NoDesktop."""
        self._screen.open()

    def capabilities(self) -> frozenset[str]:
        """Those of the eyes."""
        return self._screen.capabilities()

    def close(self) -> None:
        """Let everything go, the session too: the eyes are closed last. Safe to call twice."""
        self._screen.close()
        self._session.close()

    def monitors(self) -> tuple[Monitor, ...]:
        """The screens as they are now."""
        return self._screen.monitors()

    def grab(self, view: Rect) -> Shot:
        """That part of the desktop; raises CaptureError where it is not the desktop that would be seen."""
        if why := self._session.sight():
            raise CaptureError(why)
        return self._screen.grab(view)


class CheckedInput:
    """Hands that make no event which would not arrive: it raises ExecutionError instead."""

    def __init__(self, hands: Input, session: Session) -> None:
        self._hands, self._session = hands, session
        self.name = hands.name

    def open(self) -> None:
        """Connect; raises NoDesktop."""
        self._hands.open()

    def capabilities(self) -> frozenset[str]:
        """Those of the hands."""
        return self._hands.capabilities()

    def close(self) -> None:
        """Let everything go; safe to call twice."""
        self._hands.close()

    def aside(self) -> AbstractContextManager[None]:
        """What the hands do about our own windows."""
        return self._hands.aside()

    def position(self) -> Point:
        """Where the pointer is."""
        return self._hands.position()

    def move(self, to: Point) -> None:
        """Bring the pointer to a pixel, whatever stands there."""
        if why := self._session.sight():
            raise ExecutionError(why)
        self._hands.move(to)

    def press(self, button: Button) -> None:
        """Hold a mouse button down."""
        self._reach(keyboard=False)
        self._hands.press(button)

    def release(self, button: Button) -> None:
        """Let a mouse button go; nothing may keep that from being tried."""
        self._hands.release(button)

    def scroll(self, amount: int, *, horizontal: bool = False) -> None:
        """Turn the wheel by that many notches."""
        self._reach(keyboard=False)
        self._hands.scroll(amount, horizontal=horizontal)

    def key_down(self, key: str) -> None:
        """Hold a key down."""
        self._reach(keyboard=True)
        self._hands.key_down(key)

    def key_up(self, key: str) -> None:
        """Let a key go; nothing may keep that from being tried."""
        self._hands.key_up(key)

    def write(self, text: str, stop: Callable[[], bool]) -> None:
        """Type a text; the question is asked again before each letter, for a text takes long and a lock comes by itself."""

        def stopped() -> bool:
            self._reach(keyboard=True)
            return stop()

        self._reach(keyboard=True)
        self._hands.write(text, stopped)

    def release_all(self) -> None:
        """Lift everything that is held; never raises."""
        self._hands.release_all()

    def _reach(self, *, keyboard: bool) -> None:
        if why := self._session.reach(keyboard=keyboard):
            raise ExecutionError(why)
