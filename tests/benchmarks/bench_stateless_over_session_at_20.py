"""Processor time of transformers' own generate over ours, for the 20th step of a run that is never folded."""

import tempfile
from pathlib import Path

from episode import Episode, model

from agent.prompt import HistoryPolicy

STEP, ROUNDS = 20, 3


def rows():
    """One row."""
    with tempfile.TemporaryDirectory() as folder:
        loaded = model(Path(folder) / "model")
    episode = Episode(loaded, HistoryPolicy(frames=2 * STEP))
    before, asked = episode.skip(STEP - 1), episode.next()
    ours, theirs = 0.0, 0.0
    for _ in range(ROUNDS):
        episode.read(before)
        (seconds, first), (stateless, expected) = episode.read(asked), episode.generate(asked)
        assert first == expected
        ours, theirs = ours + seconds, theirs + stateless
    yield {
        "name": "stateless_over_session_at_20",
        "value": round(theirs / ours, 2),
        "unit": "ratio of CPU seconds",
        "baseline": f"the same step, read after the 19 before it: {ours / ROUNDS:.2f} s",
        "goal": 10,
        "better": "higher",
    }
