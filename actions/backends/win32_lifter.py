"""Owns the watchdog's hands on Windows: `python -m actions.backends.win32_lifter` lifts what its parent held when it died."""

from __future__ import annotations

from actions.backends.event_input import stand_by
from actions.backends.win32_input import Win32Events


def main() -> None:
    """Get ready, and stand by."""
    events = Win32Events()
    events.lift_only()
    stand_by(events)


if __name__ == "__main__":
    main()
