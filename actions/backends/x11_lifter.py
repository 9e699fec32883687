"""Owns the watchdog's hands on X: `python -m actions.backends.x11_lifter` lifts what its parent held when it died."""

from __future__ import annotations

import sys

from actions.backends.x11 import fake, open_display
from actions.watchdog import READY, watch


def main() -> None:
    """Connect, say that it is ready, and watch."""
    display = open_display()

    def lift(what: str) -> None:
        kind, number = what.split()
        fake(display, kind, int(number), down=False)

    sys.stdout.write(READY + "\n")
    sys.stdout.flush()
    watch(sys.stdin, lift)


if __name__ == "__main__":
    main()
