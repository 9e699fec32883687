"""How much of a run is shown, told, or only counted."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.history import HistoryPolicy

policies = st.integers(2, 9).flatmap(
    lambda frames: st.builds(
        HistoryPolicy, frames=st.just(frames), fold=st.integers(1, frames - 1), told=st.integers(2, 40)
    )
)


@given(policy=policies)
def test_folding_is_rare(policy):
    folds = [policy.folded(steps) for steps in range(40)]
    changes = sum(before != after for before, after in itertools.pairwise(folds))
    assert changes <= 40 // policy.fold + 1
    assert folds[policy.frames - 1] == 0
    assert folds[policy.frames] == policy.fold


def test_counting_is_rare():
    policy = HistoryPolicy()
    counts = [policy.untold(policy.folded(steps)) for steps in range(200)]
    assert sorted({*counts}) == list(range(0, 169, 12))


@pytest.mark.parametrize("frames, fold", [(1, 1), (4, 0), (4, 4), (4, 9)])
def test_a_policy_that_could_show_nothing_is_refused(frames, fold):
    with pytest.raises(ValueError, match="cannot fold"):
        HistoryPolicy(frames=frames, fold=fold)


def test_a_policy_that_tells_nothing_is_refused():
    with pytest.raises(ValueError, match="cannot tell 1"):
        HistoryPolicy(told=1)


@given(policy=policies, past=st.integers(0, 200))
def test_a_shorter_history_shows_less_and_never_what_was_text(policy, past):
    shorter = policy.shorter()
    if policy.frames == 2:
        assert shorter is None
    else:
        assert shorter.frames < policy.frames
        assert shorter.folded(past) >= policy.folded(past)


def test_what_is_told_at_each_step_has_no_shorter_history():
    assert HistoryPolicy("rewrite").shorter() is None


@given(policy=policies, steps=st.integers(1, 120))
def test_no_step_of_a_run_shows_more_than_the_most(policy, steps):
    folded = [policy.folded(past) for past in range(steps)]
    pictures, lines = policy.most(steps)
    assert pictures == max(past + 1 - text for past, text in enumerate(folded))
    assert lines == max(text - policy.untold(text) for text in folded) <= policy.told


def test_the_longest_run_tells_as_much_as_it_may():
    assert HistoryPolicy().most(40) == (8, 24)
    assert HistoryPolicy().most(20) == (8, 12)
    assert HistoryPolicy("rewrite").most(40) == (1, 39)
