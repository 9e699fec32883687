"""Owns the hands where a system takes events by number: the order of presses, their notes, and what is held.

It is the same on Windows and macOS; what differs is an `Events` of the platform. X has its own (pyautogui_input.py),
because there a key must be lent before it can type.
"""

from __future__ import annotations

import contextlib
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from typing import Final, Protocol

from actions.action import Button
from actions.errors import ActionError, ExecutionError, NoDesktop, Stopped
from actions.geometry import Point
from actions.watchdog import READY, Watchdog, watch

BUTTON: Final = "button"
KEY: Final = "key"
_NAMED: Final = {"\n": "enter", "\r": "enter", "\t": "tab"}
_ARRIVAL, _POLL = 0.2, 0.002
"""Seconds that a pointer gets to be where it was sent, and between two looks at it."""


class Events(Protocol):
    """A platform's events. What is held has a name such as `button left` or `key 65`; the watchdog's lifter reads it."""

    near: int
    """Pixels by which the place that the system tells may differ from the one that was meant."""
    carrier: str | None
    """What is held for a moment while a letter is typed; None where both halves of it are one call."""

    def open(self) -> None:
        """Get ready; raises NoDesktop."""

    def position(self) -> Point:
        """Where the pointer is."""

    def move(self, to: Point) -> None:
        """Send the pointer to a pixel."""

    def send(self, what: str, *, down: bool) -> None:
        """Press or release what has that name; raises ExecutionError."""

    def names(self, key: str) -> tuple[str, ...]:
        """The names of what a canonical key is made of, in order; raises ExecutionError where there is no such key."""

    def wheel(self, amount: int, *, horizontal: bool) -> None:
        """Turn the wheel by notches; positive is up or right."""

    def letter(self, character: str) -> None:
        """Type one character, whatever the layout."""


class EventInput:
    """The real mouse and keyboard of a system that takes events by number.

    Args:
        name: what is behind it.
        events: of the platform.
        watchdog: is told of each press before it is made.
    """

    def __init__(self, name: str, events: Events, watchdog: Watchdog) -> None:
        self.name = name
        self._events, self._watchdog = events, watchdog
        self._held: list[str] = []
        self._keys: dict[str, tuple[str, ...]] = {}
        self._open = False

    def open(self) -> None:
        """Connect and start the watchdog; raises NoDesktop."""
        self._events.open()
        self._watchdog.start()
        self._open = True

    def capabilities(self) -> frozenset[str]:
        """Any character can be typed."""
        return frozenset({"unicode"})

    def close(self) -> None:
        """Lift everything and let it all go; safe to call twice."""
        self.release_all()
        self._open = False
        self._watchdog.stop()

    def aside(self) -> contextlib.AbstractContextManager[None]:
        """Our own windows are not told apart on these systems yet."""
        return contextlib.nullcontext()

    def position(self) -> Point:
        """Where the pointer is."""
        return self._ready().position()

    def move(self, to: Point) -> None:
        """Bring the pointer to a pixel; raises ExecutionError when it does not get there."""
        events, end = self._ready(), time.monotonic() + _ARRIVAL
        while True:
            # Sent again rather than only waited for: whatever holds the pointer may let go of it meanwhile.
            events.move(to)
            at = events.position()
            if max(abs(at.x - to.x), abs(at.y - to.y)) <= events.near:
                return
            if time.monotonic() > end:
                raise ExecutionError(
                    f"The pointer stays at ({at.x}, {at.y}) instead of going to ({to.x}, {to.y}): another program holds "
                    "it, or the person moves it."
                )
            time.sleep(_POLL)

    def press(self, button: Button) -> None:
        """Hold a mouse button down."""
        self._down(f"{BUTTON} {button}")

    def release(self, button: Button) -> None:
        """Let a mouse button go."""
        self._up(f"{BUTTON} {button}")

    def scroll(self, amount: int, *, horizontal: bool = False) -> None:
        """Turn the wheel by that many notches."""
        if amount:
            self._ready().wheel(amount, horizontal=horizontal)

    def key_down(self, key: str) -> None:
        """Hold a key down, with Shift if need be; raises ExecutionError where there is no such key."""
        names = self._ready().names(key)
        self._keys[key] = names
        for name in names:
            self._down(name)

    def key_up(self, key: str) -> None:
        """Let a key go; one that was never down is left alone."""
        for name in reversed(self._keys.pop(key, ())):
            self._up(name)

    def write(self, text: str, stop: Callable[[], bool]) -> None:
        """Type a text as written."""
        events, text = self._ready(), text.replace("\r\n", "\n")
        for character in text:
            if character not in _NAMED and unicodedata.category(character) in {"Cc", "Cs"}:
                raise ExecutionError(f"No key types the character {character!a}.")
        for count, character in enumerate(text):
            if stop():
                raise Stopped(f"Stopped after {count} of {len(text)} letters.")
            if key := _NAMED.get(character):
                try:
                    self.key_down(key)
                finally:
                    self.key_up(key)
            else:
                with self._carrying(events.carrier):
                    events.letter(character)

    def release_all(self) -> None:
        """Lift everything that is held; never raises."""
        for what in tuple(reversed(self._held)):
            with contextlib.suppress(ActionError):
                self._up(what)
        self._keys.clear()

    def _down(self, what: str) -> None:
        events = self._ready()
        self._watchdog.down(what)
        self._held.append(what)
        events.send(what, down=True)

    def _up(self, what: str) -> None:
        if what in self._held:
            self._ready().send(what, down=False)
            self._held.remove(what)
            self._watchdog.up(what)

    @contextlib.contextmanager
    def _carrying(self, what: str | None) -> Iterator[None]:
        if what:
            self._watchdog.down(what)
        yield
        if what:
            self._watchdog.up(what)

    def _ready(self) -> Events:
        if not self._open:
            raise NoDesktop("The mouse and keyboard were not opened.")
        return self._events


def stand_by(events: Events) -> None:
    """Be the watchdog: say that it is ready, follow the notes, and lift what is held when they end."""

    def lift(what: str) -> None:
        with contextlib.suppress(ActionError):  # what comes after it may still be lifted
            events.send(what, down=False)

    sys.stdout.write(f"{READY}\n")
    sys.stdout.flush()
    watch(sys.stdin, lift)
