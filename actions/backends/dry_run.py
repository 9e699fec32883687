"""Owns the dry run: hands that write down instead of acting, and a desktop that is only a picture.

It is a feature (see what an agent would do) and the one fake of the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

from PIL import Image

from actions.action import Button
from actions.control import Reading
from actions.desktop import Controls, Desktop, Screen, Window, Windows
from actions.errors import CaptureError, ExecutionError, Stopped
from actions.frame import Shot
from actions.geometry import Monitor, Point, Rect
from actions.keys import canonical_key
from actions.scene import Standing

Deed = tuple[str, str | int | Point]
"""What would have been done: `move`, `press`, `release`, `scroll`, `hscroll`, `key_down`, `key_up` or `write`."""


class DryPart:
    """What the dry parts have in common: nothing to open, nothing to close."""

    name = "dry_run"

    def open(self) -> None:
        """Nothing to do."""

    def capabilities(self) -> frozenset[str]:
        """Named for what they replace."""
        return frozenset({"dry_run"})

    def close(self) -> None:
        """Nothing to do."""


class DryScreen(DryPart):
    """A screen that is a picture, which may be changed at any time; its top left is the desktop's origin."""

    def __init__(self, picture: Image.Image | None = None) -> None:
        self.picture = picture or Image.new("RGB", (1280, 800), (58, 64, 72))

    def monitors(self) -> tuple[Monitor, ...]:
        """One, as large as the picture."""
        return (Monitor("dry", Rect(0, 0, self.picture.width, self.picture.height), primary=True),)

    def grab(self, view: Rect) -> Shot:
        """That part of the picture; raises CaptureError where there is none."""
        whole = Rect(0, 0, self.picture.width, self.picture.height)
        if view.intersection(whole) != view:
            raise CaptureError(f"{view} is not all on the screen {whole}.")
        part = self.picture.convert("RGB").crop((view.left, view.top, view.right, view.bottom))
        return Shot(part.tobytes(), "RGB", view)


class DryInput(DryPart):
    """Hands that write down what they would do."""

    def __init__(self) -> None:
        self.deeds: list[Deed] = []
        self.held: list[Deed] = []
        self._position = Point(0, 0)

    def aside(self) -> AbstractContextManager[None]:
        """Nothing is hit anyway."""
        return nullcontext()

    def position(self) -> Point:
        """Where the last move went."""
        return self._position

    def move(self, to: Point) -> None:
        """Note it, and be there."""
        self._position = to
        self.deeds.append(("move", to))

    def press(self, button: Button) -> None:
        """Note it as held."""
        self._hold("press", button)

    def release(self, button: Button) -> None:
        """Note it as let go."""
        self._let_go("press", "release", button)

    def scroll(self, amount: int, *, horizontal: bool = False) -> None:
        """Note it."""
        self.deeds.append(("hscroll" if horizontal else "scroll", amount))

    def key_down(self, key: str) -> None:
        """Note it as held; raises ExecutionError where no keyboard has such a key."""
        if canonical_key(key) != key:
            raise ExecutionError(f"There is no key “{key}”.")
        self._hold("key_down", key)

    def key_up(self, key: str) -> None:
        """Note it as let go."""
        self._let_go("key_down", "key_up", key)

    def write(self, text: str, stop: Callable[[], bool]) -> None:
        """Note as much of the text as is written before `stop()`."""
        for count in range(len(text)):
            if stop():
                self.deeds.append(("write", text[:count]))
                raise Stopped(f"Stopped after {count} of {len(text)} letters.")
        self.deeds.append(("write", text))

    def release_all(self) -> None:
        """Let go of what is held, and note it."""
        for verb, what in tuple(reversed(self.held)):
            self._let_go(verb, "release" if verb == "press" else "key_up", what)

    def _hold(self, verb: str, what: str) -> None:
        self.held.append((verb, what))
        self.deeds.append((verb, what))

    def _let_go(self, held: str, verb: str, what: str | int | Point) -> None:
        if (held, what) in self.held:
            self.held.remove((held, what))
            self.deeds.append((verb, what))


class DryWindows(DryPart):
    """Windows that are only said to be there, the topmost first; those in `ours` are our own, above all others."""

    def __init__(self, windows: Sequence[Window] = (), active: Window | None = None) -> None:
        self.windows = list(windows)
        self.ours: list[Window] = []
        self.focused = active
        self.opened: Window | None = None

    def all(self) -> tuple[Window, ...]:
        """Those that were given."""
        return tuple(self.windows)

    def stack(self) -> tuple[Standing, ...]:
        """The same, as they stand."""
        return tuple((window.id, window.rect) for window in self.windows)

    def at(self, point: Point) -> Window | None:
        """The topmost of them that holds the point."""
        return next((window for window in self.windows if window.rect.contains(point)), None)

    def active(self) -> Window | None:
        """The one that was said to have the keyboard, or else the topmost."""
        return next(iter(self.windows), None) if self.own_active() else self.focused or next(iter(self.windows), None)

    def popup(self) -> Window | None:
        """The one that was said to be open."""
        return self.opened

    def own(self) -> tuple[Standing, ...]:
        """Those that were said to be ours."""
        return tuple((window.id, window.rect) for window in self.ours)

    def own_active(self) -> bool:
        """Whether one of those was said to have the keyboard."""
        return self.focused in self.ours

    def activate(self, number: int) -> None:
        """Say that it has the keyboard, if it is there."""
        self.focused = next((window for window in self.windows if window.id == number), self.focused)


class DryListener(DryPart):
    """A stop key that is pressed by calling `press`."""

    def __init__(self) -> None:
        self._on_stop: Callable[[], None] | None = None

    def listen(self, on_stop: Callable[[], None]) -> None:
        """Remember whom to call."""
        self._on_stop = on_stop

    def press(self) -> None:
        """Do as if the person had pressed the stop key."""
        if self._on_stop:
            self._on_stop()


class DrySystem(DryPart):
    """Programs that are only said to be installed, and a clipboard that is only said to hold something."""

    def __init__(self, programs: Sequence[str] = (), copied: str = "") -> None:
        self.installed = tuple(programs)
        self.text = copied
        self.launched: list[str] = []

    def programs(self) -> tuple[str, ...]:
        """Those that were given."""
        return self.installed

    def launch(self, program: str) -> None:
        """Note it."""
        self.launched.append(program)

    def copied(self) -> str:
        """What was given."""
        return self.text


class DryControls(DryPart):
    """What windows are said to tell of themselves, by their identifiers."""

    def __init__(self) -> None:
        self.readings: dict[int, Reading] = {}

    def read(self, window: Window, at: Point | None) -> Reading | None:
        """What was given for that window."""
        del at
        return self.readings.get(window.id)


def dry_desktop(
    picture: Image.Image | None = None,
    windows: Sequence[Window] = (),
    *,
    eyes: tuple[Screen, Windows, Controls] | None = None,
) -> Desktop:
    """A desktop on which nothing is done.

    Args:
        picture: what its screen shows; a plain one if None.
        windows: what stands on it, the topmost first.
        eyes: a real screen and its windows to look at instead, and what they tell of themselves.
    """
    screen, known, controls = eyes or (DryScreen(picture), DryWindows(windows), DryControls())
    return Desktop(screen, DryInput(), known, DryListener(), DrySystem(), controls)
