"""Owns the door to macOS: pyobjc's modules, and the screens as Quartz tells them.

Quartz Display Services: CGGetActiveDisplayList, CGDisplayBounds (points), CGDisplayModeGetPixelWidth (pixels).
"""

from __future__ import annotations

import types
from dataclasses import dataclass
from typing import Final

from actions.backends.points import Display, Place
from actions.errors import CaptureError, NoDesktop
from actions.geometry import Size

_MOST: Final = 32


@dataclass(frozen=True, slots=True)
class Frameworks:
    """What is used of macOS: Quartz (screens, windows, events), AppKit (hit tests, applications), HIServices (trust)."""

    quartz: types.ModuleType
    appkit: types.ModuleType
    services: types.ModuleType


def frameworks() -> Frameworks:
    """What pyobjc gives of macOS.

    Raises:
        NoDesktop: this is not macOS, or pyobjc is missing.
    """
    try:
        import AppKit
        import HIServices
        import Quartz
    except ImportError as error:
        raise NoDesktop(f"macOS cannot be reached: {error}. Install Deskhand again: pyobjc is missing.") from error
    return Frameworks(Quartz, AppKit, HIServices)


def displays(quartz: types.ModuleType) -> tuple[Display, ...]:
    """The screens as they are now.

    Raises:
        CaptureError: macOS does not tell them.
    """
    failed, numbers, count = quartz.CGGetActiveDisplayList(_MOST, None, None)
    found = [] if failed else [_display(quartz, number) for number in tuple(numbers)[:count]]
    if not found:
        raise CaptureError("macOS tells of no screen: switch one on, or open the lid.")
    return tuple(found)


def place_of(bounds: tuple[tuple[float, float], tuple[float, float]]) -> Place:
    """A CGRect, as pyobjc gives it, in our words."""
    (left, top), (width, height) = bounds
    return Place(left, top, width, height)


def _display(quartz: types.ModuleType, number: int) -> Display:
    mode = quartz.CGDisplayCopyDisplayMode(number)
    place = place_of(quartz.CGDisplayBounds(number))
    pixels = Size(quartz.CGDisplayModeGetPixelWidth(mode), quartz.CGDisplayModeGetPixelHeight(mode))
    if (pixels.width > pixels.height) != (place.width > place.height):  # a screen on its side, whose mode may lie flat
        pixels = Size(pixels.height, pixels.width)
    return Display(number, place, pixels, main=number == quartz.CGMainDisplayID())
