"""Owns the watchdog's hands on Windows: `python -m actions.backends.win32_lifter` lifts what its parent held when it died."""

from __future__ import annotations

import contextlib
import sys

from actions.backends.win32_input import Win32Events
from actions.errors import ExecutionError
from actions.watchdog import READY, watch


def main() -> None:
    """Get ready, say so, and watch."""
    events = Win32Events()
    events.lift_only()

    def lift(what: str) -> None:
        with contextlib.suppress(ExecutionError):  # the next may still be lifted
            events.send(what, down=False)

    sys.stdout.write(f"{READY}\n")
    sys.stdout.flush()
    watch(sys.stdin, lift)


if __name__ == "__main__":
    main()
