"""The specification of a desk, drawn from a seed as pure data: what stands where, and what it is called."""

import hashlib
from dataclasses import dataclass
from random import Random
from typing import Literal, NamedTuple

from app.practice import words

WIDTH, HEIGHT = 352, 256
"""Client area of the window in physical pixels: 11 x 8 of the model's merged tokens of 32 pixels."""
LETTER = 8
"""Width of every letter of the desk's font in pixels."""
BAR_HEIGHT = 20
STATUS_TOP = 236
_BODY_TOP, _BODY_BOTTOM, _MARGIN = 28, 230, 8
_ROW_HEIGHT, _BUTTON_HEIGHT, _CHECK_HEIGHT, _FIELD_HEIGHT = 21, 26, 22, 24

Kind = Literal["button", "check", "field", "row", "menu", "item"]


class Box(NamedTuple):
    """A rectangle in pixels of the window's client area."""

    x: int
    y: int
    w: int
    h: int

    def holds(self, x: int, y: int) -> bool:
        """Whether the pixel lies inside."""
        return self.x <= x < self.x + self.w and self.y <= y < self.y + self.h

    def meets(self, other: "Box") -> bool:
        """Whether the two share a pixel."""
        return (
            self.x < other.x + other.w
            and other.x < self.x + self.w
            and self.y < other.y + other.h
            and other.y < self.y + self.h
        )

    @property
    def centre(self) -> tuple[int, int]:
        """The pixel in the middle."""
        return self.x + self.w // 2, self.y + self.h // 2


@dataclass(frozen=True, slots=True)
class Target:
    """Something to click: `box` is what a click must hit, `area` is that with its label."""

    kind: Kind
    label: str
    box: Box
    area: Box


@dataclass(frozen=True, slots=True)
class MenuSpec:
    """One title of the menu bar and the items that its popup holds."""

    title: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeskSpec:
    """A whole desk: buttons, check boxes and fields where they stand, one list, the menu bar."""

    targets: tuple[Target, ...]
    list_box: Box
    row_height: int
    rows: tuple[str, ...]
    menus: tuple[MenuSpec, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Every word on the desk that can be asked for."""
        menus = [word for menu in self.menus for word in (menu.title, *menu.items)]
        return (*(target.label for target in self.targets), *self.rows, *menus)


def training_seed(*parts: object) -> int:
    """An even 63-bit number mixed from `parts`: desks that training may see. `held_out_seed` gives the odd ones."""
    return _mixed(*parts) & ~1


def held_out_seed(*parts: object) -> int:
    """An odd 63-bit number mixed from `parts`: desks for play and evaluation, which training never sees."""
    return _mixed(*parts) | 1


def _mixed(*parts: object) -> int:
    text = "/".join(str(part) for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 1


def desk_spec(rng: Random) -> DeskSpec:
    """Draw a desk. Equal states of `rng` give equal desks."""
    menus = _menus(rng)
    taken = [word for menu in menus for word in (menu.title, *menu.items)]
    row_count = rng.randint(3, 4)
    kinds = _kinds(rng)
    names = words.labels(rng, row_count + len(kinds), taken)
    rows, names = tuple(names[:row_count]), names[row_count:]
    list_width = rng.randint(92, 120)
    gutter = rng.randint(12, 20)
    list_left = rng.random() < 0.5
    slack = WIDTH - 2 * _MARGIN - list_width - gutter - _WIDE
    shift = rng.randint(0, slack)
    list_x, wide_x = (shift, shift + list_width + gutter) if list_left else (shift + _WIDE + gutter, shift)
    narrow, wide = _share_out(rng, list(zip(kinds, names, strict=True)))
    list_height = row_count * _ROW_HEIGHT + 2
    list_y, narrow_targets = _narrow_column(rng, narrow, _MARGIN + list_x, list_width, list_height)
    wide_targets = _wide_column(rng, wide, _MARGIN + wide_x)
    box = Box(_MARGIN + list_x, list_y, list_width, list_height)
    return DeskSpec((*narrow_targets, *wide_targets), box, _ROW_HEIGHT, rows, menus)


_WIDE = 188
"""Width of the column of fields: a label of eight letters, a gap, and room for a word of eight letters to be typed."""

_Named = tuple[Kind, str]


def _menus(rng: Random) -> tuple[MenuSpec, ...]:
    sizes = [rng.randint(3, 4) for _ in range(rng.randint(2, 3))]
    names = iter(words.labels(rng, len(sizes) + sum(sizes)))
    return tuple(MenuSpec(next(names), tuple(next(names) for _ in range(size))) for size in sizes)


def _kinds(rng: Random) -> list[Kind]:
    """At least one of each kind, four to seven in all, at most three fields."""
    kinds: list[Kind] = ["button", "check", "field"]
    for _ in range(rng.randint(1, 4)):
        kinds.append(rng.choice(("button", "check", "field") if kinds.count("field") < 3 else ("button", "check")))
    rng.shuffle(kinds)
    return kinds


def _share_out(rng: Random, named: list[_Named]) -> tuple[list[_Named], list[_Named]]:
    """One to three buttons and check boxes go under or over the list, the rest stands in the wide column."""
    small = [item for item in named if item[0] != "field"]
    narrow = small[: rng.randint(1, min(3, len(small)))]
    return narrow, [item for item in named if item not in narrow]


def _stack(rng: Random, heights: list[int]) -> list[int]:
    """Tops of shelves of the given heights, at least six pixels apart, freely spread over the body."""
    slack = _BODY_BOTTOM - _BODY_TOP - sum(heights) - 6 * (len(heights) - 1)
    top, tops = _BODY_TOP, []
    for height in heights:
        free = rng.randint(0, min(slack, 24))
        slack -= free
        tops.append(top + free)
        top += free + height + 6
    extra = rng.randint(0, slack) if rng.random() < 0.5 else 0
    return [top + extra for top in tops]


_HEIGHTS: dict[Kind, int] = {"button": _BUTTON_HEIGHT, "check": _CHECK_HEIGHT, "field": _FIELD_HEIGHT}


def _narrow_column(rng: Random, named: list[_Named], x: int, width: int, list_height: int) -> tuple[int, list[Target]]:
    """Place the column -> (top of the list, the targets above and below it)."""
    place = rng.randint(0, len(named))
    heights = [_HEIGHTS[kind] for kind, _ in named]
    heights.insert(place, list_height)
    tops = _stack(rng, heights)
    list_top = tops.pop(place)
    targets = []
    for (kind, label), top in zip(named, tops, strict=True):
        own = _small_width(rng, kind, label, width)
        targets.append(_small(kind, label, x + (rng.randint(0, width - own) if rng.random() < 0.4 else 0), top, own))
    return list_top, targets


def _wide_column(rng: Random, named: list[_Named], x: int) -> list[Target]:
    shelves = _shelves(rng, named)
    tops = _stack(rng, [max(_HEIGHTS[kind] for kind, _ in shelf) for shelf in shelves])
    longest = max((len(label) for kind, label in named if kind == "field"), default=0)
    aligned, edit_width = rng.random() < 0.6, rng.randint(84, 108)
    targets = []
    for shelf, top in zip(shelves, tops, strict=True):
        if shelf[0][0] == "field":
            label = shelf[0][1]
            targets.append(_field(label, x, top, LETTER * (longest if aligned else len(label)) + 8, edit_width))
        else:
            targets.extend(_pair(rng, shelf, x, top))
    return targets


def _shelves(rng: Random, named: list[_Named]) -> list[list[_Named]]:
    """A field has a shelf of its own; buttons and check boxes stand alone or two by two."""
    shelves = [[item] for item in named if item[0] == "field"]
    small = [item for item in named if item[0] != "field"]
    while small:
        size = 2 if len(small) > 1 and rng.random() < 0.6 else 1
        shelves.append(small[:size])
        small = small[size:]
    rng.shuffle(shelves)
    return shelves


def _pair(rng: Random, shelf: list[_Named], x: int, top: int) -> list[Target]:
    right, targets = x + _WIDE, []
    height = max(_HEIGHTS[kind] for kind, _ in shelf)
    room = (_WIDE - 8 * (len(shelf) - 1)) // len(shelf)
    for index, (kind, label) in enumerate(shelf):
        width = _small_width(rng, kind, label, room)
        rest = (len(shelf) - 1 - index) * (room + 8)
        x += rng.randint(0, right - rest - width - x) if rng.random() < 0.4 else 0
        targets.append(_small(kind, label, x, top + (height - _HEIGHTS[kind]) // 2, width))
        x += width + 8
    return targets


def _small_width(rng: Random, kind: Kind, label: str, room: int) -> int:
    if kind == "check":
        return min(room, 20 + LETTER * len(label) + 2)
    return min(room, max(52, LETTER * len(label) + rng.randint(18, 36)))


def _small(kind: Kind, label: str, x: int, y: int, width: int) -> Target:
    box = Box(x, y, width, _HEIGHTS[kind])
    return Target(kind, label, box, box)


def _field(label: str, x: int, y: int, edit_at: int, edit_width: int) -> Target:
    box = Box(x + edit_at, y, edit_width, _FIELD_HEIGHT)
    return Target("field", label, box, Box(x, y, edit_at + edit_width, _FIELD_HEIGHT))
