"""Owns the accessibility of Linux desktops as a part: which program a window is of, and what it shows there.

A program that does not answer in time, or does not tell of the window, is one that cannot be read.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from actions.backends.atspi_bus import ROOT, AccessibilityBus, Question, Ref
from actions.backends.atspi_reading import Found, described, looked_at, read
from actions.backends.x11 import open_display, reaching
from actions.control import Control, Reading, Role
from actions.desktop import Window
from actions.errors import ActionError, CaptureError
from actions.geometry import Point, Rect

if TYPE_CHECKING:
    from Xlib.display import Display

_PATIENCE: Final = 4.0
"""Seconds that a program gets to tell of a window."""
_FRAME: Final = 80
"""Pixels by which a window manager's frame, or a shadow, may stand out from a window."""
_EDGE: Final = 12
"""Pixels by which a popup may stand out from what is in it."""
_OPENING: Final[frozenset[Role]] = frozenset({"menu", "menu_item", "choice"})
_ROWS: Final[frozenset[Role]] = frozenset({"menu", "menu_item", "item", "check", "choice", "group"})


@dataclass(frozen=True, slots=True)
class _Placing:
    """How a program's own pixels lie on the desktop: so large, and so far to the right and down."""

    scale: float
    left: float
    top: float

    def shown(self, rect: Rect) -> Rect:
        """The pixels of the desktop that a program's are."""
        left, top = int(rect.left * self.scale + self.left), int(rect.top * self.scale + self.top)
        return Rect(left, top, int(rect.width * self.scale), int(rect.height * self.scale))

    def told(self, at: Point) -> Point:
        """The program's pixel that one of the desktop is."""
        return Point(int((at.x - self.left) / self.scale), int((at.y - self.top) / self.scale))


class AtspiControls:
    """What windows show, by AT-SPI. Nothing is switched on before the first question."""

    name = "AT-SPI"

    def __init__(self) -> None:
        self._bus = AccessibilityBus()
        self._display: Display | None = None
        self._processes: dict[str, int | None] = {}

    def open(self) -> None:
        """Nothing to do yet: asking makes other programs work more."""

    def capabilities(self) -> frozenset[str]:
        """Telling of controls."""
        return frozenset({"controls"})

    def close(self) -> None:
        """Let everything go; safe to call twice."""
        self._bus.close()
        display, self._display = self._display, None
        if display is not None:
            with contextlib.suppress(ActionError), reaching(CaptureError):
                display.close()

    def read(self, window: Window, at: Point | None) -> Reading | None:
        """What a window or popup shows; None where its program does not tell.

        Args:
            window: it.
            at: the pixel in question; None for the keyboard, whose menus count as part of the window.
        """
        until = time.monotonic() + _PATIENCE
        try:
            process, managed = self._owner(window.id)
            tops = self._tops(process, until) if process else []
            if not tops:
                return None
            return self._window(window, tops, at, until) if managed else self._popup(window.rect, tops, at, until)
        except Exception:  # noqa: BLE001 - programs and servers say what they like; what makes no sense is not read
            return None

    def _window(self, window: Window, tops: Sequence[Ref], at: Point | None, until: float) -> Reading | None:
        heads = [head for head, _, _ in looked_at(self._bus, tops, until)]
        chosen = _of(window, heads)
        if chosen is None:
            return None
        placing = _placing(window.rect, heads[chosen].rect)
        if placing is None:
            return None
        wanted = [tops[chosen]]
        if at is None:
            wanted += [ref for ref, head in zip(tops, heads, strict=True) if head.role in ("popup", "menu")]
        return self._reading(wanted, at and placing.told(at), until, placing)

    def _popup(self, place: Rect, tops: Sequence[Ref], at: Point | None, until: float) -> Reading | None:
        told = read(self._bus, tops, at, until)
        kept = _in_popup(told.found, place)
        return Reading(described(self._bus, kept, until), told.whole) if kept else None

    def _reading(self, tops: Sequence[Ref], at: Point | None, until: float, placing: _Placing) -> Reading:
        told = read(self._bus, tops, at, until)
        controls = described(self._bus, told.found, until)
        return Reading(tuple(replace(one, rect=one.rect and placing.shown(one.rect)) for one in controls), told.whole)

    def _tops(self, process: int, until: float) -> list[Ref]:
        """The windows of a process's programs."""
        answer = self._bus.ask([Question(ROOT, "Accessible", "GetChildren")], until)[0]
        programs = [Ref(*child) for child in answer[0]] if answer else []
        for name in {ref.bus for ref in programs} - self._processes.keys():
            self._processes[name] = self._bus.process(name, until)
        mine = [ref for ref in programs if self._processes.get(ref.bus) == process]
        answers = self._bus.ask([Question(ref, "Accessible", "GetChildren") for ref in mine], until)
        return [Ref(*child) for one in answers if one for child in one[0]]

    def _owner(self, number: int) -> tuple[int | None, bool]:
        """The process that made a window, and whether a window manager keeps it."""
        from Xlib.ext import res

        if self._display is None:
            self._display = open_display()
        display = self._display
        with reaching(CaptureError):
            window = display.create_resource_object("window", number)
            managed = not window.get_attributes().override_redirect
            asked = [{"client": number, "mask": res.LocalClientPIDMask}]
            owners = [next(iter(client.value), 0) for client in display.res_query_client_ids(asked).ids]
        return (owners[0] if owners else None), managed


def _of(window: Window, heads: Sequence[Control]) -> int | None:
    """Which of a program's windows it is, by its place, or by its title where the program counts in other pixels."""
    near = [i for i, head in enumerate(heads) if _alike(head.rect, window.rect, _FRAME)]
    named = [i for i, head in enumerate(heads) if window.title and head.name == window.title]
    both = [i for i in near if i in named]
    return next(iter(both or (near if len(near) == 1 else []) or (named if len(named) == 1 else [])), None)


def _placing(place: Rect, told: Rect | None) -> _Placing | None:
    """How a program's own pixels lie on the desktop, by its window; None where that makes no sense.

    Args:
        place: where the window is.
        told: where the program says that it is, in pixels which may be larger, or count from the window's corner.
    """
    if told is None:
        return None
    if _alike(told, place, _FRAME):
        return _Placing(1.0, 0.0, 0.0)
    scale, high = (round(ratio * 4) / 4 for ratio in (place.width / told.width, place.height / told.height))
    if scale != high or not 0.5 < scale <= 4:
        return None
    return _Placing(scale, place.left - told.left * scale, place.top - told.top * scale)


def _alike(one: Rect | None, other: Rect, most: int) -> bool:
    """Whether no edge of the two is further apart than that many pixels."""
    if one is None:
        return False
    edges = zip(
        (one.left, one.top, one.right, one.bottom), (other.left, other.top, other.right, other.bottom), strict=True
    )
    return all(abs(a - b) <= most for a, b in edges)


def _in_popup(found: Sequence[Found], place: Rect) -> list[Found]:
    """What is in a popup that has these pixels: what fills it, or else the items of a menu that is not told of itself."""
    root = next((i for i, one in enumerate(found) if _alike(one.control.rect, place, _EDGE)), None)
    if root is not None:
        inside = {root}
        for i, one in enumerate(found):
            if one.control.parent in inside:
                inside.add(i)
        return _kept(found, sorted(inside))
    opened = {i for i, one in enumerate(found) if one.control.role in _OPENING}
    within = (
        i
        for i, one in enumerate(found)
        if one.control.rect and one.control.rect.intersection(place) == one.control.rect
    )
    return _kept(found, [i for i in within if found[i].control.role in _ROWS and opened & set(_line(found, i)[1:])])


def _line(found: Sequence[Found], index: int) -> list[int]:
    """A control's place, and of what it is in, and so on."""
    line = [index]
    while (parent := found[line[-1]].control.parent) >= 0:
        line.append(parent)
    return line


def _kept(found: Sequence[Found], places: Sequence[int]) -> list[Found]:
    """Those of them, with what they are in counted anew."""
    anew = {place: index for index, place in enumerate(places)}
    return [
        Found(one.ref, replace(one.control, parent=anew.get(one.control.parent, -1)))
        for one in map(found.__getitem__, places)
    ]
