"""Owns the windows of macOS, as Quartz Window Services list them: the frontmost first, in points.

CGWindowListCopyWindowInfo (developer.apple.com): order, kCGWindowBounds, kCGWindowLayer (0 is that of ordinary windows);
titles come only with the permission to record the screen. It does not say which windows the mouse passes through, so the
one at a place is asked from AppKit, whose rule is that of a real click (NSWindow windowNumberAtPoint:).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from actions.backends.points import Place, monitors_of, rect_of, rects_of
from actions.backends.quartz import Frameworks, displays, frameworks
from actions.desktop import Window
from actions.errors import CaptureError, ExecutionError
from actions.geometry import Monitor, Point, monitor_at, screen_to_logical
from actions.scene import Standing

_IGNORING_OTHERS: Final = 1 << 1
"""NSApplicationActivateIgnoringOtherApps."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A window as the list has it; its place is in points."""

    number: int
    process: int
    title: str
    application: str
    layer: int
    seen: bool
    place: Place


def listed(entry: Mapping[str, Any]) -> Listed:
    """One entry of the list; what may be missing is empty."""
    at = entry["kCGWindowBounds"]
    return Listed(
        int(entry["kCGWindowNumber"]),
        int(entry.get("kCGWindowOwnerPID", 0)),
        str(entry.get("kCGWindowName") or ""),
        str(entry.get("kCGWindowOwnerName") or ""),
        int(entry.get("kCGWindowLayer", 0)),
        float(entry.get("kCGWindowAlpha", 1)) > 0,
        Place(float(at["X"]), float(at["Y"]), float(at["Width"]), float(at["Height"])),
    )


class QuartzWindows:
    """The windows of the session.

    Args:
        load: gets macOS's frameworks.
    """

    name = "quartz"

    def __init__(self, load: Callable[[], Frameworks] = frameworks) -> None:
        self._load = load
        self._frameworks: Frameworks | None = None

    def open(self) -> None:
        """Get ready; raises NoDesktop."""
        self._frameworks = self._load()

    def capabilities(self) -> frozenset[str]:
        """Windows can be captured and watched."""
        return frozenset({"window_capture"})

    def close(self) -> None:
        """Let the frameworks go; safe to call twice."""
        self._frameworks = None

    def all(self) -> tuple[Window, ...]:
        """The ordinary windows, the topmost first; raises CaptureError."""
        monitors = self._monitors()
        found = (_window(entry, monitors) for entry in self._list() if entry.layer == 0 and entry.seen)
        return tuple(window for window in found if window)

    def stack(self) -> tuple[Standing, ...]:
        """Everything shown, also what cannot be seen, the topmost first; a window on two screens comes twice."""
        monitors = self._monitors()
        return tuple((entry.number, rect) for entry in self._list() for rect in rects_of(entry.place, monitors))

    def at(self, point: Point) -> Window | None:
        """The window that a click there would reach; raises CaptureError."""
        monitors = self._monitors()
        if monitor_at(point, monitors) is None:
            return None
        place = screen_to_logical(point, monitors)
        # AppKit counts upwards from the bottom of the screen that has the menu bar, which is the first.
        height = monitors[0].rect.height / monitors[0].scale
        hit = self._known().appkit.NSWindow.windowNumberAtPoint_belowWindowWithWindowNumber_(
            (place.x, height - place.y), 0
        )
        return next((_window(entry, monitors) for entry in self._list() if entry.number == hit), None)

    def active(self) -> Window | None:
        """The frontmost window of the application that has the keyboard; raises CaptureError."""
        monitors, process, shown = self._monitors(), self._focused(), self._list()
        mine = [entry for entry in shown if entry.process == process and entry.seen]
        ordinary = [entry for entry in mine or shown if entry.layer == 0] or mine
        return _window(ordinary[0], monitors) if ordinary else None

    def popup(self) -> Window | None:
        """None: menus are not told apart from windows here, whose controls cannot be read either."""
        return None

    def own(self) -> tuple[Standing, ...]:
        """None: our own windows are not told apart here yet."""
        return ()

    def own_active(self) -> bool:
        """Never, as no window counts as ours."""
        return False

    def activate(self, number: int) -> None:
        """Ask for the window's application to come to the front; macOS decides."""
        if self._frameworks is None:
            raise ExecutionError("The windows were not opened.")
        process = next((entry.process for entry in self._list() if entry.number == number), None)
        if process is None:
            return
        running = self._frameworks.appkit.NSRunningApplication
        if application := running.runningApplicationWithProcessIdentifier_(process):
            application.activateWithOptions_(_IGNORING_OTHERS)

    def _focused(self) -> int | None:
        """The process that has the keyboard, as accessibility tells it; the workspace would need an event loop for it."""
        services = self._known().services
        everything = services.AXUIElementCreateSystemWide()
        failed, element = services.AXUIElementCopyAttributeValue(everything, "AXFocusedApplication", None)
        if failed or element is None:
            return None
        failed, process = services.AXUIElementGetPid(element, None)
        return None if failed else int(process)

    def _list(self) -> list[Listed]:
        quartz = self._known().quartz
        found = quartz.CGWindowListCopyWindowInfo(quartz.kCGWindowListOptionOnScreenOnly, quartz.kCGNullWindowID)
        if found is None:
            raise CaptureError("macOS tells of no windows: log in at the screen, not only over the network.")
        return [listed(entry) for entry in found]

    def _monitors(self) -> tuple[Monitor, ...]:
        return monitors_of(displays(self._known().quartz))

    def _known(self) -> Frameworks:
        if self._frameworks is None:
            raise CaptureError("The windows were not opened.")
        return self._frameworks


def _window(entry: Listed, monitors: tuple[Monitor, ...]) -> Window | None:
    rect = rect_of(entry.place, monitors)
    return Window(entry.number, entry.title, entry.application, rect) if rect else None
