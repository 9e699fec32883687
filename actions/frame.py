"""Owns the Frame: a picture of part of the desktop, where and when it was taken, and what differs between two."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from PIL import Image, ImageChops

from actions.geometry import Rect, Size


@dataclass(frozen=True, slots=True)
class Frame:
    """A capture; equal to another when its pixels, place and size are.

    Attributes:
        rgb: `3 * width * height` bytes, rows from the top.
        view: the physical pixels of the desktop that it shows; the picture has exactly that size.
        taken_at: seconds since the epoch.
        digest: BLAKE2b of size and pixels, 32 hex digits; the name under which caches and stores know the picture.
        active: the system's identifier of the window that had the keyboard, where that is known.
    """

    rgb: bytes = field(repr=False, compare=False)
    view: Rect
    taken_at: float = field(compare=False)
    digest: str
    active: int | None = field(default=None, compare=False)

    @property
    def size(self) -> Size:
        """Width and height in pixels."""
        return self.view.size

    def image(self) -> Image.Image:
        """The picture for PIL, without a copy of the pixels."""
        return image_from_rgb(self.rgb, self.view)


def image_from_rgb(rgb: bytes, view: Rect) -> Image.Image:
    """Raw pixels for PIL, without a copy."""
    return Image.frombuffer("RGB", (view.width, view.height), rgb, "raw", "RGB", 0, 1)


def frame_from_rgb(rgb: bytes, view: Rect, taken_at: float, active: int | None = None) -> Frame:
    """A frame of raw pixels.

    Raises:
        ValueError: the number of bytes does not fit the view.
    """
    if len(rgb) != 3 * view.width * view.height:
        raise ValueError(f"{len(rgb)} bytes cannot be {view.width}×{view.height} RGB pixels")
    head = f"{view.width}x{view.height}:".encode()
    return Frame(rgb, view, taken_at, hashlib.blake2b(head + rgb, digest_size=16).hexdigest(), active)


def changed_region(before: Frame, after: Frame) -> Rect | None:
    """The smallest rectangle of desktop pixels that differ, or None. Frames of different views differ everywhere."""
    if before.view != after.view:
        return after.view
    if before.digest == after.digest:
        return None
    return changed_box(before.image(), after.image(), before.view)


def changed_box(before: Image.Image, after: Image.Image, view: Rect, tolerance: int = 0) -> Rect | None:
    """The smallest rectangle of desktop pixels in which two pictures of one view differ, or None.

    A pixel differs when one of its colours does by more than `tolerance`, of 255.
    """
    difference = ImageChops.difference(before, after)
    if tolerance:
        difference = difference.point(lambda value: 255 * (value > tolerance))
    if not (box := difference.getbbox()):
        return None
    return Rect(view.left + box[0], view.top + box[1], box[2] - box[0], box[3] - box[1])


def is_blink(region: Rect | None) -> bool:
    """Whether no more changed than a text cursor does, which comes and goes without anything having happened."""
    return region is None or (region.width <= 4 and region.height <= 48)
