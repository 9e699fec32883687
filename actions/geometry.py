"""Owns points, rectangles and monitors, and the only conversions between what a model says and the screen.

Four spaces. What a *model* writes: numbers of its own units, declared by its folder. The *grid*, on which actions carry
places: 0–1000 in both directions, relative to the picture it was shown, whatever that picture was resized to. *Pixels*
are physical pixels of the desktop, the space of captures; the desktop's origin may be negative, and a rotated monitor
is a rectangle with its sides swapped. *Points* are logical units, which input events use where the system scales
(macOS); on X11 and in a per-monitor aware Windows process they equal pixels.

A target is always the middle of the pixel meant. All of it is exact: whole numbers and fractions, rounded once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

GRID = 1000

Units = Literal["grid", "pixel", "unit"]
"""What a model's numbers count: thousandths of the picture, pixels of the picture as it saw it, or the whole of it."""


@dataclass(frozen=True, slots=True)
class GridPoint:
    """A place in the picture on the 0–1000 grid; between its lines where the model's own units are finer."""

    x: int | Fraction
    y: int | Fraction


@dataclass(frozen=True, slots=True)
class Point:
    """A physical pixel of the desktop, or of a picture where said so."""

    x: int
    y: int

    def moved(self, dx: int, dy: int) -> Point:
        """The point `dx`, `dy` pixels further."""
        return Point(self.x + dx, self.y + dy)


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle of physical pixels; right and bottom are one beyond the last pixel."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """One beyond the last column."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """One beyond the last row."""
        return self.top + self.height

    @property
    def size(self) -> Size:
        """Width and height."""
        return Size(self.width, self.height)

    @property
    def centre(self) -> Point:
        """The pixel in the middle."""
        return Point(self.left + self.width // 2, self.top + self.height // 2)

    def contains(self, point: Point) -> bool:
        """Whether the pixel lies inside."""
        return self.left <= point.x < self.right and self.top <= point.y < self.bottom

    def intersection(self, other: Rect) -> Rect | None:
        """What both cover, or None."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        return Rect(left, top, right - left, bottom - top) if right > left and bottom > top else None

    def around(self, point: Point, reach: int) -> Rect | None:
        """The square of `reach` pixels to each side of the point, cut to this rectangle."""
        square = Rect(point.x - reach, point.y - reach, 2 * reach + 1, 2 * reach + 1)
        return self.intersection(square)


@dataclass(frozen=True, slots=True)
class Monitor:
    """One screen.

    Attributes:
        name: the system's, or its number.
        rect: where its pixels lie on the desktop, upright.
        scale: how many pixels make one logical point.
        primary: whether it is the main one.
        origin: its top left in logical points; the same as in pixels if None.
    """

    name: str
    rect: Rect
    scale: float = 1.0
    primary: bool = False
    origin: Point | None = None

    @property
    def corner(self) -> Point:
        """Its top left in logical points."""
        return self.origin or Point(self.rect.left, self.rect.top)


@dataclass(frozen=True, slots=True)
class LogicalPoint:
    """A place on the desktop in logical points, of which a pixel of a scaled monitor covers only a part."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Coordinates:
    """How a model writes places.

    Attributes:
        units: what its numbers count.
        seen: the picture as the model saw it, after any resize; without it there are no `pixel` units.

    Raises:
        ValueError: pixels of a picture of unknown size.
    """

    units: Units = "grid"
    seen: Size | None = None

    def __post_init__(self) -> None:
        if self.units == "pixel" and self.seen is None:
            raise ValueError("a place in pixels means nothing without the size of the picture that was seen")

    @property
    def words(self) -> str:
        """What may be written, in words for the model."""
        if self.units == "unit":
            return "two numbers from 0 to 1"
        if self.seen is None or self.units == "grid":
            return f"two whole numbers from 0 to {GRID}"
        return f"whole numbers from [0, 0] to [{self.seen.width - 1}, {self.seen.height - 1}]"

    def grid_point(self, x: float | Fraction, y: float | Fraction) -> GridPoint:
        """The place on the grid that a model's two numbers mean; a pixel of its picture means the middle of it.

        Raises:
            ValueError: they are out of range, or not whole where they must be.
        """
        width, height = (self.seen.width, self.seen.height) if self.seen else (0, 0)
        return GridPoint(self._on_grid(x, width), self._on_grid(y, height))

    def _on_grid(self, number: float | Fraction, length: int) -> int | Fraction:
        # As it was written: 0.29 means 29 hundredths, not the binary number a little below.
        value = Fraction(str(number))
        last = {"grid": GRID, "pixel": length - 1, "unit": 1}[self.units]
        if not 0 <= value <= last or (self.units != "unit" and value.denominator != 1):
            raise ValueError(f"{number} is none of {self.words}")
        match self.units:
            case "grid":
                return int(value)
            case "pixel":
                return _middle_of(int(value), length)
            case "unit":
                return value * GRID


GRID_COORDINATES: Final = Coordinates()
"""What Qwen3-VL writes: whole numbers on the grid."""


def grid_to_screen(point: GridPoint, view: Rect) -> Point:
    """The desktop pixel that the model means, for a picture of `view`: min(W−1, ⌊x·W/1000⌋) from its left and top.

    Grid 1000 is the last pixel, not one beyond; values outside 0–1000 are a ParseError's business, not clamped here.
    The click goes to the middle of that pixel, so no later step can push it over an edge.

    Raises:
        ValueError: a coordinate lies outside 0–1000.
    """
    if not (0 <= point.x <= GRID and 0 <= point.y <= GRID):
        raise ValueError(f"grid point ({point.x}, {point.y}) lies outside 0–{GRID}")
    x = min(view.width - 1, point.x * view.width // GRID)
    y = min(view.height - 1, point.y * view.height // GRID)
    return Point(view.left + x, view.top + y)


def screen_to_grid(point: Point, view: Rect) -> GridPoint:
    """The grid point nearest to the middle of a desktop pixel inside `view`; its inverse where W and H are ≤ 1000.

    Raises:
        ValueError: the pixel lies outside the view.
    """
    if not view.contains(point):
        raise ValueError(f"pixel ({point.x}, {point.y}) lies outside the view {view}")
    return GridPoint(_nearest(point.x - view.left, view.width), _nearest(point.y - view.top, view.height))


def regrid(point: GridPoint, part: Rect, view: Rect) -> GridPoint:
    """The grid point of `view` that means the pixel which `point` means in a part of it: the middle of that pixel.

    Raises:
        ValueError: a coordinate lies outside 0–1000, or the pixel outside the view.
    """
    pixel = grid_to_screen(point, part)
    if not view.contains(pixel):
        raise ValueError(f"pixel ({pixel.x}, {pixel.y}) lies outside the view {view}")
    x, y = pixel.x - view.left, pixel.y - view.top
    return GridPoint(_middle_of(x, view.width), _middle_of(y, view.height))


def _middle_of(pixel: int, length: int) -> Fraction:
    return Fraction((2 * pixel + 1) * GRID, 2 * length)


def _nearest(pixel: int, length: int) -> int:
    # Of two lines equally near the lower one: the upper may be where the next pixel begins.
    return -((length - (2 * pixel + 1) * GRID) // (2 * length))


def screen_to_logical(pixel: Point, monitors: tuple[Monitor, ...]) -> LogicalPoint:
    """The middle of a desktop pixel, in logical points.

    Raises:
        ValueError: no monitor shows the pixel.
    """
    shown = monitor_at(pixel, monitors)
    if shown is None:
        raise ValueError(f"no monitor shows the pixel ({pixel.x}, {pixel.y})")
    x, y = pixel.x - shown.rect.left + 0.5, pixel.y - shown.rect.top + 0.5
    return LogicalPoint(shown.corner.x + x / shown.scale, shown.corner.y + y / shown.scale)


def logical_to_screen(at: LogicalPoint, monitors: tuple[Monitor, ...]) -> Point:
    """The desktop pixel in which a logical place lies.

    Raises:
        ValueError: no monitor shows the place.
    """
    for monitor in monitors:
        rect, corner = monitor.rect, monitor.corner
        x, y = math.floor((at.x - corner.x) * monitor.scale), math.floor((at.y - corner.y) * monitor.scale)
        if 0 <= x < rect.width and 0 <= y < rect.height:
            return Point(rect.left + x, rect.top + y)
    raise ValueError(f"no monitor shows the place ({at.x:g}, {at.y:g})")


def monitor_at(point: Point, monitors: tuple[Monitor, ...]) -> Monitor | None:
    """The monitor that shows a desktop pixel, or None where the desktop has a hole."""
    return next((monitor for monitor in monitors if monitor.rect.contains(point)), None)


def bounds(rects: tuple[Rect, ...]) -> Rect:
    """The smallest rectangle around all of them.

    Raises:
        ValueError: there are none.
    """
    if not rects:
        raise ValueError("no rectangles")
    left, top = min(r.left for r in rects), min(r.top for r in rects)
    return Rect(left, top, max(r.right for r in rects) - left, max(r.bottom for r in rects) - top)
