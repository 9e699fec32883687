"""Processor time of transformers' own generate over ours, for a run of 40 steps under the default policy."""

from stateless import row

from agent.history import HistoryPolicy

STEPS = 40


def rows():
    """One row."""
    baseline = f"each of a run of {STEPS} steps, read step by step"
    yield row("stateless_over_session_default", HistoryPolicy(), one_by_one, baseline, 3)


def one_by_one(episode):
    """All steps of the run."""
    return (episode.next() for _ in range(STEPS))
