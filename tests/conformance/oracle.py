"""An independent oracle of where a click belongs, in exact fractions; it shares no formula and no type with the product.

A rectangle is (left, top, right, bottom), one beyond the last pixel at the right and at the bottom.
"""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction

Box = tuple[int, int, int, int]


def pixel_meant(written: str, units: str, seen: int, shown: int) -> int:
    """Which of `shown` pixels a number means that a model wrote, who saw them resized to `seen`.

    The number is a part of the picture's length; the pixel meant is the last one that begins at or before that part.
    """
    number = Fraction(written)
    part = (number + Fraction(1, 2)) / seen if units == "pixel" else number / {"grid": 1000, "unit": 1}[units]
    return bisect_right(range(shown), part * shown) - 1


def all_of(boxes: list[Box]) -> Box:
    """The box around boxes."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def part_on(box: Box, desktop: Box) -> Box | None:
    """What of a box lies on the desktop."""
    columns = sorted((box[0], box[2], desktop[0], desktop[2]))[1:3]
    rows = sorted((box[1], box[3], desktop[1], desktop[3]))[1:3]
    apart = box[2] <= desktop[0] or desktop[2] <= box[0] or box[3] <= desktop[1] or desktop[3] <= box[1]
    return None if apart else (columns[0], rows[0], columns[1], rows[1])


def holds(box: Box, x: int, y: int) -> bool:
    """Whether a pixel is in a box."""
    return x in range(box[0], box[2]) and y in range(box[1], box[3])


def upright(mode: tuple[int, int], rotation: int) -> tuple[int, int]:
    """The width and height of a monitor of that mode, turned by so many degrees."""
    return mode if rotation % 180 == 0 else (mode[1], mode[0])


def pixel_of_logical(at: float, corner: int, scale: Fraction, first: int) -> int:
    """The pixel, on a monitor whose first is `first`, that holds a logical place, of which `1/scale` is one pixel long."""
    steps, rest = divmod(Fraction(at) - corner, 1 / scale)
    assert rest >= 0
    return first + int(steps)
