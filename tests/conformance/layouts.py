"""Random desktops, what is captured of them, how the picture is resized, and a place that a model writes."""

from __future__ import annotations

import random
from dataclasses import dataclass
from fractions import Fraction

from oracle import Box, all_of, upright

MODES = [(640, 480), (1024, 768), (1280, 800), (1366, 768), (1920, 1080), (2560, 1440), (3440, 1440), (3840, 2160)]
WHOLE, BROKEN = ("1", "2", "3"), ("1.25", "1.5", "1.75", "2.25", "1.1", "2.6")
KINDS = ("desktop", "monitor", "window", "region")
RESIZES = ("none", "smaller", "larger")
UNITS = ("grid", "pixel", "unit")


@dataclass(frozen=True)
class Screen:
    """A monitor: its upright box in pixels, its scale, and its top left in logical points."""

    box: Box
    scale: Fraction
    corner: tuple[int, int]


@dataclass(frozen=True)
class Case:
    """One thing to get right: `written` are the two numbers of a model that saw `seen` pixels of the capture `kind`."""

    screens: tuple[Screen, ...]
    kind: str
    which: int
    box: Box
    resize: str
    factor: Fraction
    units: str
    dice: tuple[float, float]

    @property
    def scales(self) -> str:
        """Which kind of scales its monitors have."""
        scales = {screen.scale for screen in self.screens}
        if scales == {Fraction(1)}:
            return "1"
        if len(scales) > 1:
            return "mixed"
        return "whole" if scales.pop().denominator == 1 else "fractional"

    def seen(self, shown: tuple[int, int]) -> tuple[int, int]:
        """The picture's size after the resize, in steps as models want it: no exact multiple of what was shown."""
        if self.resize == "none":
            return shown
        width, height = (max(1, int(length * self.factor) // 32 * 32) for length in shown)
        return width, height

    def written(self, seen: tuple[int, int]) -> tuple[str, str]:
        """What the model writes, corners and edges among it."""
        return _number(self.units, self.dice[0], seen[0]), _number(self.units, self.dice[1], seen[1])


def _number(units: str, die: float, length: int) -> str:
    # A tenth of the dice stand for each end.
    part = min(1.0, max(0.0, (die - 0.1) / 0.8))
    match units:
        case "grid":
            return str(round(1000 * part))
        case "pixel":
            return str(round((length - 1) * part))
        case _:
            return f"{part:.{int(die * 1e6) % 5 + 1}f}"


def random_case(rng: random.Random) -> Case:
    """Any case at all."""
    screens = _screens(rng)
    desktop = all_of([screen.box for screen in screens])
    resize = rng.choice(RESIZES)
    factors = {"none": (1, 1), "smaller": (0.1, 1), "larger": (1, 3)}
    return Case(
        screens,
        rng.choice(KINDS),
        rng.randrange(len(screens)),
        _somewhere_on(desktop, rng),
        resize,
        Fraction(rng.uniform(*factors[resize])).limit_denominator(997),
        rng.choice(UNITS),
        (rng.random(), rng.random()),
    )


def _screens(rng: random.Random) -> tuple[Screen, ...]:
    """Monitors in a row or a column, each shifted a little; the desktop begins anywhere, often at negative places."""
    count, across = rng.choice((1, 1, 2, 2, 3, 4)), rng.random() < 0.6
    common = rng.choice((*WHOLE, *BROKEN))
    mixed = rng.random() < 0.5
    x, y = rng.choice(((0, 0), (rng.randint(-8000, 3000), rng.randint(-8000, 3000))))
    point = [rng.randint(-4000, 4000), rng.randint(-4000, 4000)]
    screens = []
    for _ in range(count):
        width, height = upright(rng.choice(MODES), rng.choice((0, 0, 0, 90, 180, 270)))
        scale = Fraction(rng.choice((*WHOLE, *BROKEN)) if mixed else common)
        screens.append(Screen((x, y, x + width, y + height), scale, (point[0], point[1])))
        shift = rng.randint(-600, 600)
        x, y = (x + width, y + shift) if across else (x + shift, y + height)
        # In logical points no monitor may lie over another either.
        point[0 if across else 1] += -(-max(width, height) // scale)
    rng.shuffle(screens)
    return tuple(screens)


def _somewhere_on(desktop: Box, rng: random.Random) -> Box:
    """A box that hangs over the desktop's edge now and then."""
    width, height = rng.choice((1, 31, 352, 800, 1999)), rng.choice((1, 17, 256, 600, 1501))
    left = rng.randint(desktop[0] - width + 1, desktop[2] - 1)
    top = rng.randint(desktop[1] - height + 1, desktop[3] - 1)
    return left, top, left + width, top + height
