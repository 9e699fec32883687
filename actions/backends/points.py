"""Owns the arithmetic of macOS's two units: screens stand in points, pictures are taken in pixels.

A screen of twice as many pixels than points (Retina) is captured in all its pixels, while windows and input events are
measured in points (developer.apple.com: "High Resolution Explained", CGDisplayBounds, CGDisplayModeGetPixelWidth). The
desktop of pixels is ours alone: each screen lies at its place in points times the largest scale, so that screens never
overlap; between screens of unequal scale there may be a gap, which nothing shows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from actions.geometry import Monitor, Point, Rect, Size


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle in points, whose numbers may be broken."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Display:
    """A screen as the system tells it: its number, its place in points, its pixels, and whether it is the main one."""

    number: int
    place: Place
    pixels: Size
    main: bool = False

    @property
    def scale(self) -> float:
        """How many pixels make one point."""
        return self.pixels.width / self.place.width


def monitors_of(displays: Sequence[Display]) -> tuple[Monitor, ...]:
    """The screens on the desktop of pixels, the main one first."""
    spread = math.ceil(max((display.scale for display in displays), default=1))
    found = [
        Monitor(
            str(index),
            Rect(
                round(display.place.left) * spread,
                round(display.place.top) * spread,
                display.pixels.width,
                display.pixels.height,
            ),
            scale=display.scale,
            primary=display.main,
            origin=Point(round(display.place.left), round(display.place.top)),
        )
        for index, display in enumerate(displays, 1)
    ]
    return tuple(sorted(found, key=lambda monitor: not monitor.primary))


@dataclass(frozen=True, slots=True)
class Cover:
    """What is asked for to get some pixels of one screen: whole points around them, and what to cut out of the picture.

    Attributes:
        points: to be captured.
        size: that their picture has.
        cut: the pixels wanted, in that picture.
    """

    points: Rect
    size: Size
    cut: Rect


def cover(part: Rect, monitor: Monitor) -> Cover:
    """The whole points around a part of one screen; the system itself would round broken ones outward, too."""
    scale = monitor.scale
    left, top = part.left - monitor.rect.left, part.top - monitor.rect.top
    first_x, first_y = math.floor(left / scale), math.floor(top / scale)
    last_x, last_y = math.ceil((left + part.width) / scale), math.ceil((top + part.height) / scale)
    points = Rect(monitor.corner.x + first_x, monitor.corner.y + first_y, last_x - first_x, last_y - first_y)
    size = Size(round(points.width * scale), round(points.height * scale))
    cut = Rect(left - round(first_x * scale), top - round(first_y * scale), part.width, part.height)
    return Cover(points, size, cut)


def rects_of(place: Place, monitors: Sequence[Monitor]) -> tuple[Rect, ...]:
    """The pixels of a rectangle in points, one for each screen that shows a part; cut to the screens."""
    found = (_on(place, monitor).intersection(monitor.rect) for monitor in monitors)
    return tuple(rect for rect in found if rect)


def rect_of(place: Place, monitors: Sequence[Monitor]) -> Rect | None:
    """A rectangle in points as pixels of the screen that shows most of it, what hangs over included; None if none does."""
    shown = [(rect.width * rect.height, monitor) for monitor in monitors for rect in rects_of(place, [monitor])]
    return _on(place, max(shown, key=lambda pair: pair[0])[1]) if shown else None


def _on(place: Place, monitor: Monitor) -> Rect:
    """As if that screen went on in all directions."""
    scale, corner = monitor.scale, monitor.corner
    left = monitor.rect.left + math.floor((place.left - corner.x) * scale)
    top = monitor.rect.top + math.floor((place.top - corner.y) * scale)
    right = monitor.rect.left + math.ceil((place.left + place.width - corner.x) * scale)
    bottom = monitor.rect.top + math.ceil((place.top + place.height - corner.y) * scale)
    return Rect(left, top, right - left, bottom - top)
