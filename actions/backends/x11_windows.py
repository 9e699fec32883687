"""Owns the windows of X11, as window managers publish them (EWMH), and the popups that they do not know of."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from actions.backends.x11 import PASSIVE, open_display, reaching
from actions.backends.x11_own import Ours
from actions.desktop import Window
from actions.errors import ActionError, CaptureError, ExecutionError, NoDesktop
from actions.geometry import Point, Rect
from actions.scene import Standing

if TYPE_CHECKING:
    from Xlib.display import Display
    from Xlib.xobject.drawable import Window as XWindow

_MUTE = ("DOCK", "DESKTOP")
"""Kinds of windows that are not for typing."""
_DEPTH = 3
"""So deep in a frame a window manager puts a window at most, and so many menus one opens from another."""
_SPECK = 8
"""Pixels in width or height below which an unmanaged window is nothing that people see."""
_PAGER = 2
"""Who asks, in EWMH's words: something that acts for the person, whose wish window managers grant."""


class X11Windows:
    """The windows of an X screen.

    Args:
        ours: our own windows, without which the desktop is to be seen.
    """

    name = "x11"

    def __init__(self, ours: Ours | None = None) -> None:
        self._display: Display | None = None
        self._ours = ours

    def open(self) -> None:
        """Connect; raises NoDesktop."""
        self._display = open_display()
        if self._ours:
            self._ours.open()

    def capabilities(self) -> frozenset[str]:
        """Windows can be captured and watched."""
        return frozenset({"window_capture"})

    def close(self) -> None:
        """Let the connection go; safe to call twice."""
        if self._display is not None:
            with contextlib.suppress(ActionError), reaching(CaptureError):
                self._display.close()
            self._display = None
        if self._ours:
            self._ours.close()

    def all(self) -> tuple[Window, ...]:
        """The windows that the window manager knows and shows, the topmost first; raises CaptureError."""
        with reaching(CaptureError):
            found = (self._window(number) for number in self._listed())
            return tuple(window for window in found if window)

    def stack(self) -> tuple[Standing, ...]:
        """What stands on the root, frames and popups, also those that only take clicks; raises CaptureError."""
        from Xlib import X, error
        from Xlib.protocol import request

        with reaching(CaptureError):
            own = {number for number, _ in self.own()}
            root = self._connected().screen().root
            # Asked for all at once: one journey to the server, not two for each of them.
            asked = [
                (
                    child.id,
                    request.GetWindowAttributes(display=root.display, defer=True, window=child.id),
                    request.GetGeometry(display=root.display, defer=True, drawable=child.id),
                )
                for child in reversed(root.query_tree().children)
                if child.id not in own
            ]
            found = []
            for number, attributes, place in asked:
                with contextlib.suppress(error.BadWindow, error.BadDrawable):  # it went away meanwhile
                    attributes.reply()
                    place.reply()
                    if attributes.map_state == X.IsViewable:
                        found.append((number, Rect(place.x, place.y, place.width, place.height)))
            return tuple(found)

    def at(self, point: Point) -> Window | None:
        """The window that shows a pixel; a popup is a window of its own; raises CaptureError."""
        with reaching(CaptureError):
            clients = set(self._property("_NET_CLIENT_LIST"))
            for top in self._tops():
                if (rect := self._rect(top)) and rect.contains(point):
                    client = next((child for child in _family(top) if child in clients), top.id)
                    return self._window(client)
            return None

    def active(self) -> Window | None:
        """The window that has the keyboard, or the topmost that can have it while ours have it; raises CaptureError."""
        with reaching(CaptureError):
            ids = self._property("_NET_ACTIVE_WINDOW")
            if ids and ids[0] and self._is_own(ids[0]):
                return next((self._window(number) for number in self._listed() if self._takes_keys(number)), None)
            return self._window(ids[0]) if ids and ids[0] else None

    def popup(self) -> Window | None:
        """The topmost menu or the like that the window manager does not know and that may have the keyboard."""
        with reaching(CaptureError):
            room = self._connected().screen()
            screen = Rect(0, 0, room.width_in_pixels, room.height_in_pixels)
            found = (self._window(top.id) for top in self._tops() if self._is_menu(top))
            return next((popup for popup in found if popup and _is_seen(popup.rect.intersection(screen))), None)

    def own(self) -> tuple[Standing, ...]:
        """Our own windows, frames and menus, the topmost first; raises CaptureError."""
        return self._ours.tops() if self._ours else ()

    def own_active(self) -> bool:
        """Whether one of ours has the keyboard; raises CaptureError."""
        return self._ours is not None and self._ours.have_keyboard()

    def activate(self, number: int) -> None:
        """Ask the window manager, as a pager does, to give a window the keyboard; raises ExecutionError."""
        from Xlib import X
        from Xlib.protocol.event import ClientMessage

        display, wish = self._connected(), (32, [_PAGER, X.CurrentTime, 0, 0, 0])
        with reaching(ExecutionError):
            window = display.create_resource_object("window", number)
            message = ClientMessage(window=window, client_type=display.get_atom("_NET_ACTIVE_WINDOW"), data=wish)
            mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask
            display.screen().root.send_event(message, event_mask=mask)
            display.sync()

    def _tops(self) -> Iterator[XWindow]:
        """The root's children that are shown, can be seen and are not ours, the topmost first."""
        from Xlib import X, error

        own = {number for number, _ in self.own()}
        for child in reversed(self._connected().screen().root.query_tree().children):
            try:
                attributes = child.get_attributes()
            except error.XError:
                continue
            if attributes.map_state == X.IsViewable and attributes.win_class == X.InputOutput and child.id not in own:
                yield child

    def _listed(self) -> Iterator[int]:
        """What the window manager knows and is not ours, the topmost first."""
        ids = self._property("_NET_CLIENT_LIST_STACKING") or self._property("_NET_CLIENT_LIST")
        return (number for number in reversed(ids) if not self._is_own(number))

    def _is_own(self, number: int) -> bool:
        return self._ours is not None and self._ours.made(number)

    def _takes_keys(self, number: int) -> bool:
        """Whether people type into it: it is shown, and no panel and no wallpaper."""
        from Xlib import X, error

        window = self._connected().create_resource_object("window", number)
        try:
            return window.get_attributes().map_state == X.IsViewable and not self._is_a(window, _MUTE)
        except error.XError:  # it went away meanwhile
            return False

    def _is_menu(self, window: XWindow) -> bool:
        """Whether it is unmanaged, and takes the keyboard for itself as far as can be told."""
        from Xlib import error

        try:
            return bool(window.get_attributes().override_redirect) and not self._is_a(window, (*_MUTE, *PASSIVE))
        except error.XError:  # it went away meanwhile
            return False

    def _is_a(self, window: XWindow, names: tuple[str, ...]) -> bool:
        """Whether it says that it is of one of these kinds."""
        from Xlib import X

        display = self._connected()
        kinds = window.get_full_property(display.get_atom("_NET_WM_WINDOW_TYPE"), X.AnyPropertyType)
        return bool(kinds) and not {display.get_atom(f"_NET_WM_WINDOW_TYPE_{n}") for n in names}.isdisjoint(kinds.value)

    def _window(self, number: int) -> Window | None:
        from Xlib import X, error

        found = self._connected().create_resource_object("window", number)
        try:
            attributes = found.get_attributes()
            if attributes.map_state != X.IsViewable or not (rect := self._rect(found)):
                return None
            title, kind = self._title(found), found.get_wm_class()
            application = kind[1] if kind else ""
            if attributes.override_redirect and (owner := self._owner(found)):
                # A popup is one of its window's, whatever it is called itself.
                title, kind = self._title(owner), owner.get_wm_class()
                application = application or (kind[1] if kind else "")
            return Window(number, title, application, rect)
        except error.XError:  # it went away meanwhile
            return None

    def _owner(self, popup: XWindow) -> XWindow | None:
        """The window that a popup belongs to: what it says, or else the topmost that the same connection made."""
        known = list(self._listed())
        above: XWindow | None = popup
        for _ in range(_DEPTH):
            above = above.get_wm_transient_for() if above else None
            if above and above.id in known:
                return above
        display = self._connected()
        own = ~display.display.info.resource_id_mask
        made = next((number for number in known if number & own == popup.id & own), None)
        return display.create_resource_object("window", made) if made else None

    def _rect(self, window: XWindow) -> Rect | None:
        from Xlib import error

        try:
            size = window.get_geometry()
            place = self._connected().screen().root.translate_coords(window, 0, 0)
        except error.XError:
            return None
        return Rect(place.x, place.y, size.width, size.height)

    def _title(self, window: XWindow) -> str:
        display = self._connected()
        named = window.get_full_property(display.get_atom("_NET_WM_NAME"), display.get_atom("UTF8_STRING"))
        if named:
            return bytes(named.value).decode("utf-8", "replace")
        name = window.get_wm_name()
        return name.decode("latin-1") if isinstance(name, bytes) else name or ""

    def _property(self, name: str) -> list[int]:
        from Xlib import X

        display = self._connected()
        found = display.screen().root.get_full_property(display.get_atom(name), X.AnyPropertyType)
        return [int(value) for value in found.value] if found else []

    def _connected(self) -> Display:
        if self._display is None:
            raise NoDesktop("The windows were not opened.")
        return self._display


def _is_seen(part: Rect | None) -> bool:
    return part is not None and part.width > _SPECK and part.height > _SPECK


def _family(window: XWindow, depth: int = _DEPTH) -> Iterator[int]:
    """The identifiers of a window and of what is in it: a window manager puts clients into frames of its own."""
    from Xlib import error

    yield window.id
    if depth:
        try:
            children = window.query_tree().children
        except error.XError:
            return
        for child in children:
            yield from _family(child, depth - 1)
