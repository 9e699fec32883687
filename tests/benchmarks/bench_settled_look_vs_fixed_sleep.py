"""How long a look waits for the screen after an action, over the usual fixed sleep of two seconds; and how many come too early.

A window on a real screen reacts after up to 0.15 s and then draws in small steps, for up to 3 s: most reactions are short, a
few long (evenly spread over the logarithm, from 0.05 s), and one in ten does nothing at all. Steps are 16 to 80 ms apart. A
caret blinks all the while. A look is too early when the screen that it shows is not yet the last one.
"""

import os
import random
import statistics
import threading
import time

COUNT, SLEEP, SEED = 200, 2.0, 7
WIDTH, HEIGHT = 640, 480


def rows():
    """Two rows; needs Xvfb."""
    from agent.virtual_screen import VirtualScreen

    with VirtualScreen(800, 600) as env:
        os.environ.update(env)
        from actions.backends import close_desktop, open_desktop

        desktop = open_desktop()
        try:
            waits, early = _measured(desktop)
        finally:
            close_desktop(desktop)
    yield {
        "name": "settled_look_vs_fixed_sleep",
        "value": round(statistics.mean(waits) / SLEEP, 3),
        "unit": "ratio of seconds, mean",
        "baseline": "a sleep of 2 s",
        "goal": 0.6,
        "better": "lower",
    }
    yield {
        "name": "settled_looks_too_early",
        "value": round(early / len(waits), 4),
        "unit": "fraction of looks",
        "baseline": "the screen after the last change",
        "goal": 0.005,
        "better": "lower",
    }


class _Painter:
    """A window that reacts, drawn over a connection of its own."""

    def __init__(self):
        from Xlib.display import Display

        self.display = Display()
        screen = self.display.screen()
        self.window = screen.root.create_window(
            0, 0, WIDTH, HEIGHT, 0, screen.root_depth, override_redirect=True, background_pixel=0xFFFFFF
        )
        self.window.map()
        self.pen = self.window.create_gc(foreground=0x000000)
        self.display.sync()

    def fill(self, colour, *box):
        self.pen.change(foreground=colour)
        self.window.fill_rectangle(self.pen, *box)
        self.display.sync()

    def react(self, rng, delay, seconds):
        """Draw for so long, as lists and dialogs fill up: row after row, while a caret blinks."""
        time.sleep(delay)
        end, colour, row = time.monotonic() + seconds, rng.randrange(0x1000000), 0
        while seconds:
            self.fill(colour ^ row * 0x0F0F0F, 20, 20 + row % 18 * 24, 560, 20)
            self.fill(0x000000 if row % 2 else 0xFFFFFF, 4, 4, 2, 16)
            row += 1
            left = end - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, rng.uniform(0.016, 0.08)))


def _measured(desktop):
    """Seconds that each look waited, and how many of the looks came too early."""
    from actions.geometry import Rect
    from actions.look import look_at
    from actions.settle import settle

    painter, rng, view = _Painter(), random.Random(SEED), Rect(0, 0, WIDTH, HEIGHT)
    waits, early = [], 0
    for number in range(COUNT):
        before = look_at(desktop, view)
        seconds = 0.0 if number % 10 == 0 else 0.05 * 60 ** rng.random()
        reaction = threading.Thread(target=painter.react, args=(rng, rng.uniform(0, 0.15), seconds))
        reaction.start()
        settled = settle(desktop, view, lambda: False, before=before)
        waits.append(settled.seconds)
        reaction.join()
        early += not _alike(settled.frame, look_at(desktop, view))
    painter.display.close()
    return waits, early


def _alike(one, other):
    from actions.frame import changed_region, is_blink

    return is_blink(changed_region(one.shot(), other.shot()))
