"""Owns the comparison of our session with transformers' own generate, which knows nothing of the steps before."""

import tempfile
from pathlib import Path

from episode import Episode, model


def row(name, policy, steps, baseline, goal):
    """One row: processor time of theirs over ours.

    Args:
        name: the row's.
        policy: how much of the past is read again.
        steps: yields the conversations that count, of the episode that it is given.
        baseline: what one of ours is, in words.
        goal: the least ratio.
    """
    with tempfile.TemporaryDirectory() as folder:
        episode = Episode(model(Path(folder) / "model"), policy)
    ours, theirs = [], []
    for asked in steps(episode):
        (seconds, first), (stateless, expected) = episode.read(asked), episode.generate(asked)
        assert first == expected
        ours.append(seconds)
        theirs.append(stateless)
    return {
        "name": name,
        "value": round(sum(theirs) / sum(ours), 2),
        "unit": "ratio of CPU seconds",
        "baseline": f"{baseline}: {sum(ours) / len(ours):.2f} s",
        "goal": goal,
        "better": "higher",
    }
