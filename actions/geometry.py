"""Owns points, rectangles and monitors, and the only conversions between the model's grid and the screen.

Three spaces. The *grid* is what the model speaks: 0–1000 in both directions, relative to the picture it was shown,
whatever that picture was resized to. *Pixels* are physical pixels of the desktop, the space of captures; the desktop's
origin may be negative. *Points* are logical units, which input events use where the system scales (macOS); on X11 and
on a per-monitor aware Windows process they equal pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

GRID = 1000


@dataclass(frozen=True, slots=True)
class GridPoint:
    """A place in the picture on the model's 0–1000 grid."""

    x: int
    y: int


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
    """One screen: where its pixels lie on the desktop, and how many of them make one logical point."""

    name: str
    rect: Rect
    scale: float = 1.0
    primary: bool = False


def grid_to_screen(point: GridPoint, view: Rect) -> Point:
    """The desktop pixel that the model means, for a picture of `view`: min(W−1, ⌊x·W/1000⌋) from its left and top.

    Grid 1000 is the last pixel, not one beyond; values outside 0–1000 are a ParseError's business, not clamped here.

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
    x, y = point.x - view.left, point.y - view.top
    return GridPoint((2 * x + 1) * GRID // (2 * view.width), (2 * y + 1) * GRID // (2 * view.height))


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
