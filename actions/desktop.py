"""Owns the only seam to the machine: the Protocols of screen, input, windows, listener, system and controls.

Every part has `open` (asks for what it needs; may take long where the system asks the person), `capabilities` and
`close` (safe to call twice). Places are physical pixels of the desktop.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Protocol

from actions.action import Button
from actions.control import Reading
from actions.frame import Shot
from actions.geometry import Monitor, Point, Rect
from actions.scene import Standing

SEE_THROUGH: Final = "see_through"


@dataclass(frozen=True, slots=True)
class Window:
    """A top-level window: the system's identifier, its title and application, and the pixels of its content."""

    id: int
    title: str
    application: str
    rect: Rect


def is_named(window: Window, name: str) -> bool:
    """Whether a person would call the window so: by its application, or by a part of its title."""
    said = name.strip().casefold()
    return bool(said) and (said == window.application.casefold() or said in window.title.casefold())


class Part(Protocol):
    """What all parts have in common."""

    @property
    def name(self) -> str:
        """The library or platform behind it, for `doctor` and the run's record."""

    def open(self) -> None:
        """Connect; raises NoDesktop with what to do when the machine or a permission is missing."""

    def capabilities(self) -> frozenset[str]:
        """What it can do here, such as `unicode`, `window_capture`, `stop_key`."""

    def close(self) -> None:
        """Let everything go; safe to call twice."""


class Screen(Part, Protocol):
    """The eyes. Our own windows are not in the picture: they see what is beneath, or else the place is filled flat.

    The capability `SEE_THROUGH` says that they see what is beneath.
    """

    def monitors(self) -> tuple[Monitor, ...]:
        """The screens as they are now; the primary first."""

    def grab(self, view: Rect) -> Shot:
        """That part of the desktop, in the same order of colours each time; raises CaptureError."""


class Input(Part, Protocol):
    """The hands. Each press is noted by the watchdog before it is made. Keys never go to our own windows."""

    def aside(self) -> AbstractContextManager[None]:
        """While inside, the mouse goes through our own windows to what is beneath; what was so before is so again after.

        Entering raises ExecutionError when they would take the mouse all the same.
        """

    def position(self) -> Point:
        """Where the pointer is."""

    def move(self, to: Point) -> None:
        """Bring the pointer to a pixel."""

    def press(self, button: Button) -> None:
        """Hold a mouse button down."""

    def release(self, button: Button) -> None:
        """Let a mouse button go."""

    def scroll(self, amount: int, *, horizontal: bool = False) -> None:
        """Turn the wheel by that many notches; positive is up or right."""

    def key_down(self, key: str) -> None:
        """Hold a key down, by canonical name; raises ExecutionError when the layout has no such key."""

    def key_up(self, key: str) -> None:
        """Let a key go."""

    def write(self, text: str, stop: Callable[[], bool]) -> None:
        """Type a text as written; raises Stopped as soon as `stop()` is true, ExecutionError on an untypable letter."""

    def release_all(self) -> None:
        """Lift everything that is held; never raises."""


class Windows(Part, Protocol):
    """What stands on the desktop; looking raises CaptureError when the desktop does not answer.

    Our own windows, those of the shell's process, do not count: the desktop is told of as it would be without them.
    """

    def all(self) -> tuple[Window, ...]:
        """The top-level windows that are shown, the topmost first."""

    def stack(self) -> tuple[Standing, ...]:
        """Everything that takes clicks, popups and what cannot be seen included, the topmost first; cheap."""

    def at(self, point: Point) -> Window | None:
        """The window that shows a pixel, popups counted as windows."""

    def active(self) -> Window | None:
        """The window that has the keyboard; while one of ours has it, the topmost that could have it."""

    def popup(self) -> Window | None:
        """The topmost menu or popup that is no window and may have the keyboard; its title is its window's."""

    def own(self) -> tuple[Standing, ...]:
        """Our own windows that are shown, menus and tooltips included, the topmost first."""

    def own_active(self) -> bool:
        """Whether keys would go to one of ours."""

    def activate(self, number: int) -> None:
        """Ask for the keyboard to be given to the window of that identifier; it may take a moment, or not be granted."""


class Listener(Part, Protocol):
    """Hears the person's stop key, system-wide."""

    def listen(self, on_stop: Callable[[], None]) -> None:
        """Call `on_stop` (from another thread) once for each press of the stop key, however long it is held."""


class System(Part, Protocol):
    """What the desktop has besides: the installed programs, and what the person copied."""

    def programs(self) -> tuple[str, ...]:
        """The names of the installed programs, as the person's menu has them."""

    def launch(self, program: str) -> None:
        """Start one of `programs()`; raises ExecutionError when it does not start."""

    def copied(self) -> str:
        """The text on the clipboard, empty where there is none; raises ExecutionError when nobody answers."""


class Controls(Part, Protocol):
    """What windows tell of their buttons, fields and texts, by the platform's accessibility."""

    def read(self, window: Window, at: Point | None) -> Reading | None:
        """What a window or popup shows; None where its program does not tell, or not in time.

        Args:
            window: it.
            at: the pixel in question; None for the keyboard, whose open menus count as part of the window.
        """


@dataclass(frozen=True, slots=True)
class Desktop:
    """The machine's parts together."""

    screen: Screen
    input: Input
    windows: Windows
    listener: Listener
    system: System
    controls: Controls

    def parts(self) -> tuple[Part, ...]:
        """All of them, in the order of opening."""
        return (self.screen, self.input, self.windows, self.listener, self.system, self.controls)
