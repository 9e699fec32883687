"""Runs the trials of look and act: `run.py [--seed N] [--count N]` prints one JSON line.

So many targets change between look and act, each of which must be noticed, and ten times as many harmless things go on
beside them, of which one in a thousand may be taken for a change. Exit code 0 when that holds, 1 when not.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.append(str(Path(__file__).resolve().parents[1] / "kit"))

from seeded import seeded
from trials import ROOM, benign, changed, stage

from actions.backends import close_desktop, open_desktop
from agent.virtual_screen import NoVirtualScreen, VirtualScreen

TOLERATED = 0.001


def main(words: list[str]) -> int:
    """Measure and print; 2 where it cannot be measured."""
    parser = seeded(
        "Count what is noticed when a target changes between look and act.", "layouts", "targets change", 1000
    )
    options = parser.parse_args(words)
    try:
        with VirtualScreen(*ROOM) as env:
            os.environ.update(env)
            desktop = open_desktop()
            try:
                with stage() as shown:
                    tried, noticed = changed(shown, desktop, options.seed, options.count)
                    harmless, alarms = benign(shown, desktop, options.seed, 10 * options.count)
            finally:
                close_desktop(desktop)
    except NoVirtualScreen as error:
        print(error, file=sys.stderr)
        return 2
    row = {
        "seed": options.seed,
        "changed": tried.total(),
        "noticed": noticed.total(),
        "benign": harmless.total(),
        "false_alarms": alarms.total(),
    }
    print(json.dumps(row), flush=True)
    return 0 if noticed == tried and alarms.total() <= TOLERATED * harmless.total() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
