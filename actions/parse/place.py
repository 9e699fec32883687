"""Owns reading where something is: a point or a box, in numbers or in words, to a point on the model's grid.

A box means its middle. A number may be a string. Fractions from 0 to 1 are refused from a model that counts otherwise: on
its grid they would all be the upper left corner, which is not what they mean.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Final

from actions.errors import ParseError
from actions.geometry import GRID, Coordinates, GridPoint
from actions.parse.literal import number_from

Number = int | float

NOT_0_TO_1: Final = f"Coordinates go from 0 to {GRID}, not from 0 to 1."

_LONGEST: Final = 160
"""Characters of a place in words; more are no place."""
_WRAPPED: Final = re.compile(
    r"<\|box_start\|>(?P<a>[^<]*+)<\|box_end\|>|<point>(?P<b>[^<]*+)</point>|<bbox>(?P<c>[^<]*+)</bbox>|(?P<d>[^<]*+)"
)
_BRACKETS: Final = re.compile(r"\((?P<round>[^()\[\]]*+)\)|\[(?P<square>[^()\[\]]*+)\]|(?P<bare>[^()\[\]]*+)")
_CORNERS: Final = re.compile(r"[(\[]([^()\[\]]*+)[)\]]\s*+,?\s*+[(\[]([^()\[\]]*+)[)\]]")
_BETWEEN: Final = re.compile(r"\s*+,\s*+|\s++")
_NARROW: Final = str.maketrans("（）［］，　", "()[], ")


def grid_point(value: object, coordinates: Coordinates) -> GridPoint | None:
    """The place that a value of a call means, or None where it means none, or one outside the picture.

    Raises:
        ParseError: the numbers lie between 0 and 1; the sentence says so.
    """
    numbers = _numbers_in(value)
    if numbers is None:
        return None
    if coordinates.units != "unit" and is_unit(numbers):
        raise ParseError(NOT_0_TO_1 if coordinates.units == "grid" else f"Write {coordinates.words}.")
    try:
        if coordinates.units == "unit":
            return coordinates.grid_point(_half_way(numbers[0::2]), _half_way(numbers[1::2]))
        # Each corner of a box, and a number between two that are whole, must lie in the picture itself.
        for corner in zip(numbers[0::2], numbers[1::2], strict=True):
            coordinates.grid_point(*(math.ceil(number) if number > 0 else math.floor(number) for number in corner))
        return coordinates.grid_point(_middle(numbers[0::2]), _middle(numbers[1::2]))
    except ValueError:
        return None


def is_unit(numbers: tuple[Number, ...]) -> bool:
    """Whether numbers are fractions of the picture: all from 0 to 1, written as fractions, and not all 0."""
    written = any(isinstance(number, float) for number in numbers)
    return written and any(numbers) and all(0 <= number <= 1 for number in numbers)


def number_of(value: object) -> Number | None:
    """The number that a value is, or that is written in it."""
    if isinstance(value, str):
        return number_from(value.strip()) if len(value) <= _LONGEST else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _numbers_in(value: object) -> tuple[Number, ...] | None:
    """The two numbers of a point, or the four of a box."""
    match value:
        case str():
            return numbers_in_words(value)
        case [[_, _] as first, [_, _] as second]:
            given = [*first, *second]
        case [_, _] | [_, _, _, _]:
            given = list(value)
        case _:
            return None
    numbers = [number_of(item) for item in given]
    known = tuple(number for number in numbers if number is not None)
    return known if len(known) == len(given) else None


def numbers_in_words(words: str) -> tuple[Number, ...] | None:
    """The numbers of a place such as `(512, 377)`, `[1, 2, 3, 4]` or `<point>512 377</point>`; None for anything else."""
    if len(words) > _LONGEST:
        return None
    wrapped = _WRAPPED.fullmatch(words.translate(_NARROW).strip())
    inner = next((group for group in wrapped.groups() if group is not None), "").strip() if wrapped else ""
    if corners := _CORNERS.fullmatch(inner):
        parts = [part for corner in corners.groups() for part in _BETWEEN.split(corner.strip())]
    elif bracketed := _BRACKETS.fullmatch(inner):
        parts = _BETWEEN.split(next((group for group in bracketed.groups() if group is not None), "").strip())
    else:
        return None
    return _numbers_in(parts) if len(parts) in {2, 4} else None


def _half_way(ends: tuple[Number, ...]) -> Fraction:
    """The middle, of the decimals that were written."""
    return (Fraction(str(ends[0])) + Fraction(str(ends[-1]))) / 2


def _middle(ends: tuple[Number, ...]) -> int:
    """The whole number nearest to the middle; of two the smaller."""
    return math.ceil((ends[0] + ends[-1]) / 2 - 0.5)
