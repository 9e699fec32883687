"""Owns the watchdog's hands on X: `python -m actions.backends.x11_lifter` lifts what its parent held when it died."""

from __future__ import annotations

import os
import sys

from actions.backends.x11 import ASIDE, LENT, fake, open_display, set_input_shape
from actions.backends.x11_keymap import lend
from actions.watchdog import READY, watch


def main() -> None:
    """Connect, say that it is ready, and watch."""
    # Where there is no Xauthority, Xlib prints so: the parent waits for one line only, and gets that one.
    told = os.dup(1)
    os.dup2(2, 1)
    display = open_display()
    # A window that stepped aside may be gone by then.
    display.set_error_handler(lambda *_: None)

    def lift(what: str) -> None:
        kind, number = what.split()
        if kind == LENT:
            lend(display, {int(number): 0})
        elif kind == ASIDE:
            set_input_shape(display, int(number), None)
            display.sync()
        else:
            fake(display, kind, int(number), down=False)

    os.write(told, f"{READY}\n".encode())
    os.close(told)
    watch(sys.stdin, lift)


if __name__ == "__main__":
    main()
