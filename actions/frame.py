"""Owns the Frame: a picture of part of the desktop, and where and when it was taken."""

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
    """

    rgb: bytes = field(repr=False, compare=False)
    view: Rect
    taken_at: float = field(compare=False)
    digest: str

    @property
    def size(self) -> Size:
        """Width and height in pixels."""
        return self.view.size

    def image(self) -> Image.Image:
        """The picture for PIL, without a copy of the pixels."""
        return Image.frombuffer("RGB", (self.view.width, self.view.height), self.rgb, "raw", "RGB", 0, 1)


def frame_from_rgb(rgb: bytes, view: Rect, taken_at: float) -> Frame:
    """A frame of raw pixels.

    Raises:
        ValueError: the number of bytes does not fit the view.
    """
    if len(rgb) != 3 * view.width * view.height:
        raise ValueError(f"{len(rgb)} bytes cannot be {view.width}×{view.height} RGB pixels")
    head = f"{view.width}x{view.height}:".encode()
    return Frame(rgb, view, taken_at, hashlib.blake2b(head + rgb, digest_size=16).hexdigest())


def changed_region(before: Frame, after: Frame) -> Rect | None:
    """The smallest rectangle of desktop pixels that differ, or None. Frames of different views differ everywhere."""
    if before.view != after.view:
        return after.view
    if before.digest == after.digest:
        return None
    left, top, right, bottom = ImageChops.difference(before.image(), after.image()).getbbox() or (0, 0, 0, 0)
    return Rect(after.view.left + left, after.view.top + top, right - left, bottom - top) if right else None
