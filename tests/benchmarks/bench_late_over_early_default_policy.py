"""Processor time of steps 41 to 72 of a run over that of steps 9 to 40, under the default policy, folds included."""

import tempfile
from pathlib import Path

from episode import Episode, model

from agent.history import HistoryPolicy

FIRST, STEPS = 8, 32


def rows():
    """One row."""
    with tempfile.TemporaryDirectory() as folder:
        loaded = model(Path(folder) / "model")
    early, late = (Episode(loaded, HistoryPolicy()) for _ in range(2))
    early.read(early.skip(FIRST))
    late.read(late.skip(FIRST + STEPS))
    # Turn by turn, so that what else the machine does weighs on both alike.
    times = [[one.read(one.next())[0] for one in (early, late)] for _ in range(STEPS)]
    first, second = (sum(column) for column in zip(*times, strict=True))
    yield {
        "name": "late_over_early_default_policy",
        "value": round(second / first, 3),
        "unit": "ratio of CPU seconds",
        "baseline": f"steps {FIRST + 1} to {FIRST + STEPS} of the same run: {first / STEPS:.2f} s each",
        "goal": 1.05,
        "better": "lower",
    }
