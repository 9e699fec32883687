"""What the X server itself says: what is down, what the keys mean, and when each event was."""

import threading
import time

from Xlib import X, display
from Xlib.ext import record, xtest
from Xlib.protocol import rq

BUTTONS = X.Button1Mask | X.Button2Mask | X.Button3Mask | X.Button4Mask | X.Button5Mask


class Server:
    """A connection of the test's own."""

    def __init__(self) -> None:
        self.display = display.Display()
        self.root = self.display.screen().root
        self.meanings = self.map()

    def down(self) -> list[int]:
        """The keycodes that are down, and the buttons as the negative of their mask."""
        keymap = self.display.query_keymap()
        keys = [code for code in range(256) if keymap[code // 8] >> code % 8 & 1]
        mask = self.root.query_pointer().mask & BUTTONS
        return keys + ([-mask] if mask else [])

    def map(self) -> list[tuple[int, ...]]:
        """What each key means."""
        first, last = self.display.display.info.min_keycode, self.display.display.info.max_keycode
        return [tuple(keysyms) for keysyms in self.display.get_keyboard_mapping(first, last - first + 1)]

    def code(self, keysym: int) -> int:
        return self.display.keysym_to_keycode(keysym)

    def send(self, kind: int, detail: int) -> None:
        """Do what a person does with the keyboard."""
        xtest.fake_input(self.display, kind, detail)
        self.display.sync()

    def lift(self) -> None:
        """Lift what a trial left, so that the next one starts fair."""
        for number in self.down():
            if number > 0:
                self.send(X.KeyRelease, number)
        for button in range(1, 6):
            self.send(X.ButtonRelease, button)

    def close(self) -> None:
        self.display.close()


class Ear:
    """Hears every event of mouse and keyboard, with the server's own time in milliseconds."""

    def __init__(self) -> None:
        self.heard: list[tuple[int, int, int]] = []
        self._display, self._stop = display.Display(), display.Display()
        none, devices = (0, 0), (X.KeyPress, X.MotionNotify)
        ranges = {
            **dict.fromkeys(("core_requests", "core_replies", "delivered_events", "errors"), none),
            **dict.fromkeys(("ext_requests", "ext_replies"), (0, 0, 0, 0)),
            "device_events": devices,
            "client_started": False,
            "client_died": False,
        }
        self._context = self._display.record_create_context(0, [record.AllClients], [ranges])
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        self._display.record_enable_context(self._context, self._hear)

    def _hear(self, reply) -> None:
        data = reply.data
        while reply.category == record.FromServer and len(data):
            event, data = rq.EventField(None).parse_binary_value(data, self._display.display, None, None)
            self.heard.append((event.time, event.type, event.detail))

    def quiet(self, rest: float, patience: float) -> None:
        """Wait until nothing was heard for `rest` seconds."""
        end, count, since = time.monotonic() + patience, -1, time.monotonic()
        while time.monotonic() < end and time.monotonic() - since < rest:
            if len(self.heard) != count:
                count, since = len(self.heard), time.monotonic()
            time.sleep(0.01)

    def close(self) -> None:
        self._stop.record_disable_context(self._context)
        self._stop.flush()
        self._thread.join(5)
        self._stop.record_free_context(self._context)
        self._stop.close()
        self._display.close()
