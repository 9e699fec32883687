"""Owns the Frame: a picture of part of the desktop, where and when it was taken, and what differs between two.

A Shot is what the system gives, in its own order of colours: cheap to take and to compare. A Frame is what is kept.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Literal

from PIL import Image, ImageChops

from actions.geometry import Point, Rect, Size
from actions.scene import Scene


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """Pixels as the system gave them.

    Attributes:
        raw: rows from the top; nobody writes to them.
        order: of the bytes of one pixel; those called X mean nothing.
        view: the physical pixels of the desktop that it shows.
    """

    raw: bytes | bytearray = field(repr=False)
    order: Literal["RGB", "BGRX"]
    view: Rect

    def image(self) -> Image.Image:
        """The picture for PIL."""
        size = (self.view.width, self.view.height)
        return Image.frombuffer("RGB", size, self.raw, "raw", self.order, 0, 1)

    def rgb(self) -> bytes:
        """`3 * width * height` bytes."""
        return bytes(self.raw) if self.order == "RGB" else self.image().tobytes()

    def rows(self, first: int, count: int) -> Shot:
        """Some of its rows."""
        width = len(self.order) * self.view.width
        view = Rect(self.view.left, self.view.top + first, self.view.width, count)
        return Shot(self.raw[first * width : (first + count) * width], self.order, view)

    def part(self, region: Rect) -> Image.Image:
        """The picture of a region inside the view; costs as much as the region's rows."""
        rows = self.rows(region.top - self.view.top, region.height).image()
        left = region.left - self.view.left
        return rows.crop((left, 0, left + region.width, region.height))


@dataclass(frozen=True, slots=True)
class Frame:
    """A capture; equal to another when its pixels, place and size are.

    Attributes:
        rgb: `3 * width * height` bytes, rows from the top.
        view: the physical pixels of the desktop that it shows; the picture has exactly that size.
        taken_at: seconds since the epoch.
        digest: BLAKE2b of size and pixels, 32 hex digits; the name under which caches and stores know the picture.
        active: the system's identifier of the window that had the keyboard, where that is known.
        scene: how the desktop stood just before, where that is known.
        pointer: where the pointer was, where that is known.
    """

    rgb: bytes = field(repr=False, compare=False)
    view: Rect
    taken_at: float = field(compare=False)
    digest: str
    active: int | None = field(default=None, compare=False)
    scene: Scene | None = field(default=None, compare=False)
    pointer: Point | None = field(default=None, compare=False)

    @property
    def size(self) -> Size:
        """Width and height in pixels."""
        return self.view.size

    def image(self) -> Image.Image:
        """The picture for PIL."""
        return self.shot().image()

    def shot(self) -> Shot:
        """The same pixels as a shot, without a copy."""
        return Shot(self.rgb, "RGB", self.view)


def frame_from_rgb(
    rgb: bytes, view: Rect, taken_at: float, active: int | None = None, scene: Scene | None = None
) -> Frame:
    """A frame of raw pixels.

    Raises:
        ValueError: the number of bytes does not fit the view.
    """
    if len(rgb) != 3 * view.width * view.height:
        raise ValueError(f"{len(rgb)} bytes cannot be {view.width}×{view.height} RGB pixels")
    head = f"{view.width}x{view.height}:".encode()
    digest = hashlib.blake2b(head, digest_size=16)
    digest.update(rgb)
    return Frame(rgb, view, taken_at, digest.hexdigest(), active, scene)


def changed_region(before: Shot, after: Shot) -> Rect | None:
    """The smallest rectangle of desktop pixels in which two shots of one view and order differ, or None."""
    if before.raw == after.raw:
        return None
    width = len(before.order) * before.view.width
    ends = range(width, len(before.raw) + width, width)
    rows = [row for row, end in enumerate(ends) if before.raw[end - width : end] != after.raw[end - width : end]]
    # Only the rows that differ become pictures: a blinking cursor is a small part of a screen.
    first, count = rows[0], rows[-1] - rows[0] + 1
    earlier, later = before.rows(first, count), after.rows(first, count)
    return changed_box(earlier.image(), later.image(), later.view)


def changed_box(before: Image.Image, after: Image.Image, view: Rect) -> Rect | None:
    """The smallest rectangle of desktop pixels in which two pictures of one view differ, or None."""
    if not (box := ImageChops.difference(before, after).getbbox()):
        return None
    return Rect(view.left + box[0], view.top + box[1], box[2] - box[0], box[3] - box[1])


def is_blink(region: Rect | None) -> bool:
    """Whether no more changed than a text cursor does, which comes and goes without anything having happened."""
    return region is None or (region.width <= 4 and region.height <= 48)
