"""Owns the ear for the person's stop key: pynput, system-wide."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from actions.errors import NoDesktop
from actions.keys import STOP_CHORD, canonical_key

if TYPE_CHECKING:
    from pynput.keyboard import Key, KeyCode, Listener


class PynputListener:
    """Hears the stop chord wherever the focus is."""

    name = "pynput"

    def __init__(self) -> None:
        self._listener: Listener | None = None
        self._on_stop: Callable[[], None] | None = None
        self._held: set[str] = set()
        self._complete = False

    def open(self) -> None:
        """Begin to hear; raises NoDesktop where the system does not let us."""
        try:
            from pynput.keyboard import Listener
        except ImportError as error:
            raise NoDesktop(f"The stop key cannot be heard: {error}") from error
        self._listener = Listener(on_press=self._press, on_release=self._release)
        self._listener.daemon = True
        self._listener.start()
        self._listener.wait()

    def capabilities(self) -> frozenset[str]:
        """The stop key works."""
        return frozenset({"stop_key"})

    def close(self) -> None:
        """Stop hearing; safe to call twice."""
        if self._listener is not None:
            self._listener.stop()
            self._listener.join(2)
            self._listener = None

    def listen(self, on_stop: Callable[[], None]) -> None:
        """Call `on_stop`, from the listener's thread, once each time that the stop chord becomes complete."""
        self._on_stop = on_stop

    def _press(self, key: Key | KeyCode | None) -> None:
        self._held.add(_name(key))
        # A key that is held down is reported again and again; that is not another press.
        before, self._complete = self._complete, set(STOP_CHORD) <= self._held
        if self._complete and not before and self._on_stop:
            self._on_stop()

    def _release(self, key: Key | KeyCode | None) -> None:
        self._held.discard(_name(key))
        self._complete = set(STOP_CHORD) <= self._held


def _name(key: Key | KeyCode | None) -> str:
    name = getattr(key, "name", None) or getattr(key, "char", None) or ""
    return canonical_key(name) or name
