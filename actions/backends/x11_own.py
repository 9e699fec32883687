"""Owns which windows of an X screen are our own: all of the shell's process, its menus and tooltips among them.

The number of a window carries the connection that made it, and the server tells the process of each connection. A window
manager puts windows into frames of its own: such a frame is ours, too.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from actions.backends.x11 import PASSIVE, open_display, reaching
from actions.errors import ActionError, CaptureError
from actions.geometry import Rect
from actions.scene import Standing

if TYPE_CHECKING:
    from Xlib.display import Display

_DEPTH: Final = 3
"""So deep in a frame a window manager puts a window at most."""
_FRESH: Final = 1.0
"""Seconds after which it is asked again whose the connections are: a number is given anew when its owner is gone."""


class Ours:
    """The windows of one process. Knowing of them costs one short question to the server while nothing happens.

    Args:
        process: its number.
    """

    def __init__(self, process: int) -> None:
        self._process = process
        self._display: Display | None = None
        self._mask = 0
        self._asked = float("-inf")
        self._known: set[int] = set()
        self._bases: frozenset[int] = frozenset()
        self._within: dict[int, bool] = {}
        self._tops: tuple[Standing, ...] = ()
        self._stale = True

    def open(self) -> None:
        """Connect, if that was not done yet; raises NoDesktop."""
        from Xlib import X

        if self._display is not None:
            return
        self._display = display = open_display()
        # What is gone before a request reaches it is no news here.
        display.set_error_handler(lambda *_: None)
        self._mask = display.display.info.resource_id_mask
        with reaching(CaptureError):
            display.screen().root.change_attributes(event_mask=X.SubstructureNotifyMask)
        self._stale = True

    def close(self) -> None:
        """Let the connection go; safe to call twice."""
        if self._display is not None:
            with contextlib.suppress(ActionError), reaching(CaptureError):
                self._display.close()
            self._display = None

    @property
    def display(self) -> Display:
        """The connection; raises CaptureError where it is not open."""
        if self._display is None:
            raise CaptureError("Our own windows were not looked for.")
        return self._display

    def tops(self) -> tuple[Standing, ...]:
        """What is shown of ours on the root, frames and menus, the topmost first; raises CaptureError."""
        with reaching(CaptureError):
            self.display.sync()
            while self.display.pending_events():
                self._note(self.display.next_event())
            if self._stale:
                self._stale = False
                self._tops = tuple(self._listed())
            return self._tops

    def made(self, number: int) -> bool:
        """Whether a window's number is one of ours; raises CaptureError."""
        base = number & ~self._mask
        if base not in self._known or time.monotonic() > self._asked + _FRESH:
            with reaching(CaptureError):
                self._ask()
            self._known.add(base)
        return base in self._bases

    def focused(self) -> bool:
        """Whether one of ours has the keyboard; raises CaptureError."""
        with reaching(CaptureError):
            focus = self.display.get_input_focus().focus
        # Zero and one stand for none, and for whatever is under the pointer.
        return self.made(focus if isinstance(focus, int) else focus.id)

    def have_keyboard(self) -> bool:
        """Whether keys would go to one of ours, also because a menu takes them; raises CaptureError."""
        return self.focused() or self.menu_open()

    def menu_open(self) -> bool:
        """Whether one of ours takes mouse and keyboard for itself, wherever it is; raises CaptureError."""
        with reaching(CaptureError):
            unmanaged = any(self.made(number) and not self._is_passive(number) for number, _ in self.tops())
            return unmanaged and self._is_mouse_taken()

    def _is_mouse_taken(self) -> bool:
        """Whether a program has the mouse for itself: to know, one must ask for it."""
        from Xlib import X

        root = self.display.screen().root
        grab = X.GrabModeAsync
        if root.grab_pointer(False, 0, grab, grab, X.NONE, X.NONE, X.CurrentTime) != X.GrabSuccess:
            return True
        self.display.ungrab_pointer(X.CurrentTime)
        self.display.sync()
        return False

    def _is_passive(self, number: int) -> bool:
        from Xlib import X, error

        display = self.display
        window = display.create_resource_object("window", number)
        try:
            if not window.get_attributes().override_redirect:
                return True
            kinds = window.get_full_property(display.get_atom("_NET_WM_WINDOW_TYPE"), X.AnyPropertyType)
        except error.XError:  # it went away meanwhile
            return True
        passive = {display.get_atom(f"_NET_WM_WINDOW_TYPE_{name}") for name in PASSIVE}
        return bool(kinds and passive & set(kinds.value))

    def _note(self, event: Any) -> None:  # noqa: ANN401 - python-xlib has no types
        """Take in what happened to a window on the root."""
        from Xlib import X

        self._stale = True
        if event.type == X.ReparentNotify:
            self._within.clear()
        elif event.type in (X.CreateNotify, X.DestroyNotify):
            self._within.pop(event.window.id, None)

    def _listed(self) -> Iterator[Standing]:
        from Xlib import X, error
        from Xlib.protocol import request

        root = self.display.screen().root
        children = [child.id for child in reversed(root.query_tree().children)]
        self._look_into([number for number in children if number not in self._within and not self.made(number)])
        asked = [
            (
                number,
                request.GetWindowAttributes(display=root.display, defer=True, window=number),
                request.GetGeometry(display=root.display, defer=True, drawable=number),
            )
            for number in children
            if self.made(number) or self._within.get(number)
        ]
        for number, attributes, place in asked:
            with contextlib.suppress(error.BadWindow, error.BadDrawable):  # it went away meanwhile
                attributes.reply()
                place.reply()
                if attributes.map_state == X.IsViewable:
                    yield number, outer(place)

    def _look_into(self, frames: Iterable[int]) -> None:
        """Find out in which of these are windows of ours."""
        inside = {number: [number] for number in frames}
        self._within.update(dict.fromkeys(inside, False))
        for _ in range(_DEPTH):
            inside = {
                frame: children
                for frame, parents in inside.items()
                if not self._within[frame] and (children := self._children(parents))
            }
            self._within.update({frame: any(map(self.made, numbers)) for frame, numbers in inside.items()})

    def _children(self, parents: Iterable[int]) -> list[int]:
        from Xlib import error
        from Xlib.protocol import request

        display = self.display.display
        found: list[int] = []
        for asked in [request.QueryTree(display=display, defer=True, window=number) for number in parents]:
            with contextlib.suppress(error.BadWindow):
                asked.reply()
                found += [child.id for child in asked.children]
        return found

    def _ask(self) -> None:
        """Ask whose the connections are."""
        from Xlib.ext import res

        self._asked = time.monotonic()
        owners: dict[int, int] = {}
        if self.display.query_extension("X-Resource"):
            every = [{"client": 0, "mask": res.LocalClientPIDMask}]
            answer = self.display.res_query_client_ids(every)
            owners = {client.spec.client: next(iter(client.value), 0) for client in answer.ids}
        self._known = set(owners)
        self._bases = frozenset(base for base, process in owners.items() if process == self._process)
        if not self._bases:
            self._bases = frozenset(self._said_by_windows())

    def _said_by_windows(self) -> Iterator[int]:
        """The same as programs say it themselves, where the server does not tell or counts processes otherwise."""
        from Xlib import X, error

        display = self.display
        root, said = display.screen().root, display.get_atom("_NET_WM_PID")
        listed = root.get_full_property(display.get_atom("_NET_CLIENT_LIST"), X.AnyPropertyType)
        for number in listed.value if listed else ():
            with contextlib.suppress(error.XError):
                window = display.create_resource_object("window", number)
                process = window.get_full_property(said, X.AnyPropertyType)
                if process and process.value[0] == self._process:
                    yield number & ~self._mask


def outer(place: Any) -> Rect:  # noqa: ANN401 - python-xlib has no types
    """The pixels of a window with its border, from what the server says of its place."""
    border = 2 * place.border_width
    return Rect(place.x, place.y, place.width + border, place.height + border)
