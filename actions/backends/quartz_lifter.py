"""Owns the watchdog's hands on macOS: `python -m actions.backends.quartz_lifter` lifts what its parent held when it died."""

from __future__ import annotations

from actions.backends.event_input import stand_by
from actions.backends.quartz_input import QuartzEvents


def main() -> None:
    """Get ready, and stand by."""
    events = QuartzEvents()
    events.open()
    stand_by(events)


if __name__ == "__main__":
    main()
