"""A person's mouse and keyboard on an X screen, and their choice of the window in front."""

import time

import Xlib.error
from Xlib import XK, X, display, protocol
from Xlib.ext import xtest

HELD = {"ctrl": "Control_L", "alt": "Alt_L", "shift": "Shift_L"}
PRESSED_FOR = 0.01
A_PERSON = 2
"""Who asks for a window to come to the front: a window manager lets a person have it at any time."""


class Hand:
    def __init__(self, screen: str) -> None:
        self._display = display.Display(screen)
        self._root = self._display.screen().root

    def move(self, x: int, y: int) -> None:
        xtest.fake_input(self._display, X.MotionNotify, x=x, y=y)
        self._display.sync()

    def click(self, x: int, y: int) -> None:
        self.move(x, y)
        for kind in (X.ButtonPress, X.ButtonRelease):
            xtest.fake_input(self._display, kind, 1)
            self._display.sync()
            time.sleep(PRESSED_FOR)

    def press(self, keys: str) -> None:
        """Press keys such as "alt+s" or "Return"."""
        *held, key = keys.split("+")
        names = [*(HELD[name] for name in held), key]
        codes = [self._display.keysym_to_keycode(XK.string_to_keysym(name)) for name in names]
        for kind, order in ((X.KeyPress, codes), (X.KeyRelease, codes[::-1])):
            for code in order:
                xtest.fake_input(self._display, kind, code)
            self._display.sync()
            time.sleep(PRESSED_FOR)

    def bring_forward(self, title: str) -> None:
        """Give the window of that title the front and the keyboard, if it is there."""
        for window in self._windows():
            if self._title(window) == title:
                what = self._display.intern_atom("_NET_ACTIVE_WINDOW")
                event = protocol.event.ClientMessage(
                    window=window, client_type=what, data=(32, [A_PERSON, X.CurrentTime, 0, 0, 0])
                )
                self._root.send_event(event, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
        self._display.sync()

    def in_front(self) -> str:
        """The title of the window that has the keyboard, or nothing."""
        found = self._root.get_full_property(self._display.intern_atom("_NET_ACTIVE_WINDOW"), X.AnyPropertyType)
        number = found.value[0] if found else 0
        return self._title(self._display.create_resource_object("window", number)) if number else ""

    def close(self) -> None:
        self._display.close()

    def _windows(self) -> list:
        found = self._root.get_full_property(self._display.intern_atom("_NET_CLIENT_LIST"), X.AnyPropertyType)
        return [self._display.create_resource_object("window", number) for number in found.value] if found else []

    def _title(self, window) -> str:
        try:
            found = window.get_full_property(self._display.intern_atom("_NET_WM_NAME"), X.AnyPropertyType)
        except Xlib.error.BadWindow:
            return ""
        return found.value.decode() if found else ""
