"""Owns the glass: the picture of the desktop as it is beneath our own windows.

What lies under a window is read where the Composite extension keeps it. Where that is missing the place is filled flat.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from actions.backends.x11 import reaching
from actions.backends.x11_own import Ours, outer
from actions.desktop import SEE_THROUGH, Screen
from actions.errors import CaptureError, NoDesktop
from actions.frame import Shot
from actions.geometry import Monitor, Point, Rect

if TYPE_CHECKING:
    from Xlib.xobject.drawable import Window as XWindow

_REPAINT: Final = 0.1
"""Seconds that programs get to paint what our windows hid when the server began to keep it."""
_TRIES: Final = 3
"""So often a picture is taken anew while our windows move."""
_FLAT: Final = b"\x80\x80\x80\x00"
_ALL: Final = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class _Layer:
    """A window on the root: its pixels with its border, how wide that is, and whether its colours have alpha."""

    window: XWindow
    rect: Rect
    border: int
    alpha: bool


class GlassScreen:
    """A screen on which our own windows are not to be seen.

    Args:
        screen: the real one.
        ours: which windows they are.
    """

    def __init__(self, screen: Screen, ours: Ours) -> None:
        self._screen, self._ours = screen, ours
        self._kept = False

    @property
    def name(self) -> str:
        """That of the real screen."""
        return self._screen.name

    def open(self) -> None:
        """Connect, and let the server keep what windows hide; raises NoDesktop."""
        self._screen.open()
        self._ours.open()
        with reaching(NoDesktop):
            self._kept = self._keep()
            if self._kept and self._ours.tops():
                time.sleep(_REPAINT)

    def capabilities(self) -> frozenset[str]:
        """What the real screen can, and whether it sees through our windows."""
        return self._screen.capabilities() | ({SEE_THROUGH} if self._kept else set())

    def close(self) -> None:
        """Let everything go; safe to call twice."""
        self._ours.close()
        self._screen.close()

    def monitors(self) -> tuple[Monitor, ...]:
        """The screens as they are now."""
        return self._screen.monitors()

    def grab(self, view: Rect) -> Shot:
        """That part of the desktop without our windows; raises CaptureError."""
        before, shot, now = self._ours.tops(), self._screen.grab(view), self._ours.tops()
        tries = _TRIES
        while now != before and (tries := tries - 1):
            before, shot, now = now, self._screen.grab(view), self._ours.tops()
        # Where they never rest, they may be seen at either place.
        hidden = [part for part in {rect.intersection(view) for _, rect in (*before, *now)} if part]
        if not hidden:
            return shot
        with reaching(CaptureError):
            return self._seen_through(shot, hidden)

    def _keep(self) -> bool:
        """Ask the server to keep the pixels of every window on the root, also those that are hidden."""
        from Xlib.ext import composite

        display = self._ours.display
        if not display.query_extension("Composite"):
            return False
        # Beside a compositing manager, too: one that lets go of full-screen windows does not take them from us.
        display.composite_query_version()
        display.screen().root.composite_redirect_subwindows(composite.RedirectAutomatic)
        display.sync()
        return True

    def _seen_through(self, shot: Shot, hidden: Sequence[Rect]) -> Shot:
        """The shot with what lies beneath in place of these parts."""
        raw, width = bytearray(shot.raw), 4 * shot.view.width
        layers = self._layers() if self._kept else []
        for part in hidden:
            patch = self._beneath(part, layers) if self._kept else _FLAT * (part.width * part.height)
            row = 4 * part.width
            start = (part.top - shot.view.top) * width + 4 * (part.left - shot.view.left)
            for line in range(part.height):
                raw[start + line * width : start + line * width + row] = patch[line * row : (line + 1) * row]
        return Shot(raw, shot.order, shot.view)

    def _layers(self) -> list[_Layer]:
        """The windows on the root that show something and are not ours, the lowest first."""
        from Xlib import X, error
        from Xlib.protocol import request

        display, own = self._ours.display, {number for number, _ in self._ours.tops()}
        root = display.screen().root
        asked = [
            (
                child,
                request.GetWindowAttributes(display=root.display, defer=True, window=child.id),
                request.GetGeometry(display=root.display, defer=True, drawable=child.id),
            )
            for child in root.query_tree().children
            if child.id not in own
        ]
        found = []
        for window, attributes, place in asked:
            with contextlib.suppress(error.BadWindow, error.BadDrawable):  # it went away meanwhile
                attributes.reply()
                place.reply()
                if attributes.map_state == X.IsViewable and attributes.win_class == X.InputOutput:
                    found.append(_Layer(window, outer(place), place.border_width, place.depth == 32))
        return found

    def _beneath(self, area: Rect, layers: Sequence[_Layer]) -> bytearray:
        """The pixels of an area, painted from the lowest window up."""
        chosen: list[tuple[_Layer, tuple[Rect, ...]]] = []
        whole = False
        for layer in reversed(layers):
            if not whole and (part := layer.rect.intersection(area)):
                parts = _parts(layer)
                chosen.append((layer, parts))
                whole = part == area and not layer.alpha and parts == (layer.rect,)
        patch = bytearray(4 * area.width * area.height) if whole else self._background(area, layers)
        composited = any(layer.alpha for layer, _ in chosen) and self._is_composited()
        for layer, parts in reversed(chosen):
            part = layer.rect.intersection(area)
            if part is None or (pixels := self._pixels(layer, part)) is None:
                continue
            if layer.alpha and composited:
                pixels = _blended(pixels, patch, part, area)
            for shown in parts:
                if seen := shown.intersection(part):
                    _paste(patch, area, pixels, part, seen)
        return patch

    def _pixels(self, layer: _Layer, part: Rect) -> bytes | None:
        """What a window has at a part of the desktop, hidden or not; None if it went away."""
        from Xlib import X, error

        kept = layer.window.composite_name_window_pixmap()
        place = part.left - layer.rect.left, part.top - layer.rect.top
        try:
            image = kept.get_image(*place, part.width, part.height, X.ZPixmap, _ALL)
        except (error.BadDrawable, error.BadMatch, error.BadPixmap):
            return None
        finally:
            kept.free()
        return bytes(image.data)

    def _is_composited(self) -> bool:
        """Whether a compositing manager paints the screen, and with it what windows let shine through."""
        display = self._ours.display
        return bool(display.get_selection_owner(display.get_atom(f"_NET_WM_CM_S{display.get_default_screen()}")))

    def _background(self, area: Rect, layers: Sequence[_Layer]) -> bytearray:
        """The root's own pixels: its picture, if whoever set it says where that is, or else its colour."""
        from Xlib import X, error

        display = self._ours.display
        root = display.screen().root
        for name in ("_XROOTPMAP_ID", "ESETROOT_PMAP_ID"):
            said = root.get_full_property(display.get_atom(name), X.AnyPropertyType)
            if said and said.value[0]:
                picture = display.create_resource_object("pixmap", said.value[0])
                with contextlib.suppress(error.BadDrawable, error.BadMatch, error.BadPixmap):
                    image = picture.get_image(area.left, area.top, area.width, area.height, X.ZPixmap, _ALL)
                    return bytearray(image.data)
        return bytearray(self._colour(layers) * (area.width * area.height))

    def _colour(self, layers: Sequence[_Layer]) -> bytes:
        """What the root shows at a pixel that nothing covers."""
        from Xlib import X

        root = self._ours.display.screen().root
        size = root.get_geometry()
        covered = [layer.rect for layer in layers] + [rect for _, rect in self._ours.tops()]
        for x, y in _spots(size.width, size.height):
            if not any(rect.contains(Point(x, y)) for rect in covered):
                return bytes(root.get_image(x, y, 1, 1, X.ZPixmap, _ALL).data)
        return b"\0\0\0\0"


def _spots(width: int, height: int) -> Iterator[tuple[int, int]]:
    """Pixels from all over a screen, the corners first."""
    for steps in (1, 4, 16):
        for column in range(steps + 1):
            for row in range(steps + 1):
                yield (width - 1) * column // steps, (height - 1) * row // steps


def _parts(layer: _Layer) -> tuple[Rect, ...]:
    """The parts of a window that are there: all of it, unless it is shaped."""
    from Xlib import error
    from Xlib.ext import shape

    try:
        if not layer.window.shape_query_extents().bounding_shaped:
            return (layer.rect,)
        there = layer.window.shape_get_rectangles(shape.SK.Bounding).rectangles
    except error.BadWindow:  # it went away meanwhile
        return ()
    left, top = layer.rect.left + layer.border, layer.rect.top + layer.border
    return tuple(Rect(left + each.x, top + each.y, each.width, each.height) for each in there)


def _paste(patch: bytearray, area: Rect, pixels: bytes, part: Rect, seen: Rect) -> None:
    """Copy the pixels of a part of the area, as far as they are seen."""
    row = 4 * seen.width
    for y in range(seen.top, seen.bottom):
        at = 4 * ((y - area.top) * area.width + seen.left - area.left)
        start = 4 * ((y - part.top) * part.width + seen.left - part.left)
        patch[at : at + row] = pixels[start : start + row]


def _blended(pixels: bytes, patch: bytearray, part: Rect, area: Rect) -> bytes:
    """A window's pixels with what shines through them."""
    from PIL import Image

    box = (part.left - area.left, part.top - area.top, part.right - area.left, part.bottom - area.top)
    below = Image.frombuffer("RGB", (area.width, area.height), patch, "raw", "BGRX", 0, 1).crop(box).convert("RGBA")
    above = Image.frombuffer("RGBA", (part.width, part.height), pixels, "raw", "BGRa", 0, 1)
    return Image.alpha_composite(below, above).convert("RGB").tobytes("raw", "BGRX")
