"""The keyboard goes back, through a real window manager, to the window that had it."""

import subprocess
import sys

_TWO_WINDOWS = """
import time
from Xlib import X, display
from actions.backends.x11_windows import X11Windows

server, windows = display.Display(), X11Windows()
windows.open()

def has_keyboard(window):
    end = time.monotonic() + 20
    while not ((active := windows.active()) and active.id == window.id):
        assert time.monotonic() < end
        time.sleep(0.02)

made = []
for left in (100, 400):
    window = server.screen().root.create_window(left, 100, 200, 100, 0, server.screen().root_depth)
    window.set_wm_name(f"at {left}")
    window.map()
    server.sync()
    has_keyboard(window)
    made.append(window)
windows.activate(made[0].id)
has_keyboard(made[0])
windows.activate(made[1].id)
has_keyboard(made[1])
windows.activate(12345)  # no such window: nothing happens
has_keyboard(made[1])
windows.close()
server.close()
print("given back")
"""


def test_the_keyboard_is_given_to_the_window_that_is_named(screen):
    done = subprocess.run([sys.executable, "-c", _TWO_WINDOWS], env=screen, capture_output=True, text=True, check=False)
    assert done.stdout == "given back\n", done.stderr
