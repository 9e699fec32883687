"""Kills the hands: `run.py [--seed N] [--count N]` prints one JSON line.

So many processes are killed while they work the real hands on an X screen of their own, and a fiftieth as many runs (2 at
least) are stopped by the stop key while they type. Exit code 0 when all was up and still in time, 1 when not.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.append(str(Path(__file__).resolve().parents[1] / "kit"))

from kills import kills
from seeded import seeded
from stops import STOP_BAR_MS, stops

from agent.virtual_screen import NoVirtualScreen, VirtualScreen


def main(words: list[str]) -> int:
    """Measure and print; 2 where it cannot be measured."""
    parser = seeded("Kill what holds keys and buttons, and see when they are up.", "moments", "kills", 500)
    options = parser.parse_args(words)
    try:
        with VirtualScreen(1280, 800) as env:
            os.environ.update(env, PYTHONPATH=sys.path[0], QT_QPA_PLATFORM="xcb")
            found = kills(options.seed, options.count)
        # A screen of its own: the window manager of the other one may be busy with its keyboard maps for a while.
        with VirtualScreen(1280, 800) as env:
            os.environ.update(env)
            stopped = stops(options.seed, max(2, options.count // 50))
    except NoVirtualScreen as error:
        print(error, file=sys.stderr)
        return 2
    for line in found.late:
        print(line, file=sys.stderr)
    row = {
        "seed": options.seed,
        "kills": found.kills,
        "held_at_kill": found.held,
        "all_up": found.all_up,
        "slowest_ms": found.slowest_ms,
        "keyboard_kept": found.keyboard_kept,
        "stops": len(stopped),
        "stop_slowest_ms": max(stopped),
    }
    print(json.dumps(row), flush=True)
    good = found.all_up == found.keyboard_kept == found.kills and max(stopped) <= STOP_BAR_MS
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
