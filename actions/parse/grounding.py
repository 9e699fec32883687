"""Owns the dialect of grounding: JSON that says where things are, in `bbox_2d`, `point_2d` or `bbox_3d`.

What is pointed out is an answer. It never becomes a click, because where something is does not say what to do with it.
"""

from __future__ import annotations

from typing import Final

from actions.errors import ParseError
from actions.geometry import GRID
from actions.parse.bare import Found
from actions.parse.literal import CutOff, is_writable, shown
from actions.parse.place import Number, is_unit, number_of
from actions.parse.turn import Place, Scale

_KEYS: Final = ("bbox_2d", "point_2d", "bbox_3d")
_CUT_OFF: Final = "The list of places is cut off: write it again, with fewer places."
_FURTHEST: Final = 1e6


def places_in(found: list[Found]) -> tuple[Place, ...]:
    """What a reply without calls points out; nothing where it holds no grounding JSON.

    Raises:
        ParseError: a place has not the numbers that it should have, or they mean two things.
    """
    places: list[Place] = []
    for value in found:
        if value.key in _KEYS:
            raise ParseError(_CUT_OFF if isinstance(value.trouble, CutOff) else str(value.trouble)) from value.trouble
        items = value.value if isinstance(value.value, list) else [value.value]
        mine = [item for item in items if isinstance(item, dict) and any(key in item for key in _KEYS)]
        if mine and len(mine) < len(items):
            raise ParseError(f"Every place needs one of {', '.join(_KEYS)}.")
        places += [_place(item) for item in mine]
    return tuple(places)


def _place(item: dict[str, object]) -> Place:
    keys = [key for key in _KEYS if key in item]
    if len(keys) > 1:
        raise ParseError(f"A place is one of {' and '.join(keys)}: write them apart.")
    label = item.get("label", item.get("text_content", ""))
    if not isinstance(label, str) or not is_writable(label):
        raise ParseError('The "label" of a place is a string.')
    if keys[0] == "bbox_3d":
        return Place("box_3d", _numbers(item, "bbox_3d", 9), "metres", label)
    if keys[0] == "bbox_2d":
        numbers = _numbers(item, "bbox_2d", 4)
        return Place("box", numbers, _scale(numbers), label)
    numbers = _numbers(item, "point_2d", 2)
    return Place("point", numbers, _scale(numbers), label)


def _numbers(item: dict[str, object], key: str, count: int) -> tuple[Number, ...]:
    given = item[key]
    numbers = [number_of(value) for value in given] if isinstance(given, list) else []
    known = tuple(number for number in numbers if number is not None and abs(number) <= _FURTHEST)
    if len(known) != count or len(numbers) != count:
        raise ParseError(f'"{key}" needs {count} numbers, not {shown(given)}.')
    return known


def _scale(numbers: tuple[Number, ...]) -> Scale:
    if not all(0 <= number <= GRID for number in numbers):
        raise ParseError(f"Places go from 0 to {GRID}.")
    if not is_unit(numbers):
        return "grid"
    if all(number in {0, 1} for number in numbers):
        raise ParseError(f"Places go from 0 to {GRID}: write whole numbers, or fractions that can be nothing else.")
    return "unit"
