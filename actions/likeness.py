"""Owns whether what is at a place still looks as it was seen: which pixels belong to it, and which changes are harmless."""

from __future__ import annotations

from typing import Final

from PIL import Image, ImageChops

from actions.frame import Shot
from actions.geometry import Point, Rect

_Box = tuple[int, int, int, int]
"""left, top, right, bottom, the last two being outside."""

REACH: Final = 12
"""Pixels to each side of a place that belong to what is there: about the size of the smallest icon."""
_WIDE, _TALL = 160, 32
"""Pixels to each side within which a control's edges are looked for, and a label is followed."""
_SMALLEST: Final = 16
"""Pixels that a control has at least inside its edge; what is smaller may be a letter's own inside."""
_GAP: Final = 8
"""Pixels without anything drawn that end a label: more than between two words, less than between two controls."""
_EDGE: Final = 24
"""How much lighter or darker, of 255, the next pixel is where something is drawn."""
_DRAWN: Final = [255 * (value > _EDGE) for value in range(256)]
_LINE: Final = 216
"""How much of a line, of 255, is drawn where it is an edge: a control's corners may be round."""
_SHADE: Final = 48
"""A colour that moves by less, of 255, is the shade of something the pointer hovers over, not something else."""
_CARET: Final = (4, 48)
"""The largest text cursor."""
_OTHER: Final = [255 * (value > _SHADE) for value in range(256)]
_FULL: Final = 0.8
"""How much of a text cursor's own rectangle it fills at least; no letter does."""


def extent(seen: Shot, at: Point) -> Rect | None:
    """The pixels of what is at a place: the inside of a button or field, or else the words that run through there.

    A change of one letter at a long label's end makes another button of it, while a clock beside the button does not. A
    control's own edge, which is another when the pointer hovers over it, is left out.
    """
    around = seen.view.intersection(Rect(at.x - _WIDE, at.y - _TALL, 2 * _WIDE + 1, 2 * _TALL + 1))
    if around is None:
        return None
    drawn, x, y = _Drawn(seen.part(around)), at.x - around.left, at.y - around.top
    left, top, right, bottom = _inside(drawn, x, y) or _words(drawn, x, y)
    return Rect(around.left + left, around.top + top, right - left, bottom - top)


def alike(seen: Image.Image, now: Image.Image) -> bool:
    """Whether two pictures of one place differ by nothing, by a shade, or by a text cursor that came or went."""
    red, green, blue = ImageChops.difference(seen, now).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    changed = most.point(_OTHER)
    if not (box := changed.getbbox()):
        return True
    width, height = box[2] - box[0], box[3] - box[1]
    if width > _CARET[0] or not 2 * width < height <= _CARET[1]:
        return False
    return changed.crop(box).histogram()[255] >= _FULL * width * height


class _Drawn:
    """Where something is drawn in a picture: at the left side of each pixel, and at its upper side."""

    def __init__(self, picture: Image.Image) -> None:
        grey = picture.convert("L")
        self.width, self.height = grey.size
        self._left, self._upper = _steps(grey, 1, 0), _steps(grey, 0, 1)

    def columns(self, top: int, bottom: int) -> bytes:
        """Of each column between two rows, how much is drawn at its left side; from `_LINE` on it is a line."""
        part = self._left.crop((0, top, self.width, bottom))
        return part.resize((self.width, 1), Image.Resampling.BOX).tobytes()

    def rows(self, left: int, right: int) -> bytes:
        """The same of each row between two columns, at its upper side."""
        part = self._upper.crop((max(0, left), 0, min(right, self.width), self.height))
        return part.resize((1, self.height), Image.Resampling.BOX).tobytes()


def _steps(grey: Image.Image, x: int, y: int) -> Image.Image:
    steps = ImageChops.difference(grey, ImageChops.offset(grey, x, y)).point(_DRAWN)
    # The offset brings in the other side there.
    steps.paste(0, (0, 0, x or grey.width, y or grey.height))
    return steps


def _inside(drawn: _Drawn, x: int, y: int) -> _Box | None:
    """The inside of the control whose edge runs all around a place, if there is such an edge."""
    # Near a corner, lines are to be seen to one side only, and in a small control only near.
    for before, after in ((REACH, REACH), (0, REACH), (REACH, 0), (0, 4), (4, 0)):
        box: _Box | None = (x - before, y, x + after + 1, y)
        # Twice: of the lines found first only the ends may be seen, or their outer sides.
        for _ in range(2):
            box = box and _narrowed(drawn, box, x, y)
        if box and min(box[2] - box[0], box[3] - box[1]) >= _SMALLEST:
            return box
    return None


def _narrowed(drawn: _Drawn, box: _Box, x: int, y: int) -> _Box | None:
    """What is between the lines that run along the whole of a box's columns, and of what is between those its rows."""
    top, bottom = _between_lines(drawn.rows(box[0], box[2]), y)
    if top is None or bottom is None:
        return None
    left, right = _between_lines(drawn.columns(top, bottom), x)
    return None if left is None or right is None else (left, top, right, bottom)


def _words(drawn: _Drawn, x: int, y: int) -> _Box:
    """The words that run through a place, and `REACH` around it at least unless a line is met."""
    top, bottom = _between_lines(drawn.rows(x - REACH, x + REACH + 1), y)
    top, bottom = max(0, y - REACH, top or 0), min(drawn.height, y + REACH + 1, bottom or drawn.height)
    columns = drawn.columns(top, bottom)
    left, right = x - _followed(columns[x::-1]), x + 1 + _followed(columns[x + 1 :])
    return max(0, left), top, min(drawn.width, right), bottom


def _followed(columns: bytes) -> int:
    """How many of these columns words run through, or would if one more were added."""
    last = 0
    for count, mark in enumerate(columns):
        if mark >= _LINE:
            return count
        if count >= max(last + _GAP - 1, REACH):
            break
        if mark:
            last = count + 1
    return max(last + _GAP - 1, REACH)


def _between_lines(marks: bytes, middle: int) -> tuple[int | None, int | None]:
    """Where it begins after the nearest line before the middle, and where it ends before the nearest one after it."""
    begin = next((at for at in range(middle, -1, -1) if marks[at] >= _LINE), None)
    end = next((at for at in range(middle + 1, len(marks)) if marks[at] >= _LINE), None)
    return begin, end
