"""Runs the conformance matrix: `run.py [--seed N] [--count N] [--table FILE]` prints one JSON line.

So many random layouts go through the product's arithmetic, and a fiftieth as many real clicks (24 at least) through a real
X screen; both are compared with the oracle. Exit code 0 when all is exact, 1 when not.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.append(str(Path(__file__).resolve().parents[1] / "kit"))

from arithmetic import matrix
from clicks import ROOM, clicks
from seeded import seeded
from table import document

from actions.backends import close_desktop, open_desktop
from agent.virtual_screen import NoVirtualScreen, VirtualScreen


def main(words: list[str]) -> int:
    """Measure and print; 2 where it cannot be measured."""
    parser = seeded("Compare where clicks land with an independent oracle.", "layouts", "layouts", 50_000)
    parser.add_argument("--table", type=Path, metavar="FILE", help="write the table to a file, too")
    options = parser.parse_args(words)
    counts, errors, exact_layouts = matrix(options.seed, options.count)
    try:
        with VirtualScreen(*ROOM) as env:
            os.environ.update(env)
            desktop = open_desktop()
            try:
                cells, cell_errors, exact = clicks(options.seed, max(24, options.count // 50), desktop)
            finally:
                close_desktop(desktop)
    except NoVirtualScreen as error:
        print(error, file=sys.stderr)
        return 2
    row = {
        "seed": options.seed,
        "layouts": counts.total(),
        "layouts_exact": exact_layouts,
        "layouts_largest_error": max(errors.values()),
        "cells": cells.total(),
        "exact": exact,
        "largest_error": max(cell_errors.values()),
    }
    print(json.dumps(row), flush=True)
    if options.table:
        options.table.write_text(document(row, counts, errors, cells, cell_errors), encoding="utf-8")
    return 0 if exact_layouts == counts.total() and exact == cells.total() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
