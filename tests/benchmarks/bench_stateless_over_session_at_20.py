"""Processor time of transformers' own generate over ours, for the 20th step of a run that is never folded."""

from stateless import row

from agent.history import HistoryPolicy

STEP, ROUNDS = 20, 3


def rows():
    """One row."""
    baseline = f"the same step, read after the {STEP - 1} before it"
    yield row("stateless_over_session_at_20", HistoryPolicy(frames=2 * STEP), again_and_again, baseline, 10)


def again_and_again(episode):
    """The step, each time as the first thing after the one before it."""
    before, asked = episode.skip(STEP - 1), episode.next()
    for _ in range(ROUNDS):
        episode.read(before)
        yield asked
