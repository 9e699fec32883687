"""Runs the benchmarks: `run.py [NAME]` prints one JSON object a line for every row, or for the one of that name.

A benchmark is a file `bench_NAME.py` with `rows()`, which yields dicts of `name`, `value`, `unit`, `baseline`, `goal` and
`better` (`lower` or `higher`): a ratio or a count, taken in one process against the named baseline. Each file has a process
of its own: some libraries hold on to the first screen that they see.
"""

import json
import runpy
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main(names: list[str]) -> int:
    """Print the rows; 2 when there is none of that name."""
    files = {path.stem.removeprefix("bench_"): path for path in sorted(HERE.glob("bench_*.py"))}
    wanted = {name: path for name, path in files.items() if not names or name in names}
    if not wanted:
        print(f"There is no benchmark “{names[0]}”; there are: {', '.join(files)}.", file=sys.stderr)
        return 2
    if len(wanted) > 1:
        return max(subprocess.run([sys.executable, __file__, name], check=False).returncode for name in wanted)
    sys.path.insert(0, str(HERE.parent.parent))
    for path in wanted.values():
        for row in runpy.run_path(str(path))["rows"]():
            print(json.dumps(row, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
