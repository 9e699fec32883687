"""Owns the ear for the person's stop key: pynput, system-wide, on X11, Windows and macOS.

What a system keeps from every listener stays unheard: on Windows keys for a window with more rights than ours (which the
hands do not work either), on macOS keys for a password field (secure input).
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from actions.backends.x11 import open_display, reaching
from actions.errors import ActionError, ExecutionError, NoDesktop
from actions.keys import STOP_CHORD, canonical_key

if TYPE_CHECKING:
    from pynput.keyboard import Key, KeyCode, Listener

_FAREWELL = 2.0
"""Seconds that the thread gets to end."""
_ON_X = sys.platform not in {"win32", "darwin"}
_DEAF = "The stop key cannot be heard: " + (
    "the X server went away."
    if _ON_X
    else "the system ends whoever listens. On a Mac, allow Accessibility and Input Monitoring in System Settings."
)


class PynputListener:
    """Hears the stop chord wherever the focus is."""

    name = "pynput"

    def __init__(self) -> None:
        self._listener: Listener | None = None
        self._on_stop: Callable[[], None] | None = None
        self._held: set[str] = set()

    def open(self) -> None:
        """Begin to hear; raises NoDesktop where the system does not let us."""
        if _ON_X:
            with contextlib.closing(open_display()) as display:
                if not display.has_extension("RECORD"):
                    raise NoDesktop("The stop key cannot be heard: the X server is to run with its RECORD extension.")
        try:
            self._listener = _listener(self._press, self._release)
        except ImportError as error:
            raise NoDesktop(f"The stop key cannot be heard: {error}") from error
        self._listener.start()
        self._listener.wait()
        if not self._listener.is_alive():
            raise NoDesktop(_DEAF)

    def capabilities(self) -> frozenset[str]:
        """The stop key works."""
        return frozenset({"stop_key"})

    def close(self) -> None:
        """Stop hearing; safe to call twice."""
        if self._listener is None:
            return
        listener, self._listener = self._listener, None
        if listener.is_alive():
            with _quietly():
                listener.stop()
        # The listener's own way to wait for its end waits in vain when the screen ended it.
        threading.Thread.join(listener, _FAREWELL)

    def listen(self, on_stop: Callable[[], None]) -> None:
        """Call `on_stop`, from the listener's thread, once each time that the stop chord becomes complete."""
        self._on_stop = on_stop

    def _press(self, key: Key | KeyCode | None) -> None:
        name = _name(key)
        # A key that is kept down repeats itself; to press the stop key again means something.
        if name not in STOP_CHORD or name in self._held:
            return
        self._held.add(name)
        if self._held == set(STOP_CHORD) and self._on_stop:
            self._on_stop()

    def _release(self, key: Key | KeyCode | None) -> None:
        self._held.discard(_name(key))


def _listener(on_press: Callable[..., None], on_release: Callable[..., None]) -> Listener:
    """A thread of pynput's that ends without a word when the screen ends before it, and never lets anyone wait for that."""
    from pynput.keyboard import Listener

    class Quiet(Listener):  # type: ignore[misc]
        def run(self) -> None:
            try:
                with _quietly():
                    super().run()
            finally:
                self._mark_ready()

    return Quiet(on_press=on_press, on_release=on_release)


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Where there is X: pass over what python-xlib raises when the screen ends first."""
    if _ON_X:
        with contextlib.suppress(ActionError), reaching(ExecutionError):
            yield
    else:
        yield


def _name(key: Key | KeyCode | None) -> str:
    name = getattr(key, "name", None) or getattr(key, "char", None) or ""
    return canonical_key(name) or name
