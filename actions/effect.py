"""Owns what an action changed on the screen, as far as two pictures tell."""

from __future__ import annotations

from typing import Final

from actions.action import Effect
from actions.frame import Frame, Shot, changed_region, is_blink
from actions.geometry import Point

NEAR: Final = 120
"""Pixels to each side of a place that count as near it."""


def effect(before: Frame, after: Frame, at: Point | None) -> Effect:
    """What differs between the pictures before and after an action at a place.

    A text cursor that blinks is nothing. For an action without a place, as of the keyboard, everything is near.
    """
    # A screen at rest shares its pixels with what was seen before.
    if before.rgb is after.rgb or is_blink(changed_region(before.shot(), after.shot())):
        return "nothing"
    region = before.view.around(at, NEAR) if at else None
    if region is None:
        return "near"
    earlier, later = (Shot(frame.shot().part(region).tobytes(), "RGB", region) for frame in (before, after))
    return "elsewhere" if is_blink(changed_region(earlier, later)) else "near"
