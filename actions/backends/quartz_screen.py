"""Owns the eyes on macOS: mss takes the points, and what comes is cut and joined to the pixels that were asked for.

mss asks for as many pixels as points unless told otherwise (python-mss, issue 257: IMAGE_OPTIONS). It captures with
CGWindowListCreateImage, which Apple has deprecated but not taken away (issue 451).
"""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from actions.backends.mss_screen import MssScreen
from actions.backends.points import Cover, Display, cover, monitors_of
from actions.backends.quartz import displays, frameworks
from actions.errors import CaptureError, NoDesktop
from actions.frame import Shot
from actions.geometry import Monitor, Rect, bounds


def screens() -> tuple[Display, ...]:
    """The screens as macOS tells them now."""
    return displays(frameworks().quartz)


class QuartzScreen(MssScreen):
    """The real screens of a Mac, each in all its pixels.

    Args:
        find: tells the screens.
    """

    def __init__(self, find: Callable[[], tuple[Display, ...]] = screens) -> None:
        super().__init__()
        self._find = find
        self._monitors: tuple[Monitor, ...] = ()

    def open(self) -> None:
        """Connect; raises NoDesktop."""
        from mss import darwin

        darwin.IMAGE_OPTIONS &= ~darwin.kCGWindowImageNominalResolution
        super().open()
        try:
            self.monitors()
        except CaptureError as error:
            raise NoDesktop(str(error)) from error

    def monitors(self) -> tuple[Monitor, ...]:
        """The screens as they are now, on the desktop of pixels; the main one first."""
        self._monitors = monitors_of(self._find())
        return self._monitors

    def grab(self, view: Rect) -> Shot:
        """That part of the desktop, black where no screen shows it; raises CaptureError."""
        whole = bounds(tuple(monitor.rect for monitor in self._monitors or self.monitors()))
        if view.intersection(whole) != view:
            raise CaptureError(f"{view} is not all on the screen, which is {whole}.")
        joined = Image.new("RGB", (view.width, view.height))
        for monitor in self._monitors:
            if part := view.intersection(monitor.rect):
                joined.paste(self._part(cover(part, monitor)), (part.left - view.left, part.top - view.top))
        return Shot(joined.tobytes(), "RGB", view)

    def _part(self, asked: Cover) -> Image.Image:
        shot = self._shot(asked.points)
        if (shot.width, shot.height) != (asked.size.width, asked.size.height):
            raise CaptureError(f"macOS gave {shot.width}×{shot.height} pixels for {asked.points} points.")
        image = Image.frombuffer("RGB", (shot.width, shot.height), shot.raw, "raw", "BGRX", 0, 1)
        return image.crop((asked.cut.left, asked.cut.top, asked.cut.right, asked.cut.bottom))
