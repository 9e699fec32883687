"""Measures the guard: `run.py [--seed N] [--count N]` prints one JSON line of three measurements.

Whether it asks about the labelled controls (exam.py), whether our own windows are seen or hit (own.py), and whether open
approvals can be got past (approvals.py). Exit code 0 when all three hold, 1 when not, 2 where they cannot be measured.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "kit"))

from seeded import seeded

HERE = Path(__file__).parent


def main(words: list[str]) -> int:
    """Measure one after the other, and print."""
    parser = seeded("Measure the guard.", "places and attempts", "looks at our windows, and how many attempts", 1000)
    options = parser.parse_args(words)
    row: dict[str, object] = {"seed": options.seed}
    worst = 0
    for name, counted in (
        ("exam", []),
        ("own", ["--count", str(options.count)]),
        ("approvals", ["--count", str(options.count)]),
    ):
        command = [sys.executable, str(HERE / f"{name}.py"), "--seed", str(options.seed), *counted]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        worst = max(worst, done.returncode)
        if done.stdout:
            row |= json.loads(done.stdout)
    print(json.dumps(row), flush=True)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
