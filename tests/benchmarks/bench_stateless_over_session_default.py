"""Processor time of transformers' own generate over ours, for a run of 40 steps under the default policy."""

import tempfile
from pathlib import Path

from episode import Episode, model

from agent.prompt import HistoryPolicy

STEPS = 40


def rows():
    """One row."""
    with tempfile.TemporaryDirectory() as folder:
        loaded = model(Path(folder) / "model")
    episode = Episode(loaded, HistoryPolicy())
    ours, theirs = 0.0, 0.0
    for _ in range(STEPS):
        asked = episode.next()
        (seconds, first), (stateless, expected) = episode.read(asked), episode.generate(asked)
        assert first == expected
        ours, theirs = ours + seconds, theirs + stateless
    yield {
        "name": "stateless_over_session_default",
        "value": round(theirs / ours, 2),
        "unit": "ratio of CPU seconds",
        "baseline": f"a run of {STEPS} steps, read step by step: {ours / STEPS:.2f} s each",
        "goal": 3,
        "better": "higher",
    }
